"""The outcomes of attempts to reach customers, as a supervisor sees and changes it."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text

from dispatch.bookings import dispositions
from dispatch.bookings.dispositions import DispositionRow
from dispatch.desk.desk import Desk
from dispatch.inputs.times import delays
from models.dispositions import ENDS
from screens.dialogs.form import Field, FormModal, Values
from screens.dialogs.panel import Panel
from screens.fields.preview import Preview
from screens.wording.outcomes import outcome_label

YES, NO = REACHED = ("yes", "no")
NAME_WIDTH = 16
FOLLOWS = ("delay", "attempts", "ends", "reason")
Change = Callable[[Desk, Values], DispositionRow]


def outcomes_panel() -> Panel:
    """List what is offered, and what follows each. Reads the desk."""
    text = _listed(dispositions.listing())
    text.append("\n\n“Outcome: add”, “Outcome: set” and “Outcome: retire” in the palette change them", "dim")
    return Panel("Outcomes of a contact", text)


def outcome_addition_form() -> FormModal[DispositionRow]:
    """Add an outcome of the desk's own."""
    fields = [
        Field("name", "Outcome", hint="such as busy line", required=True, check=dispositions.new_name),
        *_what_follows("1 day"),
        Field("reached", "Reached", NO, REACHED, required=True),
    ]

    def add(desk: Desk, given: Values) -> DispositionRow:
        delay, attempts, ends, reason = (given[name] for name in FOLLOWS)
        reaches = given["reached"] == YES
        return dispositions.add(desk, given["name"], delay, attempts, ends, reason, reaches)

    return FormModal(
        "Add an outcome",
        fields,
        add,
        submit="Add outcome",
        about="Reached: somebody spoke with the customer, so attempts are counted from the beginning.",
        preview=Preview(lambda desk, given: _outlook(desk, add, given, "name")),
    )


def outcome_form(rows: list[DispositionRow]) -> FormModal[DispositionRow]:
    """Change what follows one of the outcomes; a field left empty changes nothing."""
    named = {outcome_label(row["name"]): row["name"] for row in rows}
    which = Field("outcome", "Outcome", options=tuple(named), required=True, stops=True)

    def change(desk: Desk, given: Values) -> DispositionRow:
        delay, attempts, ends, reason = (given[name] or None for name in FOLLOWS)
        return dispositions.change(desk, named[given["outcome"]], delay, attempts, ends, reason)

    def look(desk: Desk, given: Values) -> Text:
        if any(given[name] for name in FOLLOWS):
            return _outlook(desk, change, given, "outcome")
        return _listed([row for row in dispositions.listing() if row["name"] == named.get(given["outcome"])])

    return FormModal(
        "Set an outcome",
        [which, *_what_follows("")],
        change,
        submit="Set outcome",
        about="Empty: stays as it is. none: no follow-up, or no last attempt.",
        preview=Preview(look),
    )


def outcome_retirement_form(rows: list[DispositionRow]) -> FormModal[DispositionRow]:
    """Retire one of the outcomes."""
    named = {outcome_label(row["name"]): row["name"] for row in rows}
    return FormModal(
        "Retire an outcome",
        [Field("outcome", "Outcome", options=tuple(named), required=True)],
        lambda desk, given: dispositions.retire(desk, named[given["outcome"]]),
        submit="Retire outcome",
        about="It is not offered any more; bookings and the log keep it.",
    )


def _what_follows(delay: str) -> list[Field]:
    return [
        Field(
            "delay",
            "Next try in",
            delay,
            hint="4 hours, 2 days, none",
            check=delays.understand,
        ),
        Field("attempts", "Attempts", hint="at most, in a row; 1 ends at once", called="number of attempts"),
        Field("ends", "Then", options=ENDS),
        Field("reason", "Reason", hint="for which it is cancelled then"),
    ]


def _outlook(desk: Desk, command: Change, given: Values, name: str) -> Text:
    """Rehearse a change; raises as the command does."""
    if not given[name].strip():
        return _listed(dispositions.listing())
    row = desk.rehearse(lambda: command(desk, given))
    return _listed([row])


def _listed(rows: list[DispositionRow]) -> Text:
    text = Text(overflow="fold")
    for row in rows:
        text.append("\n" if text else "").append(f"{outcome_label(row['name']):{NAME_WIDTH}}", "bold")
        text.append(row["words"]).append(" · reached" if row["reaches"] else "", "dim")
    return text
