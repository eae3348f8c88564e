"""``astra holiday``: the days without work, of the desk and of agents in other regions."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.input_files import input_file
from astra_tui.cli.options import Call, changing, dry_run, formatted, reading
from astra_tui.cli.output.printing import Column, Listing, line, required_keys
from astra_tui.cli.value_types import AGENT
from dispatch.agents import holidays
from dispatch.agents.row_types import HolidayRow, HolidaysSet
from dispatch.inputs.times.holiday_dates import EXAMPLE
from dispatch.queries.wording import plural
from models.errors import InvalidInput

HOLIDAYS: Listing[HolidayRow] = Listing(
    (
        Column("Day", "day"),
        Column("Name", "name"),
        Column("For", lambda row: f"agents in {row['calendar']}" if row["calendar"] else "the desk"),
        Column("From", "region"),
    ),
    required_keys(HolidayRow),
    "day",
)
MOST_BYTES = 1_000_000


@click.group("holiday")
def holiday() -> None:
    """Days on which shifts and the clocks of issues rest."""


@holiday.command("list")
@click.option("--year", type=click.IntRange(1, 9999), metavar="YEAR", help="Only of this year of the desk.")
@click.option("--region", metavar="REGION", help="Only those of a region, such as DE-BY.")
@formatted
@reading
def list_all(call: Call, year: int | None, region: str | None) -> None:
    """List the holidays by the desk's dates."""
    with call.desk():
        rows = holidays.list_holidays(year, region)
    call.show_rows(rows, HOLIDAYS, "no holidays: astra holiday set REGION, or --file FILE")


@holiday.command("set")
@click.argument("region", required=False, metavar="[REGION]")
@click.option("--file", "name", metavar="FILE", help=f"Take the dates from a file instead: {EXAMPLE}.")
@click.option("--agent", "agent_id", type=AGENT, help="For one agent, who works in another region.")
@dry_run
@changing
def set_(call: Call, region: str | None, name: str | None, agent_id: int | None, dry_run: bool) -> None:
    """Copy the holidays of a region into the desk, such as DE, DE-BY or US-NY; off: none.

    They are those of ten years, and take the place of the ones before. Set the same region again for later
    years.
    """
    lines = None if name is None else _lines(name)
    if dry_run:
        row = call.read(
            lambda desk: desk.rehearse(lambda: holidays.set_holidays(desk, region, lines, agent_id))
        )
    else:
        row = call.change(holidays.set_holidays, region, lines, agent_id)
    call.show(row, lambda row: _print_set(row, is_preview=dry_run))


def _lines(name: str) -> list[str]:
    with input_file(name, EXAMPLE) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InvalidInput("file", f"{name} is larger than 1 MB", EXAMPLE)
    try:
        return data.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise InvalidInput("file", f"{name} is no text in UTF-8", EXAMPLE) from None


def _print_set(row: HolidaysSet, *, is_preview: bool) -> None:
    whose = f"agent {row['agent_id']}" if row["agent_id"] is not None else "the desk"
    would = "Would be: " if is_preview else ""
    counts = f"{plural(row['days'], 'day')}, {row['added']:,} new, {row['removed']:,} gone"
    line(f"{would}Holidays of {whose}: {row['region'] or 'off'} ({counts})")
