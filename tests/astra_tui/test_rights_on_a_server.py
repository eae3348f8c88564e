"""People with logins of their own on a server: what ``astra user grants`` lets them do, and what not."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors

from astra_tui.main import main
from dispatch import bookings, privacy
from dispatch.agents.presence import set_presence
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads import file_intake
from dispatch.operations import configuration, doctor
from dispatch.operations.sweep import sweep
from dispatch.operations.undoing import files
from dispatch.people import sign_in, users
from dispatch.privacy import retention
from models.errors import DatabaseUnavailable, InvalidInput, NotPermitted
from seeds.importing import importer
from tests.astra_tui.conftest import LEAD, Run
from tests.races.killing import kinds, works
from tests.races.killing.catalogue import OF_A_FILE, ONE_COMMIT, SOUND
from tests.races.killing.desk_at_work import CANCELLED, MOMENT, PENDING, furnish
from tests.server import Server

OWNER = "owner_of_desks"
ROLES = {"anna": "supervisor", "dora": "dispatcher", "adam": "agent", "otto": "auditor"}
BY_HAND = {"repair"}  # damages the file itself, and repairs what only the owner can
BEGIN_WITHOUT_USERS = {"first user", "user changed", "user disabled", "user enabled"}  # run below
WHOLE = sorted(ONE_COMMIT.keys() - BY_HAND - OF_A_FILE - BEGIN_WITHOUT_USERS)
IN_PARTS = (
    *("batch", "batch as a whole", "file of leads", "file of tickets", "file of agents"),
    *("undo of a file of leads", "redo of a file of leads", "file undone and added again"),
    *("import", "import of changes", "undo of changes", "undo of an import"),
)
Enter = Callable[[str], Desk]


def connected(server: Server, name: str, login: str) -> psycopg.Connection[Any]:
    return psycopg.connect(server.url(name, login), autocommit=True)


def granted(server: Server, name: str) -> None:
    """Run exactly what the command prints, as a superuser does."""
    with redirect_stdout(io.StringIO()) as said:
        assert main(["user", "grants", "--db", server.url(name, OWNER)]) == 0
    server.execute(said.getvalue(), name)


@pytest.fixture(scope="session")
def owner(server: Server) -> None:
    """The login that desks belong to is there."""
    server.execute(f"CREATE ROLE {OWNER} LOGIN")


@pytest.fixture(scope="session")
def owned(server: Server, owner: None) -> str:
    """The name of a database with a desk at work, and a person of each role in the groups for them."""
    name = server.new_database()
    server.execute(f"ALTER DATABASE {name} OWNER TO {OWNER}")
    with closing(open_desk(server.url(name, OWNER), create=True, clock=lambda: MOMENT)) as desk:
        furnish(desk)
        users.add(desk, "anna")
    granted(server, name)
    server.execute("GRANT astra_desk TO anna, dora, adam; GRANT astra_auditor TO otto")
    with closing(open_desk(server.url(name, "anna"), clock=lambda: MOMENT)) as desk:
        sign_in.by_server(desk)
        for login in ("dora", "adam", "otto"):
            users.add(desk, login, ROLES[login], 1 if login == "adam" else None)
    return name


@pytest.fixture
def shared(server: Server, owned: str) -> Iterator[str]:
    """The name of a copy of it."""
    name = server.new_database(owned)
    yield name
    server.drop_database(name)


@pytest.fixture
def enter(server: Server, shared: str) -> Iterator[Enter]:
    """Open the desk as somebody."""
    opened: list[Desk] = []

    def enter(login: str) -> Desk:
        desk = open_desk(server.url(shared, login), clock=lambda: MOMENT)
        opened.append(desk)
        sign_in.by_server(desk)
        return desk

    yield enter
    for desk in opened:
        desk.close()


# -- what people may do


@pytest.mark.parametrize("name", [*WHOLE, *IN_PARTS])
def test_every_command_by_a_member_of_the_desk(
    server: Server, shared: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """One of each kind, by a supervisor's login: the table of kinds misses no command."""

    def opened(_path: Path, *, create: bool = False) -> Desk:
        desk = open_desk(server.url(shared, "anna"), clock=lambda: MOMENT)
        sign_in.by_server(desk)
        return desk

    for module in (kinds, works):
        monkeypatch.setattr(module, "opened", opened)
    for module, sizes in ((file_intake, ("BATCH_S", "ALONE_BATCH_S")), (importer, ("BATCH_ROWS",))):
        for size in sizes:
            monkeypatch.setattr(module, size, getattr(module, size))  # which a kind makes smaller
    monkeypatch.setattr(files, "AT_ONCE", files.AT_ONCE)
    answers: list[object] = []
    kind = SOUND[name]
    kind.prepare(tmp_path)
    kind.act(tmp_path, answers.append)
    assert len(answers) == 2
    logins = "SELECT DISTINCT db_user FROM events WHERE event_id > (SELECT max(event_id) FROM event_seals)"
    assert server.execute(logins, shared) in ([("anna",)], [])


