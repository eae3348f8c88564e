"""Plain wording of bookings and agents, the same on every screen and from every command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from dispatch.desk.row_types import EventRow
from dispatch.inputs.amounts import is_sign
from dispatch.inputs.times.due_times import WEEKDAYS
from dispatch.queries.next_steps import (
    ASSIGNED,
    CLAIMED,
    FOLLOW_UP,
    OFFERED,
    PUNCTUAL,
    ROTTEN,
    WAITING,
    is_due,
    next_action,
)
from dispatch.queries.row_types import AgentRow, BookingRow, HeldRow
from models.bookings import PENDING
from models.calendars import terminal, to_local
from models.clock import from_text

WEEK_S = 6 * 86400  # after this a day of the week could mean two days
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_currency = ""  # one desk a process is shown, and columns are made without it
UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))


def plural(number: int, noun: str) -> str:
    """Format a count: ``1 booking``, ``2 bookings``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def ordinal(number: int) -> str:
    """Format a place: ``1st``, ``2nd``, ``11th``."""
    last = number % 10 if number % 100 not in (11, 12, 13) else 0
    return f"{number:,}" + {1: "st", 2: "nd", 3: "rd"}.get(last, "th")


def money(units: float | None) -> str:
    """Format an amount in the desk's currency: ``25,000.00 USD``, ``$25,000.00``; a dash for none."""
    if units is None:
        return "–"
    amount = f"{units:,.2f}"
    return in_currency(amount)


def trip_words(row: BookingRow) -> str:
    """Say what is known of a trip: ``2083-03-12 to 2083-03-20, 2 travellers, budget $25,000.00, German``."""
    days = " to ".join(filter(None, (row["departs_on"] or "?" * bool(row["returns_on"]), row["returns_on"])))
    parts = (
        days,
        plural(row["travellers"], "traveller") if row["travellers"] else "",
        "" if row["budget"] is None else f"budget {money(row['budget'])}",
        row["language"] or "",
    )
    return ", ".join(filter(None, parts))


def in_currency(amount: str) -> str:
    """Add the desk's currency to a formatted amount: its sign before, its code behind."""
    return f"{_currency}{amount}" if is_sign(_currency) else f"{amount} {_currency}".rstrip()


def plain_value(value: object) -> str:
    """Format any stored value for people: yes or no, two places, a list with commas; "" for none."""
    if value is None or isinstance(value, bool):
        return "" if value is None else "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return ", ".join(map(plain_value, value)) if isinstance(value, list) else str(value)


KEY_WORDS = {
    "load": "bookings",  # a rank's is bookings alone, while screens call both so
    "is_behind": "behind the share",
    "due_in": "leads until due",
    "behind": "leads behind",
}


def key_word(name: str) -> str:
    """Format a key that a policy compares."""
    return KEY_WORDS.get(name, name.replace("_", " "))


def show_in(currency: str) -> None:
    """Format amounts in the currency of the desk that this process shows, until another is given."""
    global _currency
    _currency = currency


def moment(text: str | None) -> str:
    """Format a stored time in the terminal's zone, as commands print it and forms read it; "" for none."""
    return to_local(text) if text else ""


def exact(text: str | None) -> str:
    """Format a stored time for a pane: ``4 Mar 2082 12:00``; "" for none."""
    if not text:
        return ""
    local = _local(text)
    return f"{day(text)} {local:%H:%M}"


def short_moment(text: str | None) -> str:
    """Format the same without the year, where that is evident, as in a history: ``4 Mar 12:00``."""
    if not text:
        return ""
    local = _local(text)
    return f"{local.day} {MONTHS[local.month - 1]} {local:%H:%M}"


def moment_column(text: str) -> str:
    """Format the same for a line of several below each other: always in 12 cells."""
    return f"{short_moment(text):>12}"


def day(text: str) -> str:
    """Format the day of a stored time: ``4 Mar 2082``."""
    local = _local(text)
    return f"{local.day} {MONTHS[local.month - 1]} {local:%Y}"


