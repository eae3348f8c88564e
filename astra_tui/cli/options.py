"""What every command has in common: --db, --as, --json, --plain, --request-id, and the Call they make."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

import rich_click as click
from click import get_current_context
from click.shell_completion import CompletionItem

from astra_tui.cli.database import database_path, database_to_create, opened
from astra_tui.cli.output import printing
from astra_tui.cli.output.printing import Column
from astra_tui.cli.root import Surroundings
from astra_tui.cli.value_types import Found, offered
from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from models.errors import InvalidInput

P = ParamSpec("P")
R = TypeVar("R")
Decorator = Callable[[Callable[..., None]], Callable[..., None]]

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Call:
    """How a command was called: on which database, by whom, and for whom it prints."""

    surroundings: Surroundings
    as_json: bool
    database: str | None = None
    actor: str | None = None
    request_id: str | None = None

    @contextmanager
    def desk(self, *, create: bool = False) -> Iterator[Desk]:
        """The desk to work on. Raises DatabaseUnavailable; ``create`` makes a missing one."""
        path = database_to_create(self.database) if create else database_path(self.database)
        with opened(path, self.actor, create=create) as desk:
            yield desk

    def change(self, function: Callable[Concatenate[Desk, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one of the desk's commands, with the request id if there is one."""
        return self._change(False, function, *args, **kwargs)

    def change_or_create(
        self, function: Callable[Concatenate[Desk, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The same for a command that may be a new desk's first."""
        return self._change(True, function, *args, **kwargs)

    def _change(
        self, create: bool, function: Callable[Concatenate[Desk, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        request_id = self._checked_request_id()
        with self.desk(create=create) as desk, desk.request(request_id):
            return function(desk, *args, **kwargs)

    def _checked_request_id(self) -> str | None:
        if self.request_id is None:
            return None
        text = validation.optional_text(self.request_id, "request_id")
        if text is None:
            raise InvalidInput("request_id", "the request id is empty", "leave the option out, or give an id")
        return text

    def tell(self, result: object, show: Callable[[Any], None]) -> None:
        """Print one object, or what ``show`` makes of it for people."""
        if self.as_json:
            printing.put_json(result)
        else:
            show(result)

    def tell_all(
        self, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], nothing: str = "nothing found"
    ) -> None:
        """Print a listing: a JSON array, or a table."""
        if self.as_json:
            printing.put_json(list(rows))
        else:
            printing.table(columns, rows, nothing)


class Number(click.ParamType[int]):
    """A row's number on the command line."""

    name = "number"

    def __init__(self, what: str, candidates: str) -> None:
        self.what = what
        self._candidates = candidates

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if not (text.isascii() and text.isdecimal() and 0 < int(text[:20]) <= LARGEST_ID):
            told = f"{validation.excerpt(text)} is not the number of {self.what}: a whole number from 1"
            self.fail(told, param, ctx)
        return int(text)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        def search() -> Found:
            from dispatch.operations import shell_completions

            found: Found = getattr(shell_completions, self._candidates)(incomplete)
            return found

        return offered(ctx, search)


BOOKING = Number("a booking", "bookings")
AGENT = Number("an agent", "agents")
EVENT = Number("an event", "events")
CUSTOMER = Number("a customer", "customers_like")
ISSUE = Number("an issue", "issues")


_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, errors too.")
_plain = click.option(
    "--plain", "plainly", is_flag=True, help="Print for a screen reader: a value a line, nothing cut."
)
_database = click.option(
    "--db", "database", metavar="PATH", help="The desk's database: a file, or sqlite:///file."
)
_actor = click.option(
    "--as", "actor", metavar="ACTOR", help="Who is at work (else ASTRA_ACTOR, else the login)."
)
_request_id = click.option(
    "--request-id", metavar="ID", help="Safe to repeat: the same ID again returns the first result."
)
dry_run = click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
limited = click.option("--limit", type=click.IntRange(0, LARGEST_ID), metavar="N", help="At most N rows.")
booking_number = click.argument("booking_id", metavar="BOOKING", type=BOOKING)
issue_number = click.argument("issue_id", metavar="ISSUE", type=ISSUE)
agent_number = click.argument("agent_id", metavar="AGENT", type=AGENT)


def bare(function: Callable[Concatenate[Call, P], None]) -> Callable[..., None]:
    """A command that touches no desk: --json and --plain only."""
    return _with_call(function, _json, _plain)


def reading(function: Callable[Concatenate[Call, P], None]) -> Callable[..., None]:
    """A command that only looks."""
    return _with_call(function, _database, _actor, _json, _plain)


def changing(function: Callable[Concatenate[Call, P], None]) -> Callable[..., None]:
    """A command that changes the desk."""
    return _with_call(function, _request_id, _database, _actor, _json, _plain)


def _with_call(function: Callable[..., None], *options: Decorator) -> Callable[..., None]:
    @functools.wraps(function)
    def run(
        *,
        as_json: bool,
        plainly: bool,
        database: str | None = None,
        actor: str | None = None,
        request_id: str | None = None,
        **given: Any,
    ) -> None:
        if as_json and plainly:
            raise click.UsageError("--json and --plain exclude each other")
        surroundings: Surroundings = get_current_context().obj
        database = surroundings.database if database is None else database
        actor = surroundings.actor if actor is None else actor
        with printing.plainly(plainly):
            function(Call(surroundings, as_json, database, actor, request_id), **given)

    decorated: Callable[..., None] = run
    for option in reversed(options):
        decorated = option(decorated)
    return decorated
