"""How rows read on screen. Everything a person typed becomes Text or Content, never markup."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from dispatch.moments import WEEKDAYS
from models.clock import from_text, local_offset, to_local
from models.errors import DeskError

Row = dict[str, Any]
BARS = "▁▂▃▄▅▆▇█"

# Middle tones: legible on dark and on light ground.
GOOD, CARE, BAD = "#3f9142", "#b7791f", "#d04040"


def short(text: str, length: int = 40) -> str:
    """A name that fits into a line with others."""
    return text if len(text) <= length else text[: length - 1] + "…"


def refusal(error: DeskError) -> str:
    """What the desk refused, and what to do about it."""
    return f"{error.message}: {error.hint}" if error.hint else error.message


def money(units: float | None) -> str:
    """An amount with two places, or a dash."""
    return "–" if units is None else f"{units:,.2f}"


def moment(text: str | None) -> str:
    """A stored time in the terminal's zone, to the minute."""
    return to_local(text) if text else ""


def short_moment(text: str | None) -> str:
    """Month, day, hour and minute: for lists, where the year is the desk's own."""
    return to_local(text)[5:] if text else ""


def day_and_moment(text: str) -> str:
    """A stored time with its day of the week: Tue 2082-11-24 09:00."""
    day = (from_text(text) + local_offset()).weekday()
    return f"{WEEKDAYS[day][:3].capitalize()} {moment(text)}"


def load_bar(row: Row) -> Text:
    """An agent's load as a bar and as numbers; over capacity stands out."""
    load, capacity = row["load"], row["capacity"]
    share = 1.0 if capacity == 0 else min(1.0, load / capacity)
    style = f"bold {BAD}" if load > capacity else GOOD if share < 0.5 else CARE if share < 1 else BAD
    bar = Text.assemble((BARS[round(share * (len(BARS) - 1))], style), f" {load}/{capacity}")
    return bar.append("!", style) if load > capacity else bar


PRESENCE_SIGNS = {"available": "●", "busy": "◐", "break": "◔", "away": "○", "offline": "○"}


def presence_words(agent: Row) -> str:
    """How an agent is at work, until when, and why: ``break until 12:30, lunch``."""
    if agent["left_at"]:
        return "left"
    day, _, hour = short_moment(agent["presence_until"]).partition(" ")
    until = f" until {hour} ({day})" if hour else ""
    reason = f", {agent['presence_reason']}" if agent["presence_reason"] else ""
    return f"{agent['presence']}{until}{reason}"


def state(row: Row) -> Text:
    """A booking's status in one word or two: claimed, unclaimed, due, unattended, waiting, Confirmed, ..."""
    if row["voided"]:
        return Text("entered by mistake", "dim")
    if row["status"] == "Confirmed":
        return Text("Confirmed", GOOD)
    if row["status"] == "Cancelled":
        return Text("Cancelled", BAD)
    if row["agent_id"] is None:
        return Text("Waiting", f"bold {CARE}")
    if row.get("unattended"):
        return Text("! unattended", f"bold {BAD}")
    if row.get("asked_at"):
        return Text("Still on it? claimed", f"bold {CARE}")
    if row.get("due"):  # what next_step made of the follow-up
        return Text(f"Due, {'claimed' if row['claimed_at'] else 'unclaimed'}", f"bold {CARE}")
    return Text("Pending, claimed", "bold") if row["claimed_at"] else Text("Pending, unclaimed")


COMMAND_WORDS = {
    "lead.add": "came in",
    "lead.add_all": "several came in",
    "booking.claim": "claimed",
    "booking.release": "released",
    "booking.decline": "declined",
    "booking.contact": "contact",
    "booking.note": "note",
    "booking.confirm": "confirmed",
    "booking.cancel": "cancelled",
    "booking.reassign": "reassigned",
    "booking.reopen": "reopened",
    "booking.rate": "scored",
    "booking.edit": "edited",
    "booking.follow_up": "follow-up",
    "booking.keep": "still on it",
    "booking.ask": "asked whether still on it",
    "booking.expire": "claim ended, no answer",
    "booking.lapse": "not claimed in time",
    "booking.reassign_all": "several reassigned",
    "booking.cancel_all": "several cancelled",
    "booking.release_all": "several released",
    "agent.presence": "presence",
    "agent.turn": "presence by the clock",
    "agent.shift": "shift hours",
    "agent.handover": "work handed over",
    "shuffle": "loads evened out",
    "shuffle.recurring": "loads evened out",
    "waiting.assign": "waiting bookings given out",
    "customer.edit": "edited",
    "customer.merge": "merged",
    "agent.add": "taken on",
    "agent.set": "changed",
    "agent.leave": "left",
    "agent.return": "returned",
    "setting.set": "setting",
    "value.add": "accepted",
    "doctor.repair": "repaired",
    "issue.open": "came in",
    "issue.claim": "claimed",
    "issue.reply": "reply",
    "issue.note": "note",
    "issue.status": "status",
    "issue.resolve": "resolved",
    "issue.close": "closed",
    "issue.reopen": "reopened",
    "issue.reassign": "reassigned",
    "issue.escalate": "escalated",
    "issue.acknowledge": "acknowledged",
    "issue.settle": "settled",
    "issue.rate": "scored",
    "issue.edit": "edited",
    "issue.sweep": "clock",
    "undo": "undo",
}


def event_line(event: Row) -> str:
    """One line of a booking's history."""
    word = COMMAND_WORDS.get(event["command"], event["command"])
    words = said(event["command"], event["detail"])
    line = f"{short_moment(event['at'])}  {word}" + (f": {words}" if words else "")
    return f"{line}  ({event['actor']})" + ("  [taken back]" if event["undone_by"] else "")


def subject(row: Row) -> str:
    """What an event, or an undo, was about: the issue or booking, else the customer, else the agent."""
    for kind in ("issue", "booking", "customer", "agent"):
        if row.get(f"{kind}_id") is not None:
            return f"{kind} {row[f'{kind}_id']}"
    return ""


def taken_back(done: Row) -> str:
    """What a toast says after an undo."""
    what = COMMAND_WORDS.get(done["command"], done["command"])
    several = f" ({done['bookings']:,} bookings)" if done["bookings"] > 1 else ""
    return f"Taken back: {f'{subject(done)} {what}'.strip()}{several}"


def said(command: str, detail: Row) -> str:
    """What an event's detail has to say, in one line."""
    if command == "undo":
        return COMMAND_WORDS.get(detail.get("command", ""), "")
    told = [detail.get("outcome", "").replace("_", " "), detail.get("text") or detail.get("reason")]
    if "follow_up_at" in detail:
        at = short_moment(detail["follow_up_at"]) or "none any more"
        told.append(at if command == "booking.follow_up" else f"follow-up {at}")
    if "score" in detail:
        told.append(str(detail["score"]))
    return ", ".join(filter(None, told))
