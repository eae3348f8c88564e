"""Commands on the lists of accepted values: one accepted, retired or renamed, for all seven lists alike.

A value's row stays when it is retired, as bookings and agents still have its name. A new name is a value of
its own: what is open follows it, and what is closed keeps the name it was sold under.
"""

from __future__ import annotations

from typing import NamedTuple

from dispatch.desk import settings
from dispatch.desk.accepted_values import (
    KINDS,
    LISTS,
    NOUNS,
    PACKAGE,
    WORDS,
    folded,
    listing,
    model_of,
    nearest,
)
from dispatch.desk.commands import Command, command, reverse_event
from dispatch.inputs import validation
from dispatch.operations.lists.following import follow
from dispatch.operations.lists.row_types import ValueRow
from dispatch.operations.lists.uses import uses_of
from models.accepted_values import put_state
from models.base import Json
from models.errors import InvalidInput, Refused
from models.hints import act

ADD, RETIRE, RENAME = "value.add", "value.retire", "value.rename"


class Place(NamedTuple):
    """A list: its kind, and the destination if it is that of one destination's packages."""

    kind: str
    destination: str | None = None

    @property
    def word(self) -> str:
        """What a value of it is called: ``lead source``, ``package of Mars``."""
        word = WORDS.get(self.kind, self.kind)
        return f"{word} of {self.destination}" if self.destination is not None else word

    @property
    def add(self) -> str:
        """What a hint proposes to add to it."""
        return act("value.add", NOUNS.get(self.kind, self.kind))

    def key(self, name: str) -> Json:
        return {"name": name} | ({} if self.destination is None else {"destination": self.destination})

    def rows(self) -> dict[str, Json]:
        """Return the rows of the list by name, retired ones too."""
        return {
            row["name"]: row
            for row in listing(self.kind, retired=True)
            if row.get("destination") == self.destination
        }

    def same(self, name: str) -> str | None:
        """Return the value that differs from a name in case and spaces alone: first of those accepted."""
        found = [row for row in self.rows().values() if folded(row["name"]) == folded(name)]
        found.sort(key=lambda row: (row["retired_at"] is not None, row["name"] != name))
        return found[0]["name"] if found else None


class Change(NamedTuple):
    """What a command, one of ADD, RETIRE and RENAME, does to a value; ``to`` is its new name."""

    command: str
    kind: str
    name: str
    destination: str | None = None
    to: str | None = None

    @property
    def place(self) -> Place:
        return Place(self.kind, self.destination)

    @property
    def words(self) -> str:
        """Name the value as sentences do: ``lead source Bought``, ``destination Mars to Ares``."""
        return f"{self.place.word} {self.name}" + ("" if self.to is None else f" to {self.to}")

    def back(self, opposite: str) -> Change:
        """Return the change that takes this one back."""
        if self.to is not None:
            return self._replace(command=opposite, name=self.to, to=self.name)
        return self._replace(command=opposite)

    def is_possible(self) -> bool:
        """Return whether the value is as this needs it, and another has not got its new name meanwhile."""
        rows = self.place.rows()
        row, new = rows.get(self.name), rows.get(self.to or "")
        is_accepted = row is not None and row["retired_at"] is None
        if self.command == ADD:
            return row is not None and not is_accepted and row["renamed_to"] is None
        if self.to is None:
            return is_accepted
        return is_accepted and new is not None and new["renamed_to"] == self.name


@command("value.add", past="accepted", undo=reverse_event, may="desk.set")
def add_value(running: Command, kind: str, name: str, destination: str | None = None) -> ValueRow:
    """Accept a new destination, launch location, ... or a package of a destination, or a retired one again.

    Raises InvalidInput, or Refused if it is already accepted.
    """
    place = _place(running, kind, destination)
    text = validation.name(name, "name")
    same = place.same(text)
    if same is not None and place.rows()[same]["retired_at"] is None:
        raise Refused("exists", f"{same!r} is already a {place.word}")
    made(running, Change(ADD, kind, same or text, place.destination))
    row = _row(place, same or text)
    return row if same is None else {**row, "restored": True}


@command("value.retire", past="retired", undo=reverse_event, may="desk.set")
def retire_value(running: Command, kind: str, name: str, destination: str | None = None) -> ValueRow:
    """Accept a value no more; what has it keeps it, and the result says what that is.

    Raises InvalidInput for a name that is not on the list, and Refused for the last one.
    """
    place = _place(running, kind, destination)
    text = _accepted(place, name)
    used = uses_of(running.desk, kind, text, place.destination)
    made(running, Change(RETIRE, kind, text, place.destination))
    return {**_row(place, text), "retired_at": running.now, "used_by": used}


