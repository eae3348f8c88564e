"""Makes the forms about rows of one kind, each with the row's number and a description on top."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from rich.text import Text

from dispatch.agents.planned_absences import choosable
from dispatch.desk.desk import Desk
from screens.dialogs.form import Field, FormModal, Verb, reason_field
from screens.fields.agent_picker import picked
from screens.fields.preview import Preview, Values
from screens.widgets.columns import Row

Effect = Callable[[Desk, int, int], Text]
"""Describes what giving a row of a number to an agent would do; may raise DeskError."""


@dataclass(frozen=True)
class RowForms(Generic[Row]):
    """Makes the forms about rows of one ``kind``, such as "booking"; ``describe`` heads them."""

    kind: str
    describe: Callable[[Row], str]

    def form(
        self,
        row: Row,
        title: str,
        fields: Sequence[Field],
        command: Callable[..., Row],
        *,
        submit: Verb,
        about: str = "",
        changes_only: bool = False,
        preview: Preview | None = None,
    ) -> FormModal[Row]:
        """Make a form about a row; its values go to the command under the fields' names."""
        number = row[f"{self.kind}_id"]
        return FormModal(
            f"{title} {self.kind} {number}",
            fields,
            lambda desk, given: command(desk, number, **given),
            submit=submit,
            about=about or self.describe(row),
            changes_only=changes_only,
            preview=preview,
        )

    def asking(
        self,
        title: str,
        fields: Sequence[Field],
        command: Callable[..., Row],
        *,
        submit: str,
    ) -> Callable[[Row], FormModal[Row]]:
        """Return a maker of forms whose fields are the same for every row."""
        return lambda row: self.form(row, title, fields, command, submit=submit)

    def reassigning(
        self, command: Callable[[Desk, int, int, str], Row], look: Effect | None = None
    ) -> Callable[[Row], FormModal[Row]]:
        """Return a maker of forms that give a row to another agent; ``look`` says what that would do."""

        def reassign(desk: Desk, number: int, to: str, reason: str) -> Row:
            return command(desk, number, picked(to), reason)

        def make(row: Row) -> FormModal[Row]:
            others = tuple(agent for agent in choosable() if agent["agent_id"] != row["agent_id"])
            verb = "Assign" if row["agent_id"] is None else "Reassign"
            reason = reason_field(f"why it is {verb.lower()}ed")
            fields = Field("to", "To", agents=others, required=True), reason
            preview = None if look is None else _effect_of(look, row[f"{self.kind}_id"])
            return self.form(row, verb, fields, reassign, submit=verb, preview=preview)

        return make


def _effect_of(look: Effect, number: int) -> Preview:
    """Preview what giving a row to the chosen agent would do."""

    def effect(desk: Desk, given: Values) -> Text:
        return look(desk, number, picked(given["to"])) if given["to"] else Text("Choose an agent")

    return Preview(effect, only=("to",))
