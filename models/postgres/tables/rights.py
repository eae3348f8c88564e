"""Who has signed in to the server, and the rights of people there: SQL that the owner of the tables runs.

Everybody has a login of their own, in one of two groups: astra_desk writes what commands write, astra_auditor
reads. What is written once is the owner's: no other login changes or deletes an event, signs one as somebody
else, or says which login it came from. Two functions run as the owner, for supervisors: one erases, the other
makes the indexes of a policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from models.agents import Agent
from models.audit import ERASED_TEXT, LOGIN_COLUMN, Event
from models.policy_indexes import ORDERS

if TYPE_CHECKING:
    from models.postgres.server_database import ServerDatabase

DESK, AUDITOR = GROUPS = ("astra_desk", "astra_auditor")
DESKS_OWN_ACTOR = "sweeper"
WRITTEN_ONCE = ("interactions", "decisions", "event_seals", "event_bookings", "event_issues")
ONLY_READ = ("user_tokens", "sign_in_failures", "schema_migration")
OTHER_RIGHTS = {
    "events": f"INSERT ({', '.join(name for name in Event._meta.columns if name != LOGIN_COLUMN)})",
    **dict.fromkeys(WRITTEN_ONCE, "INSERT"),
    **dict.fromkeys(ONLY_READ, ""),
    "erasures": "INSERT, UPDATE (closed)",
    "users": "INSERT, UPDATE",
    "desk_lock": "UPDATE (changes)",
    "desk_sweep": "UPDATE",
}
"""What astra_desk may do beyond reading; with every other table, whatever a command may do."""
ALL_RIGHTS = "INSERT, UPDATE, DELETE"
POLICIES = {
    "events": (
        "INSERT",
        f"WITH CHECK (actor = '{DESKS_OWN_ACTOR}' OR NOT EXISTS (SELECT 1 FROM {{schema}}.users)"
        " OR (actor = session_user AND EXISTS"
        " (SELECT 1 FROM {schema}.users WHERE login = session_user AND disabled_at IS NULL)))",
    ),
    "users": ("ALL", "USING ({schema}.desk_supervises(FALSE))"),  # the owner adds the first
    "erasures": ("ALL", "USING ({schema}.desk_supervises(TRUE))"),
}
"""Which rows astra_desk writes: by table what they do, and the condition."""

SUPERVISES = """CREATE OR REPLACE FUNCTION {schema}.desk_supervises(open_to_all boolean)
    RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    SELECT (open_to_all AND NOT EXISTS (SELECT 1 FROM users)) OR EXISTS (SELECT 1 FROM users
        WHERE login = session_user AND role = 'supervisor' AND disabled_at IS NULL) $$"""
ONLY_ERASES = """CREATE OR REPLACE FUNCTION {schema}.desk_only_erases(was jsonb, becomes jsonb)
    RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = {schema}, pg_temp AS $$
    BEGIN
        IF was IS NOT DISTINCT FROM becomes THEN RETURN TRUE; END IF;
        CASE jsonb_typeof(was)
            WHEN 'string' THEN RETURN jsonb_typeof(becomes) = 'object' AND becomes - 'erased' = '{{}}'
                AND becomes ->> 'erased' ~ '^[0-9a-f]{{32}}$';
            WHEN 'object' THEN RETURN jsonb_typeof(becomes) = 'object'
                AND ARRAY(SELECT jsonb_object_keys(was)) = ARRAY(SELECT jsonb_object_keys(becomes))
                AND NOT EXISTS (SELECT 1 FROM jsonb_each(was) AS one
                    WHERE NOT desk_only_erases(one.value, becomes -> one.key));
            WHEN 'array' THEN RETURN jsonb_typeof(becomes) = 'array'
                AND jsonb_array_length(was) = jsonb_array_length(becomes)
                AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(was) WITH ORDINALITY AS one (item, place)
                    WHERE NOT desk_only_erases(one.item, becomes -> (one.place - 1)::int));
            ELSE RETURN FALSE;
        END CASE;
    END $$"""
"""Whether a document differs in nothing but digests in the place of texts (dispatch/desk/event_chain.py)."""
ERASE = """CREATE OR REPLACE FUNCTION {schema}.desk_erase(part text, numbers bigint[], becomes jsonb)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    DECLARE
        gone CONSTANT text := '^erased:[0-9a-f]{{32}}$';
    BEGIN
        IF NOT desk_supervises(TRUE) OR NOT EXISTS (SELECT 1 FROM erasures WHERE NOT closed) THEN
            RAISE EXCEPTION 'only a supervisor erases a customer' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF part = 'events' AND EXISTS (SELECT 1 FROM events WHERE event_id = ANY (numbers) AND NOT (
                desk_only_erases(detail::jsonb, coalesce(becomes ->> 'detail', detail)::jsonb)
                AND desk_only_erases(before::jsonb, coalesce(becomes ->> 'before', before)::jsonb)
                AND desk_only_erases(after::jsonb, coalesce(becomes ->> 'after', after)::jsonb)
                AND desk_only_erases(result::jsonb, coalesce(becomes ->> 'result', result)::jsonb)
                AND (coalesce(becomes ->> 'request_id', request_id) IS NOT DISTINCT FROM request_id
                    OR becomes ->> 'request_id' ~ gone)
                AND (coalesce(becomes ->> 'fingerprint', fingerprint) IS NOT DISTINCT FROM fingerprint
                    OR becomes ->> 'fingerprint' ~ gone))) THEN
            RAISE EXCEPTION 'an erasure only erases' USING ERRCODE = 'insufficient_privilege';
        END IF;
        CASE part
            WHEN 'events' THEN UPDATE events SET detail = coalesce(becomes ->> 'detail', detail),
                before = coalesce(becomes ->> 'before', before), after = coalesce(becomes ->> 'after', after),
                result = coalesce(becomes ->> 'result', result),
                request_id = coalesce(becomes ->> 'request_id', request_id),
                fingerprint = coalesce(becomes ->> 'fingerprint', fingerprint) WHERE event_id = ANY (numbers);
            WHEN 'event_seals' THEN
                UPDATE event_seals SET salts = becomes ->> 'salts' WHERE event_id = ANY (numbers);
            WHEN 'interactions' THEN
                UPDATE interactions SET text = '{erased}' WHERE interaction_id = ANY (numbers);
            WHEN 'decisions' THEN
                UPDATE decisions SET reason = '{erased}' WHERE decision_id = ANY (numbers);
        END CASE;
    END $$"""
KEEP_ORDER = """CREATE OR REPLACE FUNCTION {schema}.desk_keep_order(policy text)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    BEGIN
        IF NOT desk_supervises(TRUE) THEN
            RAISE EXCEPTION 'only a supervisor changes the policy' USING ERRCODE = 'insufficient_privilege';
        END IF;
        {orders}
    END $$"""
FUNCTIONS = ("desk_supervises(boolean)", "desk_erase(text, bigint[], jsonb)", "desk_keep_order(text)")
CALL_ERASE = "SELECT desk_erase(%s, CAST(%s AS bigint[]), CAST(%s AS jsonb))"
CALL_KEEP_ORDER = "SELECT desk_keep_order(%s)"
CALL_SUPERVISES = "SELECT desk_supervises(TRUE)"

QUIET = "SET LOCAL client_min_messages = warning"
_GROUP = """DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{group}') THEN
        CREATE ROLE {group} NOLOGIN;
    END IF;
