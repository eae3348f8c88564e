"""``astra doctor``: checks and repairs of the database."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.hints import with_commands
from astra_tui.cli.options import Call, changing
from astra_tui.cli.output.printing import is_plain, line
from dispatch.operations import doctor as desk_doctor
from dispatch.operations.row_types import Diagnosis
from dispatch.queries.wording import moment, plain_value
from models.base import Json

UNSOUND = 1


@click.command("doctor")
@click.option(
    "--repair",
    is_flag=True,
    help="Recalculate what follows from other rows: loads, averages, indexes and more.",
)
@click.option(
    "--head",
    metavar="EVENT:DIGITS",
    help="Check that this head, shown earlier, is still in the chain of events.",
)
@changing
def doctor(call: Call, repair: bool, head: str | None) -> None:
    """Check the database; exit code 1 if something is wrong.

    The head that it shows stands for every event so far. Write it down elsewhere: --head tells later whether
    the log was rewritten.
    """
    repaired = call.change(desk_doctor.repair) if repair else None
    report = call.read(desk_doctor.examine, head)
    if repaired is not None:
        report["repaired"] = repaired
    report["checks"] = with_commands(report["checks"])
    call.show(report, _print)
    if not report["ok"]:
        call.surroundings.exit_code = UNSOUND


def _print(report: Diagnosis) -> None:
    line(report["database"])
    for row in report["checks"]:
        state = "ok" if row["ok"] else "warning" if row["warning"] else "WRONG"
        if is_plain():
            line(f"{row['check']}: {state}, {row['detail']}")
        else:
            line(f"{state:<8} {row['check']:<12} {row['detail']}")
        if row["hint"]:
            line(row["hint"] if is_plain() else f"{'':<8} {'':<12} {row['hint']}")
    _print_repairs(report.get("repaired", {}))


def _print_repairs(repaired: Json) -> None:
    for name in repaired.get("schema", ()):
        line(f"{name} was made again")
    for row in repaired.get("loads", ()):
        line(f"agent {row['agent_id']}: load {row['from']} is now {row['to']}")
    for row in repaired.get("assignments", ()):
        line(f"assignment {row['assignment_id']} is now with agent {row['to_agent_id']}")
    for row in repaired.get("ratings", ()):
        line(f"agent {row['agent_id']}: rating {plain_value(row['from'])} is now {plain_value(row['to'])}")
    for key, what in (
        ("tallies", "of the match score's tallies corrected"),
        ("shares", "count of the shares by weight corrected"),
        ("log", "events listed again"),
        ("search", "customers indexed again"),
        ("watch", "issues checked"),
    ):
        if repaired.get(key):
            line(f"{repaired[key]:,} {what}")
    for row in repaired.get("issue_loads", ()):
        line(f"agent {row['agent_id']}: issue load {row['from']} is now {row['to']}")
    for row in repaired.get("clocks", ()):
        line(f"issue {row['issue_id']}: the {row['clock']} clock is due at {moment(row['due_at'])} now")
