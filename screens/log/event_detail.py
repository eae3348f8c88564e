"""The pane beside the log: who did what, every row before and after, and who undid it."""

from __future__ import annotations

from rich.text import Text

from dispatch.desk import event_log
from dispatch.desk.desk import DESK_ACTOR
from dispatch.desk.event_filter import EventFilter
from dispatch.desk.row_types import EventRow, ListedEvent
from dispatch.desk.undo_chain import REDO
from dispatch.queries.wording import exact, moment_column
from dispatch.reporting.event_sentences import CHECK, Names, alarms, names_in
from screens.widgets.detail_pane import Detail, add_facts
from screens.wording.events import agents_in, changes, details, sentence, undone_word
from screens.wording.text import CARE

MOST_ACTS = 20  # of a folded row; enter lists all


def event_detail(event: EventRow) -> Detail:
    """Describe an event in full. Reads the database."""
    numbers = [number for number in (event["undone_by"], event["undoes"]) if number is not None]
    others = event_log.events_among(numbers)
    names = names_in([event, *others], agents_in(event))
    text = Text(overflow="fold")
    _add_title(text, event, names)
    text.append(f"\n{exact(event['at'])}, {event['actor']}", "dim")
    for other in others:
        _add_other(text, event, other, names)
    add_facts(text, _facts(event, names))
    for row, lines in changes(event, names):
        text.append("\n\n" if lines else "\n")
        text.append(f"{row[:1].upper()}{row[1:]}", "bold" if lines else "")
        for line in lines:
            text.append(f"\n  {line}")
    return f"Event {event['event_id']}", text


def folded_detail(fold: ListedEvent) -> Detail:
    """Describe several acts of the clock, newest first. Reads the database."""
    which = EventFilter(actor=DESK_ACTOR)
    acts = event_log.page(which, MOST_ACTS, fold["newest_id"] + 1, None)
    shown = [act for act in acts if act["event_id"] >= fold["event_id"]]
    names = names_in(shown)
    text = Text(fold["sentence"], "bold", overflow="fold")
    for act in shown:
        text.append(f"\n{moment_column(act['at'])}  ", "dim").append(sentence(act, names), "default")
    if len(shown) < fold["folded"]:
        text.append(f"\n… {fold['folded'] - len(shown)} more: enter lists all", "dim")
    return f"Events {fold['event_id']}-{fold['newest_id']}", text


def _add_title(text: Text, event: EventRow, names: Names) -> None:
    lines = alarms(event, names) if event["command"] == CHECK else [sentence(event, names)]
    text.append("\n".join(f"{line[:1].upper()}{line[1:]}" for line in lines), "bold")


def _add_other(text: Text, event: EventRow, other: EventRow, names: Names) -> None:
    """Add the event that undid this one, or that this one undid."""
    by = f"{exact(other['at'])} by {other['actor']}"
    if other["event_id"] == event["undone_by"]:
        line = f"{undone_word(event).capitalize()} {by}, event {other['event_id']}"
    else:
        verb = "Redoes" if event["command"] == REDO else "Undoes"
        line = f"{verb} event {other['event_id']}, {by}: {sentence(other, names)}"
    text.append(f"\n{line}", f"bold {CARE}")


def _facts(event: EventRow, names: Names) -> list[tuple[str, str]]:
    agent = event["agent_id"]
    return [
        ("Customer", event["customer_name"] or ""),
        ("Agent", f"{names.get(agent, '')} ({agent})" if agent is not None else ""),
        *((label[:1].upper() + label[1:], value) for label, value in details(event, names)),
        ("OS user", event["account"] or ""),
        ("Login", (event["db_user"] or "") if event["db_user"] != event["actor"] else ""),
        ("Request id", event["request_id"] or ""),
        ("Command", event["command"].replace(".", " ").replace("_", " ")),
    ]