def day_and_moment(text: str) -> str:
    """Format a stored time with its day of the week: ``Tue 24 Nov 2082 09:00``."""
    return f"{_weekday_name(text)} {exact(text)}"


def time_range(first: str, last: str) -> str:
    """Format two stored times as hours, with their days if these differ: ``01:00-01:10``."""
    if day(first) == day(last):
        return f"{_local(first):%H:%M}-{_local(last):%H:%M}"
    return f"{short_moment(first)} - {short_moment(last)}"


def coming_moment(text: str, now: str) -> str:
    """Format a stored time ahead: its hour and minute if it is today, else also its day."""
    day, _, hour = moment(text).partition(" ")
    return hour if moment(now).startswith(day) else day_and_moment(text)


def span(minutes: float) -> str:
    """Format a span by its largest unit, hours with minutes: ``45 s``, ``12 min``, ``3 h 20``, ``2 d``."""
    if minutes < 1:
        return f"{round(minutes * 60)} s"
    whole = round(minutes)
    if whole < 60:
        return f"{whole} min"
    hours, rest = divmod(whole, 60)
    if hours < 24:
        return f"{hours} h {rest:02}" if rest and hours < 10 else f"{hours} h"
    return f"{hours // 24} d"


def age(then: str, now: str) -> str:
    """Format how long ago a stored time is: ``12s``, ``4m``, ``2h``, ``Tue 14:06``, ``12 Nov``.

    Older than a day it is a date at the terminal's zone, with its year if that is another one. A time
    after ``now``, as of a terminal whose clock is ahead, counts as now.
    """
    seconds = _seconds(then, now)
    near = _near(seconds)
    if near or seconds < WEEK_S:
        return near or _weekday(then)
    local, here = _local(then), _local(now)
    date = f"{local.day} {MONTHS[local.month - 1]}"
    return date if local.year == here.year else f"{date} {local.year}"


def short_age(then: str, now: str) -> str:
    """Format the same in six cells: ``12s``, ``4m``, ``2h``, ``12 Nov``, ``Nov 81``."""
    return _near(_seconds(then, now)) or _short_date(then, now)


def until(then: str, now: str) -> str:
    """Format how far away a stored time is: ahead ``10m``, ``2h``, ``Fri 09:00``, ``6 Mar``; else its age."""
    ahead = _seconds(now, then)
    if ahead <= 0:
        return short_age(then, now)
    return _near(ahead) or (_weekday(then) if ahead < WEEK_S else _short_date(then, now))


def _seconds(then: str, now: str) -> int:
    """Return the whole seconds from one stored time to another, 0 if it is the earlier one."""
    return max(0, int((from_text(now) - from_text(then)).total_seconds()))


def _near(seconds: int) -> str:
    """Format a span of less than a day by its largest unit; "" for a longer one."""
    for unit, length, limit in (("s", 1, 60), ("m", 60, 3600), ("h", 3600, 86400)):
        if seconds < limit:
            return f"{seconds // length}{unit}"
    return ""


def _local(text: str) -> datetime:
    return terminal().here(from_text(text))


def _weekday(text: str) -> str:
    return f"{_weekday_name(text)} {_local(text):%H:%M}"


def _weekday_name(text: str) -> str:
    return WEEKDAYS[_local(text).weekday()][:3].capitalize()


def _short_date(text: str, now: str) -> str:
    local, here = _local(text), _local(now)
    month = MONTHS[local.month - 1]
    return f"{local.day} {month}" if local.year == here.year else f"{month} {local:%y}"


def holder(row: HeldRow, nobody: str = "waiting") -> str:
    """Format the agent who has a booking or an issue, with the number."""
    return nobody if row["agent_id"] is None else f"{row['agent_name']} ({row['agent_id']})"


def due_word(follow_up_at: str | None, now: str) -> str:
    """Format lateness: ``due``, then ``overdue 45 min``, ``overdue 2 h``, ``overdue 3 d``; "" until due."""
    if follow_up_at is None or not is_due(follow_up_at, now):
        return ""
    late = from_text(now) - from_text(follow_up_at)
    if late < PUNCTUAL:
        return "due"
    unit, length = next((name, length) for name, length in UNITS if late >= length)
    return f"overdue {late // length} {unit}"


