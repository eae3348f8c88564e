"""``astra booking release | cancel | reassign | follow-up | priority``: one, several, or a filter's."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import rich_click as click

from astra_tui.cli.bulk import Rows, Verb
from astra_tui.cli.options import Call, asked_for, changing, dry_run, filtering, several, with_parameters
from astra_tui.cli.output.bookings import print_line, stepped
from astra_tui.cli.value_types import AGENT, BOOKING, DESTINATION, STATUS
from dispatch import bookings, queries
from dispatch.bookings import bulk_actions, editing, follow_ups
from dispatch.desk.desk import Desk
from dispatch.inputs.times import due_times
from dispatch.queries.booking_filter_keys import BOOKING_KEYS
from dispatch.queries.bookings import BookingFilter
from dispatch.queries.customer_index import prepare
from models.base import Json
from models.bookings import PENDING
from models.errors import InvalidInput
from models.priorities import PRIORITIES

FILTERS = (
    click.option("--status", type=STATUS, help="Only Pending, Confirmed or Cancelled ones."),
    click.option("--agent", type=AGENT, help="Only those of this agent."),
    click.option("--destination", type=DESTINATION, help="Only those to this destination."),
    click.option("--unclaimed", is_flag=True, help="Only unclaimed ones."),
    click.option("--waiting", is_flag=True, help="Only those without an agent."),
    click.option("--asked", is_flag=True, help="Only claims about to run out: their agent was asked."),
    click.option(
        "--text", default="", help="Only those with this in customer, destination, wishes, notes or number."
    ),
    filtering(BOOKING_KEYS),
)
BOOKINGS = Rows("booking", "a filter: --filter, --status, --agent, ...", print_line)


def filtered(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that select bookings; the command gets them together as the mapping ``given``."""
    names = ("status", "agent", "destination", "unclaimed", "waiting", "asked", "text", "filter_text")

    @functools.wraps(function)
    def run(*args: Any, **given: Any) -> None:
        chosen = {name: given.pop(name) for name in names}
        function(*args, given=chosen, **given)

    return with_parameters(run, FILTERS)


def filter_of(desk: Desk, given: Json, usual: str | None = None, **order: Any) -> BookingFilter:
    """Return those options as a filter; ``usual`` is the default status. Raises InvalidInput, NotFound."""
    if given["agent"] is not None:
        queries.agent(given["agent"])
    options = [(name, given[name]) for name in ("status", "agent", "destination")]
    options += [("is", flag) for flag in ("unclaimed", "waiting", "asked") if given[flag]]
    fields, named = asked_for(desk, BOOKING_KEYS, given["filter_text"], given["text"], options)
    which = BookingFilter(**(order | {"status": None if "status" in named else usual} | fields))
    if which.text or which.customer or which.where is not None:
        prepare(desk)
    return which


booking_numbers = several("booking_ids", BOOKING)
WHEN = "any of: " + due_times.EXAMPLES


@click.command()
@booking_numbers
@filtered
@dry_run
@changing
def release(call: Call, booking_ids: tuple[int, ...], given: Json, dry_run: bool) -> None:
    """Release the claim of one booking, several, or all that a filter finds; they stay with their agents."""
    verb = Verb(bookings.release, bulk_actions.release, bulk_actions.preview_release)
    _run(call, booking_ids, given, dry_run, verb)


@click.command()
@booking_numbers
@filtered
@click.option("--reason", required=True, help="Why the customer does not book.")
@dry_run
@changing
def cancel(call: Call, booking_ids: tuple[int, ...], given: Json, reason: str, dry_run: bool) -> None:
    """Cancel one Pending booking, several, or all that a filter finds."""
    verb = Verb(
        lambda desk, number: bookings.cancel(desk, number, reason),
        lambda desk, which: bulk_actions.cancel(desk, which, reason),
        bulk_actions.preview_cancel,
    )
    _run(call, booking_ids, given, dry_run, verb)


@click.command()
@booking_numbers
@filtered
@click.option("--to", "to_agent_id", type=AGENT, required=True, help="The agent who gets it.")
@click.option("--reason", required=True, help="Why it is reassigned.")
@dry_run
@changing
def reassign(
    call: Call, booking_ids: tuple[int, ...], given: Json, to_agent_id: int, reason: str, dry_run: bool
) -> None:
    """Reassign one Pending booking, several, or all that a filter finds to another agent, unclaimed.

    This can exceed the agent's capacity; the result then says so.
    """
    verb = Verb(
        lambda desk, number: bookings.reassign(desk, number, to_agent_id, reason),
        lambda desk, which: bulk_actions.reassign(desk, which, to_agent_id, reason),
        lambda desk, which: bulk_actions.preview_reassign(desk, which, to_agent_id),
    )
    _run(call, booking_ids, given, dry_run, verb)


@click.command("follow-up")
@booking_numbers
@filtered
@click.option("--at", metavar="WHEN", help="When, " + WHEN + ".")
@click.option("--clear", is_flag=True, help="Remove the follow-up.")
@dry_run
@changing
def follow_up(
    call: Call, booking_ids: tuple[int, ...], given: Json, at: str | None, clear: bool, dry_run: bool
) -> None:
    """Set when to call back the customers of one booking, several, or all that a filter finds.

    In the terminal's time zone.
    """
    if (at is None) != clear:
        raise click.UsageError("give either --at or --clear")
    if at is not None and not at.strip():
        raise InvalidInput("time", "time is required", "--clear removes the follow-up")
    verb = Verb(
        lambda desk, number: follow_ups.follow_up(desk, number, at),
        lambda desk, which: bulk_actions.follow_up(desk, which, at),
        lambda desk, which: bulk_actions.preview_follow_up(desk, which, at),
    )
    _run(call, booking_ids, given, dry_run, verb)


@click.command()
@booking_numbers
@filtered
@click.option("--to", "name", required=True, metavar="NAME", help="Any of: " + ", ".join(PRIORITIES) + ".")
@dry_run
@changing
def priority(call: Call, booking_ids: tuple[int, ...], given: Json, name: str, dry_run: bool) -> None:
    """Set the priority of one Pending booking, several, or all that a filter finds."""
    verb = Verb(
        lambda desk, number: editing.edit(desk, number, priority=name),
        lambda desk, which: bulk_actions.prioritise(desk, which, name),
        lambda desk, which: bulk_actions.preview_prioritise(desk, which, name),
    )
    _run(call, booking_ids, given, dry_run, verb)


def _run(call: Call, booking_ids: tuple[int, ...], given: Json, is_preview: bool, verb: Verb) -> None:
    def found(desk: Desk) -> BookingFilter:
        # with others nothing could be done
        return filter_of(desk, given, PENDING, sort="id", descending=False)

    whole = verb._replace(one=lambda desk, number: stepped(desk, verb.one(desk, number)))
    BOOKINGS.run(call, booking_ids, found if any(given.values()) else None, whole, is_preview=is_preview)
