"""The pane beside the log: who did what, every row before and after, and who undid it."""

from __future__ import annotations

from rich.text import Text

from dispatch import queries
from dispatch.desk import event_log
from dispatch.desk.row_types import EventRow
from dispatch.desk.undo_chain import REDO
from dispatch.operations.command_list import describe_event
from dispatch.queries.wording import moment
from screens.widgets.detail_pane import Detail, add_facts
from screens.wording.events import changes, details, undone_word
from screens.wording.text import CARE


def event_detail(event: EventRow) -> Detail:
    """Describe an event in full. Reads the database."""
    others = [number for number in (event["undone_by"], event["undoes"]) if number is not None]
    told = {row["event_id"]: row for row in event_log.events_among(others)}
    text = Text(overflow="fold")
    text.append(describe_event(event), "bold")
    text.append(f"\n{event['actor']}, {moment(event['at'])}, {event['command']}", "dim")
    if event["undone_by"] is not None:
        by = _by(told.get(event["undone_by"]))
        text.append(f"\n{undone_word(event).capitalize()} {by}, event {event['undone_by']}", f"bold {CARE}")
    if event["undoes"] is not None:
        other, verb = told.get(event["undoes"]), "Redoes" if event["command"] == REDO else "Undoes"
        what = f", {other['command']} {_by(other)}" if other else ""
        text.append(f"\n{verb} event {event['undoes']}{what}", f"bold {CARE}")
    add_facts(text, _facts(event))
    for row, lines in changes(event):
        text.append("\n\n" if lines else "\n")
        text.append(f"{row[:1].upper()}{row[1:]}", "bold" if lines else "")
        for line in lines:
            text.append(f"\n  {line}")
    return f"Event {event['event_id']}", text


def _by(event: EventRow | None) -> str:
    return f"{moment(event['at'])} by {event['actor']}" if event else ""


def _facts(event: EventRow) -> list[tuple[str, str]]:
    agents = queries.agents_by_id([event["agent_id"]]) if event["agent_id"] is not None else []
    return [
        ("Customer", event["customer_name"] or ""),
        ("Agent", "".join(f"{agent['name']} ({agent['agent_id']})" for agent in agents)),
        *((label[:1].upper() + label[1:], value) for label, value in details(event)),
        ("Account", event["account"] or ""),
        ("Request id", event["request_id"] or ""),
    ]