def with_next_step(row: BookingRow, now: str) -> BookingRow:
    """Add a booking's lateness (``due``, "" if not due) and next command (``next``) at a time."""
    return row | {"due": due_word(row["follow_up_at"], now), "next": next_action(row, now)}


STEPS = {
    WAITING: ("waits for an agent", "contact by"),
    ASSIGNED: ("assigned", "claim by"),
    OFFERED: ("offered", "until"),
    CLAIMED: ("claimed", "contact by"),
    FOLLOW_UP: ("follow-up", "at"),
    ROTTEN: ("rotten", "since"),
}
"""The kinds of next steps in words, and what comes before their time."""


def step_words(row: BookingRow, when: Callable[[str], str] = exact) -> str:
    """Format a row's next step and time: ``claimed, contact by 4 Mar 2082 12:00``; "" for a closed one."""
    kind, at = row.get("next_step"), row.get("next_step_at")
    if not kind:
        return ""
    state, before = STEPS[kind]
    if not at:
        return state
    comma = "" if kind in (FOLLOW_UP, OFFERED, ROTTEN) else ","
    return f"{state}{comma} {before} {when(at)}"


def booking_state(row: BookingRow) -> str:
    """Format a booking's status: claimed, unclaimed, due, unattended, waiting, Confirmed, ..."""
    if row["voided"]:
        return "entered by mistake"
    if row.get("unreachable"):
        return "Unreachable"
    if row["status"] != PENDING:
        return row["status"]
    if row["agent_id"] is None:
        return "Seen by all" if row.get("seen_by_all") else "Waiting"
    if row.get("unattended"):
        return "! unattended"
    if row.get("asked_at"):
        return "Still on it? claimed"
    claimed = "claimed" if row["claimed_at"] else "unclaimed"
    return f"Due, {claimed}" if row.get("due") else f"{PENDING}, {claimed}"


BY_A_PERSON = ("booking.reassign", "booking.reassign_all", "agent.handover")
"""The commands that pin an unclaimed booking to the agent named in them."""


def kept(row: BookingRow, history: Sequence[EventRow]) -> str:
    """Format whose decision keeps an unclaimed booking with its agent: ``with Ada Byron by kim``, or "".

    ``history`` are the booking's events; what the setting ``owner`` pinned is the customer's own agent's.
    """
    pinned_at = row["pinned_at"]
    if pinned_at is None or row["claimed_at"] is not None or row["status"] != PENDING:
        return ""
    then = [event for event in history if event["at"] == pinned_at]
    actor = next((event["actor"] for event in then if event["command"] in BY_A_PERSON), "")
    words = f" by {actor}" if actor else ", the customer's own agent" if then else ""
    return f"with {row['agent_name']}{words}"


def presence_words(agent: AgentRow, now: str = "") -> str:
    """Format an agent's presence, its end and its reason: ``break until 12:30 (22 Nov), lunch``.

    With a time ``now`` shorter, for a column, and without the date of that day: ``break to 12:30, lunch``.
    """
    if agent["left_at"]:
        return "left"
    date, _, hour = short_moment(agent["presence_until"]).rpartition(" ")
    is_today = bool(now) and date == short_moment(now).rpartition(" ")[0]
    until = f" {'to' if now else 'until'} {hour}" + ("" if is_today else f" ({date})") if hour else ""
    reason = f", {agent['presence_reason']}" if agent["presence_reason"] else ""
    owed = f", owed {agent['owed']}" if agent["owed"] else ""
    return f"{agent['presence']}{until}{reason}{owed}"


def contact_rate(row: AgentRow) -> str:
    """Format the share of customers reached in time, its interval, and the number of leads."""
    rate = row.get("contact_rate")
    if rate is None:
        return "–"
    return f"{rate:4.0%} ({row['contact_low']:.0%}-{row['contact_high']:.0%}) of {row['contact_assigned']}"
