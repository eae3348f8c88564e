"""The first lines of My desk: whose it is, how much they hold, and how much work there is."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from dispatch.queries.row_types import AgentRow, BookingRow
from models.agents import AWAY
from models.bookings import CONFIRMED
from screens.roster.presence import presence_text
from screens.widgets.steady_text import SteadyText
from screens.wording.agents import CELLS, PRESENCE_SIGNS, held_bar
from screens.wording.bookings import CANCELLED
from screens.wording.bookings import CONFIRMED as CONFIRMED_SIGN
from screens.wording.text import BAD, CARE, short

SECTIONS = {"due": "Due", "in progress": "In progress", "tentative": "New", "done today": "Done"}
"""The groups of dispatch.queries.desk_of, as they are called here."""
DONE = "done today"
GAP, WIDEST_GAP = 2, 6


class DeskHeader(SteadyText):
    """One line about the agent, made to fit at every width."""

    _about: tuple[AgentRow, Sequence[BookingRow], str] | None = None

    def show(self, agent: AgentRow | None, rows: Sequence[BookingRow], key: str) -> None:
        """Show an agent with the work of ``desk_of`` and the key that changes the presence; None: nobody."""
        self._about = None if agent is None else (agent, rows, key)
        self.on_resize()

    def on_resize(self) -> None:
        width = self.content_size.width
        self.update(Text("") if self._about is None or not width else header(*self._about, width))


def header(agent: AgentRow, rows: Sequence[BookingRow], key: str, width: int) -> Text:
    """Return one line of at most ``width`` cells; what says least is shortened or left out first.

    ``key`` is what changes the agent's presence, with its verb.
    """
    lines = _from_long_to_short(agent, rows, key)
    parts = next((line for line in lines if _cells(line) <= width), lines[-1])
    spare = (width - _cells(parts)) // max(1, len(parts) - 1)
    line = Text(" " * min(WIDEST_GAP, GAP + max(0, spare))).join(parts)
    line.truncate(width, overflow="ellipsis")
    return line


def counts(rows: Sequence[BookingRow], issues: str, keep: str, overdue: int = 0) -> Text:
    """Return how much work of each kind there is, "" if none; ``issues`` is their number, "" for none.

    ``keep`` is the key that keeps a claim the desk asks about; ``overdue`` counts the issues that are late.
    """
    found = {group: sum(row["group"] == group for row in rows) for group in SECTIONS}
    parts = [
        Text(
            f"{SECTIONS[group]} {number}",
            f"bold {CARE}" if group == "due" else "dim" if group == DONE else "bold",
        )
        for group, number in found.items()
        if number
    ]
    asked = sum(row["asked_at"] is not None and row["group"] != DONE for row in rows)
    parts += [Text(f"{asked} still on it? {keep} keeps it", f"bold {CARE}")] if asked else []
    late = (f", {overdue} overdue", f"bold {BAD}") if overdue else ""
    parts += [Text.assemble((f"Issues {issues}", "bold"), late)] if issues else []
    return Text(" · ").join(parts)


def _from_long_to_short(agent: AgentRow, rows: Sequence[BookingRow], key: str) -> list[list[Text]]:
    presence = presence_text(agent)
    word = Text(f"{PRESENCE_SIGNS[agent['presence']]} {agent['presence']}", presence.style)
    hint = Text(f"  {key}", "dim")
    wanted_hint = hint if agent["presence"] == AWAY else Text()  # the way back
    bar = held_bar(agent["load"], agent["issue_load"], agent["capacity"])
    load = bar[CELLS + 1 :]
    name, shorter, shortest = (Text(short(agent["name"], cells), "bold") for cells in (24, 14, 8))
    done, today = _today(rows), Text.assemble(("today ", "dim"), _today(rows))
    named_bar, rank = Text.assemble(("load ", "dim"), bar), Text(f"rank {agent['rank'] or '–'}", "dim")
    return [
        [name, presence + hint, named_bar, today, rank],
        [name, presence + hint, named_bar, today],
        [name, presence + hint, bar, today],
        [name, presence + hint, bar, done],
        [name, presence + wanted_hint, bar, done],
        [name, presence + hint, load, done],
        [name, word + hint, bar, today],
        [name, word + hint, bar, done],
        [name, word + hint, load, done],
        [shorter, word + hint, load, done],
        [shorter, word, load, done],
        [shortest, word, load, done],
    ]


def _today(rows: Sequence[BookingRow]) -> Text:
    closed = [row for row in rows if row["group"] == DONE]
    if not closed:
        return Text("0 closed", "dim")
    confirmed = sum(row["status"] == CONFIRMED for row in closed)
    return Text(f"{confirmed} {CONFIRMED_SIGN} {len(closed) - confirmed} {CANCELLED}")


def _cells(parts: Sequence[Text]) -> int:
    return sum(part.cell_len for part in parts) + GAP * (len(parts) - 1)
