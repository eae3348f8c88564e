"""Types of arguments and options, and completion of a half-typed word with live ids and names of the desk.

Completion only reads, and offers nothing if anything fails: a prompt is no place for errors.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr
from typing import Any, TypeVar

import rich_click as click
from click.shell_completion import CompletionItem

from astra_tui.cli.output.printing import printable
from dispatch.inputs import languages, validation
from dispatch.inputs.filters.filter_offers import offers
from dispatch.inputs.filters.filter_reader import Keys
from models.bookings import STATUSES
from models.priorities import PRIORITIES

T = TypeVar("T")

MOST = 50
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600}
INTERVAL = re.compile(r"([0-9]{1,6})(s|m|h|)")
LARGEST_ID = 2**63 - 1
Found = Iterable[tuple[object, str]]
"""Words to offer, each with its meaning."""


class Completed(click.ParamType[T]):
    """A value that the shell can complete; help shows it as ``metavar``."""

    metavar = ""
    on_desk = True
    """Whether the candidates are read from the desk."""

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return self.metavar

    def candidates(self, incomplete: str) -> Found:
        raise NotImplementedError

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        try:
            with redirect_stderr(io.StringIO()):  # warnings about the configuration
                found = _read(ctx, self, incomplete) if self.on_desk else list(self.candidates(incomplete))
        except Exception:  # noqa: BLE001  # see above; the command itself will report it
            return []
        return [CompletionItem(printable(word), help=printable(meaning)) for word, meaning in found[:MOST]]


def _read(context: click.Context, kind: Completed[Any], incomplete: str) -> list[tuple[object, str]]:
    """Look up candidates in the desk that the command line names."""
    from astra_tui.cli.database import database_path, opened
    from models.opening import open_read_only
    from models.people import people

    path = database_path(_named_database(context))
    database = open_read_only(path)
    try:
        with database.active():
            if not people():
                return list(kind.candidates(incomplete))
        with opened(path, None):
            return list(kind.candidates(incomplete))
    finally:
        database.close()


def _named_database(context: click.Context | None) -> str | None:
    """Return the value of --db, wherever it is before the word."""
    while context is not None:
        if context.params.get("database") is not None:
            return str(context.params["database"])
        context = context.parent
    return None


class Number(Completed[int]):
    """The number of a row, as typed on the command line."""

    name = "number"

    def __init__(self, metavar: str, what: str, search: str) -> None:
        self.metavar = metavar
        self._what = what
        self._search = search

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if not (text.isascii() and text.isdecimal() and 0 < int(text[:20]) <= LARGEST_ID):
            problem = f"{validation.excerpt(text)} is not the number of {self._what}: a whole number from 1"
            self.fail(problem, param, ctx)
        return int(text)

    def candidates(self, incomplete: str) -> Found:
        from dispatch.operations import shell_completions

        found: Found = getattr(shell_completions, self._search)(incomplete)
        return found


class Numbers(Completed[tuple[int, ...]]):
    """The numbers of several rows, with commas between them."""

    name = "numbers"

    def __init__(self, one: Number) -> None:
        self.metavar = one.metavar
        self._one = one

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        return tuple(self._one.convert(part.strip(), param, ctx) for part in str(value).split(","))

    def candidates(self, incomplete: str) -> Found:
        before, comma, last = incomplete.rpartition(",")
        return [(f"{before}{comma}{number}", told) for number, told in self._one.candidates(last)]


class Word(Completed[str]):
    """A text with suggestions, such as a status or the key of a setting."""

    name = "text"
    on_desk = False

    def __init__(self, known: Callable[[], Found] | Iterable[str], metavar: str = "NAME") -> None:
        self._known = known
        self.metavar = metavar

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return str(value)

    def candidates(self, incomplete: str) -> Found:
        known = self._known() if callable(self._known) else ((word, "") for word in self._known)
        return [one for one in known if str(one[0]).casefold().startswith(incomplete.casefold())]


class AcceptedValue(Word):
    """One of the desk's accepted values of a kind."""

    on_desk = True

    def __init__(self, kind: str, metavar: str = "NAME") -> None:
        def listed() -> Found:
            from dispatch.desk.accepted_values import listing

            return [(row["name"], row.get("destination", "")) for row in listing(kind)]

        super().__init__(listed, metavar)


class Interval(Completed[int]):
    """A span in seconds, minutes or hours, as typed: ``60s``, ``5m``, ``1h``; a bare number is seconds."""

    name = "interval"
    metavar = "SPAN"
    on_desk = False

    def __init__(self, least_s: int, most_s: int) -> None:
        self._least_s, self._most_s = least_s, most_s

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = INTERVAL.fullmatch(str(value).strip().lower())
        seconds = int(found[1]) * SECONDS[found[2]] if found else -1
        if not self._least_s <= seconds <= self._most_s:
            accepted = (
                f"a span from {self._least_s}s to {self._most_s // SECONDS['h']}h, such as 60s, 5m or 1h"
            )
            self.fail(f"{validation.excerpt(str(value))} is not {accepted}", param, ctx)
        return seconds

    def candidates(self, incomplete: str) -> Found:
        return [(span, "") for span in ("30s", "60s", "5m", "1h") if span.startswith(incomplete)]


class FilterText(Word):
    """A filter of a list; completes its last word: a key, or one of its values."""

    on_desk = True

    def __init__(self, keys: Keys) -> None:
        super().__init__((), "FILTER")
        self._keys = keys

    def candidates(self, incomplete: str) -> Found:
        from dispatch.queries.filter_answers import accepted

        before, blank, word = incomplete.rpartition(" ")
        found = offers(word, self._keys, accepted)
        return [(before + blank + one, meaning) for one, meaning in found]


def _policies() -> Found:
    from dispatch.assignment.policies import POLICIES

    return [(name, policy.help) for name, policy in POLICIES.items()]


def _on_open() -> Found:
    from dispatch.assignment.customer_owner import ON_OPEN

    return [(word, "") for word in ON_OPEN]


class Outcome(Word):
    """The outcome of an attempt to reach a customer."""

    on_desk = True

    def __init__(self) -> None:
        def offered() -> Found:
            from dispatch.bookings import dispositions

            return [(row["name"], row["words"]) for row in dispositions.listing()]

        super().__init__(offered, "OUTCOME")


def _settings() -> Found:
    from dispatch.operations.setting_definitions import DEFINITIONS

    return [(definition.key, definition.help) for definition in DEFINITIONS.values()]


BOOKING = Number("BOOKING", "a booking", "bookings")
AGENT = Number("AGENT", "an agent", "agents")
EVENT = Number("EVENT", "an event", "events")
CUSTOMER = Number("CUSTOMER", "a customer", "customers_like")
ISSUE = Number("ISSUE", "an issue", "issues")
CAP = Number("CAP", "a cap", "caps")
ABSENCE = Number("ABSENCE", "an absence", "absences")
DESTINATION, LAUNCH, METHOD, SOURCE = map(AcceptedValue, ("destination", "launch", "method", "source"))
OUTCOME = Outcome()
DEPARTMENT, PACKAGE = AcceptedValue("department"), AcceptedValue("package")
JOB_TITLE = AcceptedValue("job_title", "TITLE")
POLICY, SETTING, STATUS = Word(_policies), Word(_settings, "KEY"), Word(STATUSES, "STATUS")
PRIORITY = Word(PRIORITIES)
LANGUAGE = Word(languages.NAMES, "NAME")
ON_OPEN = Word(_on_open, "assign|owner|refuse")
