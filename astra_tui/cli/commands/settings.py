"""``astra set`` and ``astra policy``: the desk's settings, the same for every terminal."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import Call, changing, formatted
from astra_tui.cli.output.printing import Column, Listing, line, table
from astra_tui.cli.value_types import POLICY, SETTING
from dispatch.assignment import policy_trial
from dispatch.assignment.policies import POLICIES
from dispatch.assignment.row_types import PolicyTrial, TriedAgent
from dispatch.desk.desk import Desk
from dispatch.desk.settings import FORMER_NAMES, described
from dispatch.operations import configuration
from dispatch.operations.setting_definitions import DEFINITIONS
from dispatch.queries.wording import plural
from models.base import Json
from models.errors import InvalidInput

SETTING_COLUMNS: tuple[Column[Json], ...] = (
    Column("Setting", "key"),
    Column("Value", lambda row: described(row["value"])),
    Column("Meaning", "help"),
)
POLICY_COLUMNS: tuple[Column[Json], ...] = (
    Column("In force", lambda row: "yes" if row["current"] else ""),
    Column("Policy", "name"),
    Column("Who gets the lead", "help"),
)
SETTINGS = Listing(SETTING_COLUMNS, ("key", "value", "default", "help", "accepted", "fixed"), "key")
POLICY_LISTING = Listing(POLICY_COLUMNS, ("name", "help", "current"), "name")

TRIAL_COLUMNS: tuple[Column[TriedAgent], ...] = (
    Column("Agent", lambda row: row["agent_name"] or "waiting"),
    Column("Got", "got", right=True),
    Column("In force", "in_force_gets", right=True),
    Column("Would get", "would_get", right=True),
)


@click.command("set")
@click.argument("key", required=False, type=SETTING)
@click.argument("value", required=False)
@formatted
@changing
def set_value(call: Call, key: str | None, value: str | None) -> None:
    """List the desk's settings, show the one named KEY, or set it to VALUE."""
    if key is None:
        with call.desk() as desk:
            rows = [_setting(desk, name) for name in sorted(DEFINITIONS)]
        call.show_rows(rows, SETTINGS)
    elif value is None:
        call.show(call.read(_setting, key), lambda row: line(f"{_pair(row)}: {row['help']}"))
    else:
        changed = call.change(configuration.set_value, key, value)
        call.show(changed, lambda row: line(_pair(row)))


def _pair(row: Json) -> str:
    return f"{row['key']} = {described(row['value']) or 'empty'}"


def _setting(desk: Desk, key: str) -> Json:
    key = FORMER_NAMES.get(key, key)
    definition = DEFINITIONS.get(key)
    if definition is None:
        hint = "accepted: " + ", ".join(sorted(DEFINITIONS))
        raise InvalidInput("setting", f"no setting {key!r}", hint)
    parts = {name: getattr(definition, name) for name in ("default", "help", "accepted", "fixed")}
    return {"key": key, "value": desk.settings[key], **parts}


@click.command("policy")
@click.argument("name", required=False, type=POLICY)
@click.option("--preview", is_flag=True, help="Only show who would have got the last 50 leads.")
@formatted
@changing
def policy(call: Call, name: str | None, preview: bool) -> None:
    """List the policies, or switch to the one named NAME."""
    if name is None:
        if preview:
            raise click.UsageError("--preview needs the name of a policy")
        with call.desk() as desk:
            current = desk.settings["policy"]
        rows = [{"name": key, "help": each.help, "current": key == current} for key, each in POLICIES.items()]
        call.show_rows(rows, POLICY_LISTING)
        return
    if name not in POLICIES:
        raise InvalidInput("policy", f"no policy {name!r}", "accepted: " + ", ".join(POLICIES))
    if preview:
        call.show(call.read(policy_trial.try_policy, name), _print_trial)
        return
    row = call.change(configuration.set_value, "policy", name)
    call.show({"policy": name, **row}, lambda row: line(f"{row['policy']} is now in force"))


def _print_trial(tried: PolicyTrial) -> None:
    count = plural(len(tried["leads"]), "lead")
    went = f"{tried['moved']} would go to a different agent than under {tried['in_force']}"
    line(f"Of the last {count}, {went}; {policy_trial.count_changes(tried)}")
    table(TRIAL_COLUMNS, tried["agents"], "there are no leads yet")
