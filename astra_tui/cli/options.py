"""Options that commands share (--db, --as, --json, --plain, --format, --request-id), and their Call."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

import rich_click as click
from click import get_current_context

from astra_tui.cli import value_types
from astra_tui.cli.database import UNEXPECTED, database_path, opened_or_made
from astra_tui.cli.output import printing
from astra_tui.cli.output.printing import IDS, Listing, Row
from astra_tui.cli.root import Surroundings
from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.inputs.filters.filter_language import Node, Pair, Words, joined, parse, parts_of
from dispatch.inputs.filters.filter_reader import Fills, Keys, Reading, asked
from dispatch.outputs.tables import FORMS
from models.errors import InvalidInput
from models.opening import is_there

P = ParamSpec("P")
R = TypeVar("R")
Decorator = Callable[[Callable[..., None]], Callable[..., None]]


@dataclass(frozen=True)
class Call:
    """The context of one command: database, actor, request id, and the form of output.

    ``form`` is what --format asks for, if that is no table.
    """

    surroundings: Surroundings
    as_json: bool
    database: str | None = None
    actor: str | None = None
    request_id: str | None = None
    form: str | None = None

    @property
    def is_for_people(self) -> bool:
        """Return whether the output is for people rather than programs."""
        return not (self.as_json or self.form)

    def desk(
        self, *, create: bool = False, says_made: bool = True, identifies: bool = True
    ) -> AbstractContextManager[Desk]:
        """Open the desk; ``create`` makes a missing one, and says so. Raises DatabaseUnavailable.

        On a desk with users it is known who runs the command, unless that ``identifies`` nobody.
        """
        if self.surroundings.desk is not None:
            return nullcontext(self.surroundings.desk)
        return opened_or_made(
            self.database, self.actor, create=create, says_made=says_made, identifies=identifies
        )

    def change(self, function: Callable[Concatenate[Desk, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a command of the desk, with the request id if there is one."""
        return self._change(False, function, *args, **kwargs)

    def change_or_create(
        self, function: Callable[Concatenate[Desk, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run a command that may be the first of a new desk."""
        return self._change(True, function, *args, **kwargs)

    def _change(
        self, create: bool, function: Callable[Concatenate[Desk, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        if self.form is not None:
            raise click.UsageError("--format is for a listing: this command changes something")
        request_id = self.checked_request_id()
        with self.desk(create=create) as desk, desk.request(request_id or desk.request_id):
            return function(desk, *args, **kwargs)

    def checked_request_id(self) -> str | None:
        """Return the request id. Raises InvalidInput if it is no id."""
        if self.request_id is None:
            return None
        text = validation.optional_text(self.request_id, "request_id")
        if text is None:
            raise InvalidInput("request_id", "the request id is empty", "leave the option out, or give an id")
        return text

    def read(self, function: Callable[Concatenate[Desk, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query of the desk."""
        with self.desk() as desk:
            return function(desk, *args, **kwargs)

    def show(self, result: R, print_result: Callable[[R], None]) -> None:
        """Print one object as JSON, or for people with ``print_result``."""
        if self.form is not None:
            raise click.UsageError("--format is for a listing: this shows one thing")
        with self._explained():
            if self.as_json:
                printing.put_json(result)
            else:
                print_result(result)

    def show_rows(self, rows: Iterable[Row], listing: Listing[Row], nothing: str = "nothing found") -> None:
        """Print a listing: a JSON array, a table, or in the form of --format, one row at a time."""
        with self._explained():
            if self.form is not None:
                printing.put_rows(self.form, listing, rows)
            elif self.as_json:
                printing.put_json(list(rows))
            else:
                printing.table(listing.columns, list(rows), nothing)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Report a damaged desk where its values cannot be printed."""
        try:
            yield
        except UNEXPECTED:
            if not is_there(database_path(self.database)):
                raise
            with self.desk():
                raise


_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, errors too.")
_plain = click.option("--plain", "plainly", is_flag=True, help="Print for a screen reader, uncut.")
TABLE = "table"
formatted = click.option(
    "--format",
    "form",
    type=click.Choice([TABLE, *FORMS, IDS]),
    help="How rows are printed (docs/outputs.md); default table.",
)
_database = click.option(
    "--db", "database", metavar="DESK", help="The desk: a file, or postgresql://USER@HOST/NAME."
)
_actor = click.option(
    "--as",
    "actor",
    metavar="ACTOR",
    help="Who acts on an open desk; default: ASTRA_ACTOR, or the process's account.",
)
_request_id = click.option("--request-id", metavar="ID", help="Safe to repeat: a used ID returns its result.")


def lead_options(*, required: bool) -> tuple[Decorator, ...]:
    needed = functools.partial(click.option, required=required)
    return (
        needed("--method", type=value_types.METHOD, help="How the customer got in touch."),
        needed("--source", type=value_types.SOURCE, help="Where the lead came from."),
        needed("--destination", type=value_types.DESTINATION, help="Where the customer wants to go."),
        needed("--launch", type=value_types.LAUNCH, help="The launch location."),
        click.option("--requests", metavar="TEXT", help="Other requests of the customer."),
    )


FACT_OPTIONS: tuple[Decorator, ...] = (
    click.option("--departs", metavar="DAY", help="Departure, such as 2083-03-12 or 'in 3 weeks'."),
    click.option("--returns", metavar="DAY", help="Return, not before the departure."),
    click.option("--travellers", metavar="N", help="How many travel."),
    click.option("--budget", metavar="AMOUNT", help="What the trip may cost, such as 25k."),
    click.option("--language", type=value_types.LANGUAGE, help="The customer's language: German or de."),
)
"""The facts of a trip, all optional."""


def filtering(keys: Keys) -> Decorator:
    """--filter: the same text as in the list's filter on screen."""
    help_text = f"Words, key:value, and, or, not (docs/filters.md); the keys: {', '.join(keys)}."
    return click.option(
        "--filter", "filter_text", default="", type=value_types.FilterText(keys), help=help_text
    )


def filter_reading(desk: Desk, filter_text: str) -> Reading:
    """Return what a filter's values are read by: the time, the accepted values and the user's own agent."""
    from astra_tui.user import preferences

    mine = preferences.load()[0].agent if filter_text else None
    return Reading(desk.now(), desk.values.of, mine, known=desk.values.known, settings=desk.settings)


def asked_for(
    desk: Desk, keys: Keys, filter_text: str, words: str, options: Iterable[tuple[str, object]]
) -> tuple[Fills, set[str]]:
    """Combine --filter with words to look for and options, given as pairs of a key and a value."""
    wanted: list[Node] = [Words(validation.required_text(words, "text"))] if words else []
    wanted += [Pair(key, ":", str(value)) for key, value in options if value is not None]
    wanted += parts_of(parse(filter_text))
    return asked(joined("and", wanted) if wanted else None, keys, filter_reading(desk, filter_text))


dry_run = click.option("--dry-run", is_flag=True, help="Only show what would happen.")
limited = click.option(
    "--limit", type=click.IntRange(0, value_types.LARGEST_ID), metavar="N", help="At most N rows."
)
booking_number = click.argument("booking_id", type=value_types.BOOKING)
issue_number = click.argument("issue_id", type=value_types.ISSUE)
agent_number = click.argument("agent_id", type=value_types.AGENT)


def several(name: str, number: value_types.Number) -> Decorator:
    """An argument of any number of rows' numbers, separated by blanks or commas."""

    def flat(_: click.Context, __: click.Parameter, given: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
        return tuple(one for some in given for one in some)

    return click.argument(name, type=value_types.Numbers(number), nargs=-1, callback=flat)


def bare(function: Callable[Concatenate[Call, P], None]) -> Callable[..., None]:
    """Decorate a command that needs no desk: --json and --plain only."""
    return _with_call(function, _json, _plain)


def naming_desks(function: Callable[Concatenate[Call, P], None]) -> Callable[..., None]:
    """Decorate a command whose arguments name its desks: no --db."""
    return _with_call(function, _actor, _json, _plain)


def reading(function: Callable[Concatenate[Call, P], None]) -> Callable[..., None]:
    """Decorate a command that only reads."""
    return _with_call(function, _database, _actor, _json, _plain)


def changing(function: Callable[Concatenate[Call, P], None]) -> Callable[..., None]:
    """Decorate a command that changes the desk."""
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
        form: str | None = None,
        **given: Any,
    ) -> None:
        asked_for = {"--json": as_json, "--plain": plainly, "--format": form is not None}
        forms = [option for option, is_given in asked_for.items() if is_given]
        if len(forms) > 1:
            raise click.UsageError(f"{' and '.join(forms)} exclude each other")
        surroundings: Surroundings = get_current_context().obj
        database = surroundings.database if database is None else database
        actor = surroundings.actor if actor is None else actor
        with printing.plainly(plainly):
            wanted = None if form == TABLE else form
            call = Call(surroundings, as_json or surroundings.as_json, database, actor, request_id, wanted)
            function(call, **given)

    return with_parameters(run, options)


def with_parameters(function: Callable[..., None], parameters: Sequence[Decorator]) -> Callable[..., None]:
    """Add arguments and options to a function; help lists them in this order."""
    for parameter in reversed(parameters):
        function = parameter(function)
    return function


def verbs(
    group: click.Group,
    number: Decorator,
    print_row: Callable[[Any], None],
    complete: Callable[[Desk, Any], Any] = lambda _, row: row,
) -> Callable[..., None]:
    """Return a function that adds a verb to a group: it changes the object with the number, and prints it.

    The desk's command and the help come first, then the verb's arguments and options: named as the command's
    parameters. The verb itself is named as the command's function, unless it is given a name. ``complete``
    adds to the result what only shows.
    """

    def add(command: Callable[..., Any], help_text: str, *parameters: Decorator, name: str = "") -> None:
        @changing
        def run(call: Call, /, **given: Any) -> None:
            call.show(call.change(lambda desk: complete(desk, command(desk, **given))), print_row)

        group.command(name or command.__name__, help=help_text)(with_parameters(run, (number, *parameters)))

    return add
