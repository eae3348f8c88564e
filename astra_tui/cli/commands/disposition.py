"""``astra disposition``: the outcomes of attempts to reach a customer, and what follows each."""

from __future__ import annotations

from typing import Any

import rich_click as click

from astra_tui.cli.options import Call, changing, formatted, reading
from astra_tui.cli.output.printing import Column, Listing, line
from astra_tui.cli.value_types import OUTCOME, Word
from dispatch.bookings import dispositions
from dispatch.bookings.dispositions import DispositionRow
from dispatch.inputs.times import delays
from models.dispositions import ENDS

LISTING: Listing[DispositionRow] = Listing(
    (
        Column("Outcome", lambda row: row["name"] + (" (retired)" if row["retired"] else ""), whole=True),
        Column("Reached", lambda row: "yes" if row["reaches"] else ""),
        Column("What follows", "words"),
    ),
    tuple(DispositionRow.__annotations__),
    "name",
)


def _what_follows(command: Any) -> Any:
    """Add the options that say what follows."""
    for option in (
        click.option("--reason", help="Why the last attempt cancels it; default: the outcome's name."),
        click.option(
            "--ends",
            type=Word(ENDS, "END"),
            help=f"What the last attempt makes of the booking: {', '.join(ENDS)}.",
        ),
        click.option(
            "--attempts", metavar="N", help="The last attempt in a row; 1 ends at once, none never."
        ),
        click.option("--delay", metavar="SPAN", help=f"Until the next attempt: {delays.EXAMPLES}."),
    ):
        command = option(command)
    return command


@click.group("disposition")
def disposition() -> None:
    """List the outcomes of an attempt to reach a customer, and what follows each."""


@disposition.command("list")
@click.option("--retired", is_flag=True, help="Retired ones, too.")
@formatted
@reading
def list_all(call: Call, retired: bool) -> None:
    """List the outcomes that are offered."""
    with call.desk():
        call.show_rows(dispositions.listing(retired=retired), LISTING, "no outcome yet")


@disposition.command("add")
@click.argument("name")
@_what_follows
@click.option("--reached", "reaches", is_flag=True, help="Somebody spoke with the customer.")
@changing
def add(call: Call, /, name: str, delay: str | None, **given: Any) -> None:
    """Add an outcome of the desk's own; a retired one is offered again."""
    given["delay"] = "1 day" if delay is None else delay
    call.show(call.change(dispositions.add, name, **given), _print)


@disposition.command("set")
@click.argument("name", type=OUTCOME)
@_what_follows
@click.option(
    "--reached/--not-reached", "reaches", default=None, help="Whether somebody spoke with the customer."
)
@changing
def set_(call: Call, /, name: str, **given: Any) -> None:
    """Change what follows an outcome; what is left out stays."""
    call.show(call.change(dispositions.change, name, **given), _print)


@disposition.command("retire")
@click.argument("name", type=OUTCOME)
@changing
def retire(call: Call, name: str) -> None:
    """Offer an outcome no more; bookings and the log keep it."""
    call.show(call.change(dispositions.retire, name), lambda row: line(f"{row['name']} is retired"))


def _print(row: DispositionRow) -> None:
    line(f"{row['name']}: {row['words']}")