def test_users_by_a_supervisor(enter: Enter) -> None:
    desk = enter("anna")
    assert users.add(desk, "bea", "dispatcher")["has_password"] is False
    assert users.change(desk, "bea", "supervisor")["role"] == "supervisor"
    users.disable(desk, "bea")
    users.enable(desk, "bea")
    with desk.reading():
        assert [event["db_user"] for event in event_log.events(command="user.disable")] == ["anna"]


def test_a_customer_is_erased_by_a_supervisor_alone(server: Server, shared: str, enter: Enter) -> None:
    desk = enter("anna")
    named = "SELECT count(*) FROM events WHERE concat(detail, before, after, result) LIKE '%Customer 5%'"
    assert server.execute(named, shared) != [(0,)]
    with pytest.raises(NotPermitted):
        privacy.forget(enter("dora"), CANCELLED)
    assert privacy.forget(desk, CANCELLED)["events"] > 1
    assert server.execute(named, shared) == [(0,)]
    assert {one["check"] for one in checks(desk) if not (one["ok"] or one["warning"])} == set()


def test_retention_waits_for_a_session_that_may_erase(enter: Enter) -> None:
    anna, adam = enter("anna"), enter("adam")
    configuration.set_value(anna, "retention_days", "30")
    before = anna._clock()
    for desk in (anna, adam):
        desk._clock = lambda: before + timedelta(days=90)
        desk.follow_settings()
    assert retention.erase_expired(adam) == []
    assert retention.erase_expired(anna) != []


def test_the_clock_acts_in_anybodys_session(enter: Enter) -> None:
    desk = enter("adam")
    with enter("anna").earlier(timedelta(hours=1)) as earlier:
        set_presence(earlier, 2, "break", "in 30 min")
    assert sweep(desk)["presence"] == [2]
    with desk.reading():
        event = event_log.events(command="agent.turn", limit=1)[0]
    assert (event["actor"], event["db_user"]) == ("sweeper", "adam")


def test_an_auditor_reads_everything_and_writes_nothing(server: Server, shared: str, anywhere: Run) -> None:
    at = ("--db", server.url(shared, "otto"))
    for listing in (("agent", "list"), ("log",), ("user", "list"), ("booking", "show", "1"), ("doctor",)):
        ended = anywhere(*listing, *at)
        assert (ended.code, ended.err) == (0, ""), listing
    refused = anywhere("lead", "add", *LEAD, *at, "--json")
    assert (refused.code, refused.error["code"]) == (3, "read_only")
    assert "otto may only read" in refused.error["message"]


# -- who is who


def test_the_login_is_the_person(server: Server, shared: str, anywhere: Run, monkeypatch: Any) -> None:
    assert anywhere("lead", "add", *LEAD, "--db", server.url(shared, "dora")).code == 0
    assert server.execute(
        "SELECT actor, account, db_user FROM events ORDER BY event_id DESC LIMIT 1", shared
    ) == [("dora", None, "dora")]
    for given in (("--as", "anna"), ("--as", "dora")):
        refused = anywhere(*given, "agent", "list", "--db", server.url(shared, "dora"), "--json")
        assert (refused.code, refused.error["code"]) == (1, "actor_refused")
    monkeypatch.setenv("ASTRA_ACTOR", "anna")
    refused = anywhere("agent", "list", "--db", server.url(shared, "dora"), "--json")
    assert refused.error["code"] == "actor_refused"


