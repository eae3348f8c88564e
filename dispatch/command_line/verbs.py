"""What a verb of the command line is: its words, its arguments, what it does, and how that is said before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from dispatch.bookings.row_types import BatchResult
from dispatch.desk.desk import Desk
from models.calendars import Calendar

Given = dict[str, Any]
"""Arguments by name, as the verb's functions get them; the row's numbers are ``numbers``."""


CLEAR = ("none", "never", "clear")


class Kind(Enum):
    """What a word stands for."""

    ROWS = "rows"  # numbers of bookings or issues: 413 or 413,414
    AGENT = "agent"  # by number or name; as its row
    CHOICE = "choice"  # one of several words, by its beginning
    WORD = "word"  # taken as it is; the desk checks it
    TEXT = "text"  # all the rest of the line
    FLAG = "flag"  # an option without a value


OUTCOME = "outcome"
"""What is listed of the desk's dispositions."""


class Argument(NamedTuple):
    """An argument, given in its place or by its option."""

    name: str
    kind: Kind
    option: str = ""
    required: bool = True
    choices: tuple[str, ...] = ()
    listed: str = ""
    """The kind of accepted values to choose from, instead of ``choices``."""

    only_option: bool = False

    @property
    def shown(self) -> str:
        name = self.name.upper().replace("_", " ")
        return name if self.required else f"[{name}]"


class Asker(NamedTuple):
    """Who types: the agent of My desk, if any."""

    agent_id: int | None = None


Moment = Callable[[str, str, Calendar], str]
"""Returns the stored time that a text means, after now (stored), so far ahead of UTC. Raises InvalidInput."""

Run = Callable[[Desk, Given], str]
"""Run the command and return its result in words. Raises DeskError."""


@dataclass(frozen=True, eq=False)
class Verb:
    """A verb: ``letters`` are its short form, ``noun`` and ``word`` those of the command line."""

    letters: str
    noun: str
    word: str
    says: str
    """The consequence: ``Claim {rows} for {agent}``; optional arguments follow it."""

    run: Run
    arguments: tuple[Argument, ...] = ()
    fill: Callable[[Desk, Given, Asker], None] | None = None
    """Add what was not given. Raises DeskError."""

    preview: Callable[[Desk, Given], BatchResult] | None = None
    """Of a verb that takes several bookings in one event: what would become of each."""

    is_final: bool = False
    """Whether it cannot be undone; it is never repeated without being shown first."""

    moments: Mapping[str, Moment] = field(default_factory=dict)
    """Arguments that are times, with how each is read: the consequence names the moment that ``15`` means."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Words before an optional argument in the consequence, where they are not its name; of ``agent`` those
    for none given."""

    @property
    def name(self) -> str:
        return f"{self.noun} {self.word}".strip()

    @property
    def usage(self) -> str:
        """Its short form: ``r reassign BOOKING AGENT REASON``."""
        return " ".join(
            [self.letters, self.name, *(each.shown for each in self.arguments if not each.only_option)]
        )


def is_no_time(text: str) -> bool:
    """Return whether somebody typed that there is to be no time any more."""
    return text.strip().casefold() in CLEAR


BOOKING = Argument("booking", Kind.ROWS)
ISSUE = Argument("issue", Kind.ROWS)


def agent(option: str, *, required: bool = True, only_option: bool = False) -> Argument:
    return Argument("agent", Kind.AGENT, option, required, only_option=only_option)


def text(name: str, option: str, *, required: bool = True) -> Argument:
    return Argument(name, Kind.TEXT, option, required)
