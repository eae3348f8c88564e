"""What to do now: one piece of work, how to reach the customer, what was asked for, and the keys."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal

from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import age, short_moment
from dispatch.service.row_types import IssueRow
from models.bookings import PENDING
from models.priorities import USUAL
from screens.widgets.steady_text import SteadyText
from screens.wording import issues as issue_words
from screens.wording.bookings import STEPS, priority, sign, state
from screens.wording.contacts import by_method
from screens.wording.text import CARE

CALLS = {"Phone Call": "call", "Text": "text"}
Keys = list[tuple[str, str]]
"""Keys with what they do here, the next step first."""


class NowCard(Horizontal):
    """Two lines: the work, and on the right the keys for it."""

    DEFAULT_CSS = """
    NowCard { height: 2; background: $panel; border-left: outer $accent; }
    NowCard.-idle { background: $surface; border-left: outer $surface; }
    NowCard > .what { width: 1fr; height: 2; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    NowCard > .keys { width: 20; height: 2; padding: 0 1 0 0; text-align: right; }
    """

    def compose(self) -> ComposeResult:
        yield SteadyText(classes="what")
        yield SteadyText(classes="keys")

    def show(self, what: Text, keys: Keys, *, is_idle: bool = False) -> None:
        """Show the work; of the keys the first has a line of its own. An idle card has no loud bar."""
        self.set_class(is_idle, "-idle")
        self.query_one(".what", SteadyText).update(what)
        lines = Text()
        for place, (key, verb) in enumerate(keys):
            lines.append("" if place == 0 else "\n" if place == 1 else "  ")
            lines.append(key, "bold").append(f" {verb}")
        self.query_one(".keys", SteadyText).update(lines)


def about_booking(row: BookingRow, now: str) -> Text:
    """Describe a booking's next step at a time of the desk, and whom to reach for what."""
    text = Text.assemble(
        _head(row["status"] == PENDING), (f"{row['booking_id']} {row['customer_name']}", "bold")
    )
    if row["priority"] != USUAL:
        text.append("  ").append_text(priority(row))
    text.append("  ").append_text(sign(row)).append(" ").append_text(_step(row))
    text.append(_since(row, now), "dim")
    wishes = f"“{' '.join(row['requests'].split())}”" if row["requests"] else ""
    asked_for = (by_method(row), row["destination"], wishes, f"from {row['launch_location']}")
    return text.append("\n     ").append("  ".join(filter(None, asked_for)))


def about_issue(row: IssueRow) -> Text:
    """Describe an issue: its priority, time left and title, and the customer."""
    text = Text.assemble(_head(True), (f"issue {row['issue_id']}  ", "bold"))
    text.append_text(issue_words.priority(row)).append("  ").append_text(issue_words.time_left(row))
    return text.append(f"\n     {row['customer_name']}  “{' '.join(issue_words.title(row).split())}”")


def nothing(is_nobodys: bool) -> Text:
    """Describe a desk without work, or without an agent."""
    if is_nobodys:
        return Text.assemble(
            _head(True), ("Whose desk is this?", "bold"), "\n     Choose an agent to see their work"
        )
    return Text.assemble("Nothing to do\n", ("Unclaimed work of others is in Queue", "dim"))


def _head(is_open: bool) -> tuple[str, str]:
    return ("NOW  " if is_open else "DONE ", "bold" if is_open else "dim")


def _step(row: BookingRow) -> Text:
    """Return the next step as a verb, and how late it is; of a closed one its state."""
    step = row.get("next")
    if not step:
        return state(row)
    if row["asked_at"]:
        return Text("still on it?", f"bold {CARE}")
    verb = STEPS[step][1]
    if step == "contact":
        verb = CALLS.get(row["method"], verb) + (" again" if row["contact_attempts"] else "")
    text = Text(verb, "bold")
    return text.append(f", {row['due']}", f"bold {CARE}") if row.get("due") else text


def _since(row: BookingRow, now: str) -> str:
    """Say how long the booking has been in its state, or when the next call is."""
    if row["status"] != PENDING:
        return f"  {age(row['changed_at'], now)}"
    if row["follow_up_at"] and not row.get("due"):
        return f"  follow-up {short_moment(row['follow_up_at'])}"
    return (
        f"  claimed {age(row['claimed_at'], now)}"
        if row["claimed_at"]
        else f"  new {age(row['created_at'], now)}"
    )