def test_a_login_that_is_no_user_is_nobody(server: Server, shared: str, anywhere: Run) -> None:
    server.execute('CREATE ROLE "Dora" LOGIN; GRANT astra_desk TO bea, "Dora"')
    try:
        for login in ("bea", "Dora", OWNER):
            refused = anywhere("agent", "list", "--db", server.url(shared, login), "--json")
            assert (refused.code, refused.error["code"]) == (1, "not_signed_in"), login
            assert login in refused.error["message"]
        refused = anywhere("agent", "list", "--db", server.url(shared, "eve"), "--json")
        assert (refused.code, refused.error["code"]) == (3, "no_access")
    finally:
        server.execute('REVOKE astra_desk FROM bea, "Dora"; DROP ROLE "Dora"')


@pytest.mark.parametrize(
    "command",
    [
        ("login",),
        ("token", "add"),
        ("user", "passwd"),
        ("user", "passwd", "dora"),
        ("user", "set", "dora", "--account", "root"),
        ("user", "add", "bea", "--role", "auditor", "--account", "root"),
    ],
)
def test_there_is_no_password_token_or_account(
    server: Server, shared: str, anywhere: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough one\n" * 2))
    refused = anywhere(*command, "--db", server.url(shared, "anna"), "--json")
    assert (refused.code, refused.error["code"]) == (1, "server_signs_in"), refused.out


def test_a_token_of_a_file_signs_nobody_in(
    server: Server, shared: str, anywhere: Run, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("astra_0123456789\n")
    file.chmod(0o600)
    refused = anywhere("--token-file", file, "agent", "list", "--db", server.url(shared, "anna"), "--json")
    assert (refused.code, refused.error["code"]) == (1, "server_signs_in")


def test_a_user_is_a_login_of_the_server(enter: Enter) -> None:
    with pytest.raises(InvalidInput, match="no login 'nobody-here'"):
        users.add(enter("anna"), "nobody-here", "auditor")


def test_the_owner_adds_the_first_user(server: Server, owner: None, anywhere: Run) -> None:
    name = server.new_database()
    server.execute(f"ALTER DATABASE {name} OWNER TO {OWNER}")
    assert anywhere("agent", "list", "--db", server.url(name, OWNER)).code == 3
    with closing(open_desk(server.url(name, OWNER), create=True)):
        granted(server, name)
    server.execute("GRANT astra_desk TO anna")
    refused = anywhere("user", "add", "anna", "--db", server.url(name, "anna"), "--json")
    assert (refused.code, refused.error["code"]) == (1, "first_user")
    assert anywhere("user", "add", "anna", "--db", server.url(name, OWNER)).code == 0
    server.drop_database(name)


def test_whoever_is_disabled_or_has_another_role_is_so_at_the_next_command(enter: Enter) -> None:
    anna, dora = enter("anna"), enter("dora")
    bookings.note(dora, PENDING, "first")
    users.change(anna, "dora", "auditor")
    with pytest.raises(NotPermitted) as caught:
        bookings.note(dora, PENDING, "second")
    assert caught.value.code == "not_permitted"
    users.change(anna, "dora", "dispatcher")
    bookings.note(dora, PENDING, "third")
    users.disable(anna, "dora")
    with pytest.raises(NotPermitted) as caught:
        bookings.note(dora, PENDING, "fourth")
    assert caught.value.code == "user_disabled"


# -- what the server itself refuses, whatever program asks

EVENT = (
    "INSERT INTO events (event_id, at, actor, command{more})"
    " VALUES (9999, 'now', {actor}, 'booking.note'{value})"
)
NEW_USER = "INSERT INTO users (user_id, login, role, created_at, version) VALUES (9, 'eve', '{role}', '', 1)"
REPLACED = (
    "CREATE OR REPLACE FUNCTION events_keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
)


@pytest.mark.parametrize(
    ("login", "sql"),
    [
        ("adam", EVENT.format(more="", value="", actor="'anna'")),
        ("adam", EVENT.format(more="", value="", actor="'kim'")),
        ("anna", EVENT.format(more="", value="", actor="'dora'")),
        ("adam", EVENT.format(more=", db_user", value=", 'anna'", actor="'adam'")),
        ("adam", EVENT.format(more=", db_user", value=", 'anna'", actor="'sweeper'")),
        *(
            (login, sql)
            for login in ("adam", "anna", "otto")
            for sql in (
                "UPDATE events SET actor = 'dora' WHERE event_id = 1",
                "UPDATE events SET db_user = 'dora'",
                "DELETE FROM events WHERE event_id = 1",
                "TRUNCATE events CASCADE",
                "UPDATE interactions SET text = 'nothing'",
                "DELETE FROM interactions",
                "TRUNCATE interactions",
                "UPDATE event_seals SET head = ''",
                "DELETE FROM decisions",
                "DROP TABLE events",
                "ALTER TABLE events DISABLE TRIGGER ALL",
                "ALTER TABLE events DISABLE ROW LEVEL SECURITY",
                "ALTER TABLE events ALTER COLUMN db_user DROP DEFAULT",
                "DROP TRIGGER events_keep ON events",
                "CREATE TRIGGER mine BEFORE INSERT ON events EXECUTE FUNCTION events_keep()",
                REPLACED,
                "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "CREATE RULE mine AS ON INSERT TO events DO ALSO NOTHING",
                "SET session_replication_role = replica",
                "SET SESSION AUTHORIZATION dora",
                "SET ROLE " + OWNER,
                "UPDATE desk_lock SET schema_version = 99",
                "DELETE FROM users",
                "INSERT INTO user_tokens VALUES (9, 1, 'x', NULL, 'now', 'later', NULL, 1)",
            )
        ),
        ("adam", NEW_USER.format(role="supervisor")),
        ("adam", "INSERT INTO erasures VALUES (1, 'now', FALSE)"),
        ("adam", "SELECT desk_erase('events', ARRAY[1], '{}')"),
        ("adam", "SELECT desk_keep_order('share')"),
        ("otto", "SELECT desk_erase('events', ARRAY[1], '{}')"),
        ("otto", "UPDATE bookings SET status = 'Cancelled'"),
        ("otto", "UPDATE desk_lock SET changes = 0"),
        ("anna", "SELECT desk_erase('events', ARRAY[1], '{}')"),
    ],
)
def test_the_server_refuses(server: Server, owned: str, login: str, sql: str) -> None:
    with connected(server, owned, login) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(sql.encode())


@pytest.mark.parametrize("login", ["adam", "dora"])
def test_nobody_makes_themselves_a_supervisor(server: Server, owned: str, login: str) -> None:
    with connected(server, owned, login) as connection, connection.transaction(force_rollback=True):
        cursor = connection.execute("UPDATE users SET role = 'supervisor', agent_id = NULL")
        assert cursor.rowcount == 0


def test_an_event_of_ones_own_has_the_login(server: Server, owned: str) -> None:
    for actor in ("'adam'", "'sweeper'"):
        with connected(server, owned, "adam") as connection, connection.transaction(force_rollback=True):
            connection.execute(EVENT.format(more="", value="", actor=actor).encode())
            rows = connection.execute("SELECT db_user FROM events WHERE event_id = 9999").fetchall()
            assert rows == [("adam",)]


def test_whoever_is_disabled_signs_nothing(server: Server, shared: str, enter: Enter) -> None:
    users.disable(enter("anna"), "adam")
    with connected(server, shared, "adam") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(EVENT.format(more="", value="", actor="'adam'").encode())


@pytest.mark.parametrize(
    ("part", "becomes"),
    [
        ("events", """{"detail": "{\\"text\\": \\"something else\\"}"}"""),
        ("events", """{"after": "{}"}"""),
        ("events", """{"request_id": "mine"}"""),
    ],
)
def test_the_owners_function_only_erases(server: Server, shared: str, part: str, becomes: str) -> None:
    """Even within an erasure, which a supervisor can begin."""
    with connected(server, shared, "anna") as connection, connection.transaction(force_rollback=True):
        connection.execute("INSERT INTO erasures VALUES (1, 'now', FALSE)")
        with pytest.raises(errors.InsufficientPrivilege, match="only erases"):
            connection.execute(
                "SELECT desk_erase(%s, (SELECT array_agg(event_id) FROM events), %s)", (part, becomes)
            )


# -- the owner, upgrades and the doctor


def checks(desk: Desk) -> list[dict[str, Any]]:
    with desk.reading():
        found: list[dict[str, Any]] = doctor.examine(desk)["checks"]
        return found


def named(desk: Desk, check: str) -> dict[str, Any]:
    return next(one for one in checks(desk) if one["check"] == check)


def test_the_doctor_says_who_could_change_the_log(server: Server, shared: str, enter: Enter) -> None:
    desk = enter("anna")
    assert named(desk, "permissions")["ok"]
    for right, words in (
        ("UPDATE (actor) ON events", "bea may change or delete what was written once"),
        ("DELETE ON interactions", "bea may change or delete what was written once"),
        ("INSERT (db_user) ON events", "bea may name another login in events"),
    ):
        server.execute(f"GRANT {right} TO bea", shared)
        found = named(desk, "permissions")
        assert (found["ok"], found["warning"], found["detail"]) == (False, True, words)
        server.execute(f"REVOKE {right} FROM bea", shared)
    server.execute("ALTER TABLE events DISABLE ROW LEVEL SECURITY", shared)
    assert named(desk, "permissions")["detail"] == "adam, anna, dora may sign events with any name"
    server.execute("GRANT CREATE ON SCHEMA public TO PUBLIC", shared)
    assert "every login may make tables" in named(desk, "permissions")["detail"]
    granted(server, shared)
    assert named(desk, "permissions")["ok"]


def test_the_doctor_says_who_has_no_login(server: Server, shared: str, enter: Enter) -> None:
    desk = enter("anna")
    assert named(desk, "people")["detail"] == "4 users, of them 1 supervisor"
    server.execute("UPDATE users SET login = 'nobody-here' WHERE login = 'otto'", shared)
    found = named(desk, "people")
    assert (found["warning"], found["detail"]) == (True, "nobody-here: the server has no such login")


def test_the_doctor_says_what_it_could_not_compare(server: Server, shared: str, enter: Enter) -> None:
    found = named(enter("anna"), "schema")
    assert (found["ok"], found["warning"]) == (False, True)
    assert "not checked further: anna may make no schema" in found["detail"]
    server.execute(f"GRANT CREATE ON DATABASE {shared} TO {OWNER}")
    users.add(enter("anna"), OWNER, "supervisor")
    assert named(enter(OWNER), "schema")["ok"]


def test_an_older_desk_is_updated_by_its_owner_alone(server: Server, shared: str) -> None:
    server.execute("UPDATE desk_lock SET schema_version = schema_version - 1", shared)
    with pytest.raises(DatabaseUnavailable) as caught:
        open_desk(server.url(shared, "anna"))
    assert caught.value.code == "older_database"
    assert "anna may not update it" in caught.value.message
    assert OWNER in caught.value.hint
    server.execute("REVOKE UPDATE ON desk_sweep FROM astra_desk", shared)
    open_desk(server.url(shared, OWNER)).close()
    with closing(open_desk(server.url(shared, "anna"))) as desk:
        desk.database.sweep_record.note("2082-03-01 09:00:00")  # the rights are given again, too


def test_the_tables_are_rewritten_by_their_owner(enter: Enter) -> None:
    desk = enter("anna")
    with pytest.raises(DatabaseUnavailable) as caught:
        privacy.compact(desk)
    assert caught.value.code == "no_access"


def test_a_file_has_no_grants(anywhere: Run, tmp_path: Path) -> None:
    assert anywhere("new", tmp_path / "desk.db").code == 0
    refused = anywhere("user", "grants", "--db", tmp_path / "desk.db", "--json")
    assert (refused.code, refused.error["code"]) == (1, "no_server")
