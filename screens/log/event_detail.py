"""The pane beside the log: who did what, every row before and after, and who took it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.text import Text

from dispatch import queries
from dispatch.desk import event_log
from dispatch.operations.command_list import describe_event
from screens.widgets.detail_pane import DetailPane
from screens.wording.events import changes, details
from screens.wording.text import CARE, moment

Row = dict[str, Any]


def event_query(event: Row | None) -> Callable[[], Row | None]:
    """What the pane shows of an event; None when there is none."""

    def work() -> Row | None:
        if event is None:
            return None
        others = [number for number in (event["undone_by"], event["undoes"]) if number is not None]
        agents = queries.agents_by_id([event["agent_id"]]) if event["agent_id"] is not None else []
        return {
            "event": event,
            "other": next(iter(event_log.events_among(others)), None),
            "agent": next((f"{agent['name']} ({agent['agent_id']})" for agent in agents), ""),
        }

    return work


class EventDetail(DetailPane):
    """One event in full."""

    def show(self, data: Row | None) -> None:
        """Show what ``event_query`` read."""
        if data is None:
            self.tell("", "Choose an event to see it here")
        else:
            self.tell(f"Event {data['event']['event_id']}", _describe(data))


def _describe(data: Row) -> Text:
    event, other = data["event"], data["other"]
    text = Text(overflow="fold")
    text.append(describe_event(event), "bold")
    text.append(f"\n{event['actor']}, {moment(event['at'])}, {event['command']}", "dim")
    if event["undone_by"] is not None:
        text.append(f"\nTaken back {_by(other)}, event {event['undone_by']}", f"bold {CARE}")
    if event["undoes"] is not None:
        what = f", {other['command']} {_by(other)}" if other else ""
        text.append(f"\nTakes back event {event['undoes']}{what}", f"bold {CARE}")
    for label, value in _facts(event, data["agent"]):
        if value:
            text.append(f"\n{label:<12}", "dim")
            text.append(value)
    for row, lines in changes(event):
        text.append("\n\n" if lines else "\n")
        text.append(f"{row[:1].upper()}{row[1:]}", "bold" if lines else "")
        for line in lines:
            text.append(f"\n  {line}")
    return text


def _by(event: Row | None) -> str:
    return f"{moment(event['at'])} by {event['actor']}" if event else ""


def _facts(event: Row, agent: str) -> list[tuple[str, str]]:
    return [
        ("Customer", event["customer_name"] or ""),
        ("Agent", agent),
        *((label[:1].upper() + label[1:], value) for label, value in details(event)),
        ("Request id", event["request_id"] or ""),
    ]