END $$"""
_GRANTED = """SELECT EXISTS (SELECT 1 FROM pg_roles
    WHERE rolname = %s AND has_table_privilege(oid, 'desk_lock', 'SELECT'))"""


_STANDING = """SELECT session_user::text,
        pg_has_role(session_user, relowner, 'USAGE'), pg_get_userbyid(relowner)::text,
        has_column_privilege(session_user, oid, 'changes', 'UPDATE'),
        has_table_privilege(session_user, 'events', 'UPDATE'), pg_is_in_recovery()
    FROM pg_class WHERE oid = 'desk_lock'::regclass"""
KNOWS_LOGIN = "SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s AND rolcanlogin)"


class Standing(NamedTuple):
    """A login of the server, who owns the desk's tables, and whether the login may write them.

    ``changes_log``: it may change what is written once, as only the owner should.
    """

    login: str
    is_owner: bool
    owner: str
    may_write: bool
    changes_log: bool
    is_replica: bool

    @property
    def why_read_only(self) -> str:
        """Why the desk can only be read, or ""."""
        if self.is_replica:
            return "this server is a replica"
        return "" if self.may_write else f"the login {self.login} may only read"


def ask(database: ServerDatabase) -> Standing:
    """Ask the server; there must be a desk."""
    login, is_owner, owner, may_write, changes_log, is_replica = database.run(_STANDING, ()).fetchall()[0]
    return Standing(login, bool(is_owner), owner, bool(may_write), bool(changes_log), bool(is_replica))


def script(database: ServerDatabase, owner: str) -> str:
    """Return everything that a superuser, or the owner once the groups are there, has to run."""
    schema = _schema(database)
    first = [_GROUP.format(group=group) for group in GROUPS]
    first += [
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
        f"GRANT CREATE ON SCHEMA {schema} TO {_quoted(owner)}",
        f"SET LOCAL ROLE {_quoted(owner)}",
    ]
    return "".join(f"{one};\n" for one in ("BEGIN", QUIET, *first, *_statements(database, schema), "COMMIT"))


def renew(database: ServerDatabase) -> None:
    """Give the groups their rights again, in the transaction of an upgrade, if they had some."""
    if database.run(_GRANTED, (DESK,)).fetchall()[0][0]:
        for statement in _statements(database, _schema(database)):
            database.execute_sql(statement.replace("%", "%%"))


def _statements(database: ServerDatabase, schema: str) -> Iterator[str]:
    both = ", ".join(GROUPS)
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {both}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {both}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {both}"
    plain = [name for name in database.get_tables() if name not in OTHER_RIGHTS]
    yield f"GRANT {ALL_RIGHTS} ON {', '.join(f'{schema}.{name}' for name in plain)} TO {DESK}"
    for table, rights in OTHER_RIGHTS.items():
        if rights:
            yield f"GRANT {rights} ON {schema}.{table} TO {DESK}"
    for text in (SUPERVISES, ONLY_ERASES, ERASE, KEEP_ORDER):
        yield text.format(schema=schema, erased=ERASED_TEXT, orders=_orders())
    for function in FUNCTIONS:
        yield f"REVOKE ALL ON FUNCTION {schema}.{function} FROM PUBLIC"
        yield f"GRANT EXECUTE ON FUNCTION {schema}.{function} TO {DESK}"
    for table, (writes, condition) in POLICIES.items():
        on, to = f"ON {schema}.{table}", f"TO {DESK}"
        yield f"DROP POLICY IF EXISTS desk_reads {on}"
        yield f"CREATE POLICY desk_reads {on} FOR SELECT USING (true)"
        yield f"DROP POLICY IF EXISTS desk_writes {on}"
        yield f"CREATE POLICY desk_writes {on} FOR {writes} {to} {condition.format(schema=schema)}"
        yield f"ALTER TABLE {schema}.{table} ENABLE ROW LEVEL SECURITY"


def _orders() -> str:
    """The body of ``keep_order`` in SQL: the indexes of the policy are there, and those of the others not."""
    schema: Any = Agent._schema  # type: ignore[attr-defined]  # not in its stubs
    parts = []
    for policy, order in ORDERS.items():
        indexes: tuple[Any, ...] = order
        make = "; ".join(schema._create_index(index, safe=True).query()[0] for index in indexes)
        drop = ", ".join(f'"{index._name}"' for index in indexes)
        parts.append(f"IF policy = '{policy}' THEN {make}; ELSE DROP INDEX IF EXISTS {drop}; END IF;")
    return "\n        ".join(parts)


def _schema(database: ServerDatabase) -> str:
    return _quoted(str(database.run("SELECT current_schema()", ()).fetchall()[0][0]))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
