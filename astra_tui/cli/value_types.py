"""What the shell offers for a word that is half typed: live ids and names of the desk.

It only looks. Whatever goes wrong, there is nothing to offer: a prompt is no place for errors.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr
from typing import Any

import rich_click as click
from click.shell_completion import CompletionItem

from astra_tui.cli.output.printing import printable
from dispatch.inputs.filter_keys import Keys, offers

MOST = 50
Found = Iterable[tuple[object, str]]
"""Words to offer, each with what it stands for."""


def offered(context: click.Context, search: Callable[[], Found]) -> list[CompletionItem]:
    """What a search in the desk that the command line names finds; it may not even be there."""
    try:
        with redirect_stderr(io.StringIO()):  # warnings about the configuration
            return _items(_looked_up(context, search))
    except Exception:  # noqa: BLE001  # see above; the command itself will tell
        return []


def _looked_up(context: click.Context, search: Callable[[], Found]) -> Found:
    from astra_tui.cli.database import database_path
    from models.database import open_read_only

    database = open_read_only(database_path(_named_database(context)))
    try:
        with database.active():
            return list(search())
    finally:
        database.close()


def _named_database(context: click.Context | None) -> str | None:
    """--db, wherever it stands before the word."""
    while context is not None:
        if context.params.get("database") is not None:
            return str(context.params["database"])
        context = context.parent
    return None


def _items(found: Found) -> list[CompletionItem]:
    return [CompletionItem(printable(word), help=printable(told)) for word, told in list(found)[:MOST]]


class Word(click.ParamType[str]):
    """A text of which the desk knows some: a destination, a status, a setting's key ..."""

    name = "text"

    def __init__(self, known: Callable[[], Found] | Iterable[str], *, on_desk: bool = False) -> None:
        self._known = known
        self._on_desk = on_desk

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        def search() -> Found:
            known = self._known() if callable(self._known) else ((word, "") for word in self._known)
            return [one for one in known if str(one[0]).casefold().startswith(incomplete.casefold())]

        return offered(ctx, search) if self._on_desk else _items(search())


class FilterText(Word):
    """A filter of a list, of which the last word is completed: a key, or one of its values."""

    def __init__(self, keys: Keys) -> None:
        super().__init__(())
        self._keys = keys

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        def search() -> Found:
            from dispatch.desk.accepted_values import listing

            before, blank, word = incomplete.rpartition(" ")
            offered_now = offers(word, self._keys, lambda kind: [row["name"] for row in listing(kind)])
            return [(before + blank + one, meaning) for one, meaning in offered_now]

        return offered(ctx, search)


def _values(kind: str) -> Word:
    """One kind of accepted value."""

    def listed() -> Found:
        from dispatch.desk.accepted_values import listing

        return [(row["name"], row.get("destination", "")) for row in listing(kind)]

    return Word(listed, on_desk=True)


def _policies() -> Found:
    from dispatch.assignment.policies import POLICIES

    return [(name, policy.help) for name, policy in POLICIES.items()]


def _settings() -> Found:
    from dispatch.operations.setting_definitions import DEFINITIONS

    return [(definition.key, definition.help) for definition in DEFINITIONS.values()]


def _statuses() -> Found:
    from models.bookings import STATUSES

    return [(status, "") for status in STATUSES]


def _outcomes() -> Found:
    from dispatch.bookings.lifecycle import OUTCOMES

    return [(outcome, "") for outcome in OUTCOMES]


DESTINATION, LAUNCH, METHOD, SOURCE = map(_values, ("destination", "launch", "method", "source"))
DEPARTMENT, JOB_TITLE, PACKAGE = map(_values, ("department", "job_title", "package"))
POLICY, SETTING, STATUS, OUTCOME = map(Word, (_policies, _settings, _statuses, _outcomes))