@command("value.rename", past="renamed", undo=reverse_event, may="desk.set")
def rename_value(running: Command, kind: str, name: str, to: str, destination: str | None = None) -> ValueRow:
    """Call a value something else. Open bookings, agents, caps and the setting ``departments`` follow.

    Closed bookings and the log keep the name they had; leads that come in with it are understood. Saved views
    are only named. Raises InvalidInput, and Refused if the new name is taken.
    """
    place = _place(running, kind, destination)
    old, new = _accepted(place, name), validation.name(to, "new_name")
    if old == new:
        raise InvalidInput("new_name", f"{old!r} is called that already", "give another name")
    _refuse_taken(place, old, new)
    used = uses_of(running.desk, kind, old, place.destination)
    made(running, Change(RENAME, kind, old, place.destination, new))
    return {**_row(place, new), "was": old, "used_by": used}


def made(running: Command, change: Change) -> None:
    """Write a change for a running command, and say in its event what it is. Raises Refused."""
    place, model = change.place, model_of(change.kind)
    if change.command == RETIRE:
        _refuse_last(place, change.name)
    running.detail |= {"kind": change.kind, **place.key(change.name)}
    running.detail.setdefault("value", change.words)  # an undo names what it is of
    if running.name != change.command:
        running.detail["did"] = change.command
    if change.command == ADD:
        put_state(model, place.key(change.name), None)
    elif change.to is None:
        put_state(model, place.key(change.name), running.now)
    else:
        running.detail["to_name"] = change.to
        put_state(model, place.key(change.to), None)
        put_state(model, place.key(change.name), running.now, change.to)
        follow(running, change.kind, change.name, change.to, change.destination)
    if change.command != ADD:  # what other terminals offer may not be accepted any more
        settings.raise_version()
        running.desk.settings.refresh()
    running.desk.values.reload()


def _refuse_last(place: Place, name: str) -> None:
    """Refuse to retire the last value of a list; a destination may be without packages."""
    if place.kind != PACKAGE and sum(row["retired_at"] is None for row in place.rows().values()) == 1:
        needs = "agent" if place.kind in ("department", "job_title") else "lead"
        raise Refused(
            "last_value",
            f"{name!r} is the last {place.word}: no {needs} could be entered",
            f"{place.add} adds another first",
        )


def _place(running: Command, kind: str, destination: str | None) -> Place:
    if kind not in KINDS:
        raise InvalidInput("kind", f"no list of {kind!r}", f"accepted: {PACKAGE}, {', '.join(LISTS)}")
    running.desk.values.reload()
    if kind != PACKAGE:
        return Place(kind)
    text, known = validation.stripped(destination, "destination"), running.desk.values.known("destination")
    return Place(kind, text if text in known else running.desk.values.check("destination", destination))


def _accepted(place: Place, name: str) -> str:
    """Return the accepted value of a name, in any case. Raises InvalidInput that names the nearest."""
    text, rows = validation.name(name, "name"), place.rows()
    same, accepted = place.same(text), [one for one, row in rows.items() if row["retired_at"] is None]
    if same in accepted:
        return str(same)
    if same is not None:
        new = rows[same]["renamed_to"]
        problem = f"{same!r} was renamed to {new!r}" if new else f"{same!r} is retired already"
        raise InvalidInput("name", problem, f"{place.add} brings it back")
    near = nearest(text, accepted)
    hint = f"did you mean {near}? " if near else ""
    raise InvalidInput(
        "name", f"{text!r} is not a {place.word}", f"{hint}accepted: {', '.join(accepted) or 'none'}"
    )


def _refuse_taken(place: Place, old: str, new: str) -> None:
    """Refuse a new name that is another value's; a value may get a former name of its own again."""
    same = place.same(new)
    row = place.rows().get(same or "")
    if row is None or same == old:
        return
    if row["retired_at"] is None:
        raise Refused(
            "exists", f"{same!r} is already a {place.word}", f"retire {old!r} instead: {same!r} stays in use"
        )
    if row["renamed_to"] != old or same != new:
        raise Refused(
            "exists",
            f"{same!r} is a retired {place.word} of its own",
            f"{place.add} brings it back",
        )


def _row(place: Place, name: str) -> ValueRow:
    row: ValueRow = {"name": name}
    if place.destination is not None:
        row = {"destination": place.destination, "name": name}
    return row
