"""What a line means on this desk: rows and agents by name, the consequence in words, and what fits next."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any, NamedTuple

from dispatch import queries
from dispatch.batches import record
from dispatch.bookings import dispositions
from dispatch.command_line.grammar import BY_LETTERS, NOUNS, VERBS, Asked, Jump, Line, parse, unknown
from dispatch.command_line.verbs import OUTCOME, Argument, Asker, Given, Kind, Verb, is_no_time
from dispatch.desk.accepted_values import listing
from dispatch.desk.desk import Desk
from dispatch.inputs.validation import excerpt
from dispatch.operations import shell_completions
from dispatch.queries.row_types import AgentRow
from dispatch.queries.wording import coming_moment, plural
from dispatch.service.issues import queries as issue_queries
from models.agents import AVAILABLE, PRESENCES
from models.bookings import PENDING
from models.calendars import terminal
from models.errors import DatabaseUnavailable, DeskError, InvalidInput, NotFound

MOST_NUMBERS, LONGEST_NUMBER = 1_000, 18  # rows of one line, and digits that always fit into 64 bits
MOST_OFFERED, MOST_NAMED = 20, 6
LONGEST_TITLE = 40
LONGEST = 2_000
"""Characters of a line."""


HELP = ("help", "?")
"""Words that the screen answers by itself: the list of verbs."""

FILES = ("files", "file")
"""Words that open the form for a file of leads."""


class Offer(NamedTuple):
    """A word that may come next, and its meaning."""

    word: str
    meaning: str


class Seen(NamedTuple):
    """What a line under way means: its consequence or what is wrong, and the words that fit at ``start``."""

    says: str = ""
    problem: DeskError | None = None
    usage: str = ""
    offers: tuple[Offer, ...] = ()
    start: int = 0
    is_final: bool = False
    is_whole: bool = False
    """Whether it can be done as it is: a command for one row at most."""


class Outcome(NamedTuple):
    """The result of a line: words, or a row to go to."""

    text: str = ""
    jump: tuple[str, int] | None = None


def look(desk: Desk, text: str, asker: Asker) -> Seen:
    """Read a line without doing anything; wrong ones have a ``problem``. Reads the desk."""
    try:
        line = parse(_checked(text))
    except InvalidInput as error:
        return Seen(problem=error)
    if text.strip() in HELP:
        return Seen(says="List all verbs")
    if text.strip() in FILES:
        return Seen(says="Take in a file of leads: its columns and first rows are shown first")
    offers, start = _offers(line.asked), line.asked.start
    try:
        if line.problem is not None:
            raise line.problem
        return _seen(desk, line, asker)._replace(offers=offers, start=start)
    except DeskError as error:
        usage = line.verb.usage if line.verb else ""
        return Seen(problem=error, usage=usage, offers=offers, start=start)


def run(desk: Desk, text: str, asker: Asker) -> Outcome:
    """Do what a line says. Raises DeskError, and InvalidInput for a line that is no whole command."""
    with desk.reading():
        line = _whole(text)
        if line.jump is not None:
            kind, number = _target(line.jump)
            _row(desk, kind, number)
            return Outcome(jump=(kind, number))
        assert line.verb is not None
        return Outcome(_run(desk, line.verb, _given(line, line.verb), asker))


def refusal(desk: Desk, text: str, asker: Asker) -> DeskError | None:
    """Rehearse a command, and return why it would be refused; None too where nobody can say now."""
    try:
        desk.rehearse(lambda: run(desk, text, asker))
    except DatabaseUnavailable:
        return None
    except DeskError as error:
        return error
    return None


def _whole(text: str) -> Line:
    """Parse a line that is to be done: a jump, or a verb with all of its arguments. Raises InvalidInput."""
    line = parse(_checked(text))
    if line.problem is not None:
        raise line.problem
    if line.jump is None and line.verb is None:
        raise InvalidInput("line", "type a command")
    if line.verb is not None and line.missing:
        raise InvalidInput("line", f"missing: {_names(line.missing)}", line.verb.usage)
    return line


def _checked(text: str) -> str:
    if len(text) > LONGEST:
        raise InvalidInput("line", f"the line has {len(text):,} characters", f"at most {LONGEST:,} are read")
    if not text.isprintable():
        raise InvalidInput("line", "invisible characters in the line", "remove them")
    return text


def _run(desk: Desk, verb: Verb, given: Given, asker: Asker) -> str:
    numbers = given.get("numbers", ())
    if len(numbers) <= 1 or verb.preview is not None:
        return verb.run(desk, _filled(desk, verb, given, asker))

    def one(number: int) -> Callable[[], str]:
        return lambda: verb.run(desk, _filled(desk, verb, given | {"numbers": (number,)}, asker))

    record.together(desk, [one(number) for number in numbers])
    return f"{verb.word.capitalize()}: {plural(len(numbers), verb.noun)}"


def _seen(desk: Desk, line: Line, asker: Asker) -> Seen:
    if line.jump is not None:
        kind, number = _target(line.jump)
        return Seen(says=f"Go to {_row(desk, kind, number)}")
    if line.verb is None:
        return Seen()
    verb, shown = line.verb, line.verb.usage
    if line.missing:
        if line.given.get("booking") or line.given.get("issue"):
            _rows(desk, verb, _numbers(line.given[verb.noun], verb))
        return Seen(usage=f"{shown} · missing: {_names(line.missing)}")
    given = _given(line, verb)
    if len(given.get("numbers", ())) <= 1:
        given = _filled(desk, verb, given, asker)
    says = _says(desk, verb, given) + _refusals(desk, verb, given)
    is_whole = len(given.get("numbers", ())) <= 1
    return Seen(says=says, usage=shown, is_final=verb.is_final, is_whole=is_whole)


def _refusals(desk: Desk, verb: Verb, given: Given) -> str:
    """Name what would be refused of several bookings."""
    if verb.preview is None or len(given["numbers"]) == 1:
        return ""
    refused = [line["error"] for line in verb.preview(desk, given)["results"] if line["error"]]
    return f" · {len(refused)} refused: {refused[0]['message']}" if refused else ""


def _names(arguments: list[Argument]) -> str:
    return ", ".join(each.name.replace("_", " ") for each in arguments)


def _given(line: Line, verb: Verb) -> Given:
    """Return a line's arguments as its verb takes them."""
    given: Given = {}
    for argument in verb.arguments:
        if argument.name in line.given:
            _understand(argument, line.given[argument.name], given, verb)
    return given


def _filled(desk: Desk, verb: Verb, given: Given, asker: Asker) -> Given:
    """Return the arguments with those that follow from them. Raises DeskError."""
    if verb.fill is not None:
        verb.fill(desk, given, asker)
    return given


def _understand(argument: Argument, typed: str, given: Given, verb: Verb) -> None:
    if argument.kind is Kind.ROWS:
        given["numbers"] = _numbers(typed, verb)
    elif argument.kind is Kind.AGENT:
        given[argument.name] = agent_meant(typed)
    elif argument.kind is Kind.CHOICE:
        given[argument.name] = _choice(argument, typed)
    else:
        given[argument.name] = True if argument.kind is Kind.FLAG else typed


def _numbers(typed: str, verb: Verb) -> tuple[int, ...]:
    """Return the numbers in ``413`` or ``413,414``, each once."""
    found: list[int] = []
    for part in filter(None, typed.split(",")):
        if not (part.isascii() and part.isdecimal() and len(part) <= LONGEST_NUMBER and int(part)):
            raise InvalidInput("number", f"{excerpt(part)} is not the number of a {verb.noun}", verb.usage)
        found.append(int(part))
    numbers = tuple(dict.fromkeys(found))
    if not 1 <= len(numbers) <= MOST_NUMBERS:
        raise InvalidInput("number", f"{len(numbers)} numbers are given", f"1 to {MOST_NUMBERS:,} at once")
    return numbers


def _choice(argument: Argument, typed: str) -> str:
    """Return the choice that a word is, or the only one that begins with it."""
    known = _choices(argument)
    wanted = typed.casefold()
    exact = [one for one in known if one.casefold() == wanted]
    fits = exact or [one for one in known if wanted and one.casefold().startswith(wanted)]
    if argument.listed == OUTCOME:  # of several the first, as in the form
        return fits[0] if fits else dispositions.offered(typed).name
    if len(fits) != 1:
        what = "is ambiguous" if fits else f"is an unknown {argument.name.replace('_', ' ')}"
        raise InvalidInput(
            argument.name, f"{excerpt(typed)} {what}", f"choose from {', '.join(fits or known)}"
        )
    return fits[0]


def _choices(argument: Argument) -> tuple[str, ...]:
    if not argument.listed:
        return argument.choices
    if argument.listed == OUTCOME:
        return tuple(row["name"] for row in dispositions.listing())
    return tuple(dict.fromkeys(row["name"] for row in listing(argument.listed)))


def agent_meant(typed: str) -> AgentRow:
    """Return the agent of a number or name; the beginning of a name is enough if only one has it.

    Raises NotFound, and InvalidInput that lists the agents whom an ambiguous name can mean.
    """
    if typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_NUMBER:
        return queries.agent(int(typed))
    wanted = " ".join(typed.replace("_", " ").casefold().split())
    agents = sorted(queries.list_agents(), key=itemgetter("agent_id"))
    found = [row for row in agents if row["name"].casefold() == wanted]
    found = found or [
        row for row in agents if wanted and f" {row['name'].casefold()}".find(f" {wanted}") >= 0
    ]
    if not found:
        raise NotFound("agent", excerpt(typed), "")
    if len(found) > 1:
        rest = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        who = ", ".join(f"{row['name']} ({row['agent_id']})" for row in found[:MOST_NAMED]) + rest
        raise InvalidInput("agent", f"{excerpt(typed)} can be {who}", "type more of the name, or a number")
    return found[0]


def presence_meant(text: str) -> str:
    """Return the line for an agent's presence, from the same words in another order; "" for others.

    The agent is one word before or after the presence: ``petra break 20m``, ``break petra 20m``.
    """
    words = text.split()
    for place, word in enumerate(words[:2]):
        if word.casefold() in PRESENCES and len(words) > 1:
            who, state, rest = words[1 - place], word.casefold(), words[2:]
            known = any(f" {who.casefold()}" in f" {row['name'].casefold()}" for row in queries.list_agents())
            return " ".join(("p", who, state, *rest)) if known or who.isdecimal() else ""
    return ""


def _target(jump: Jump) -> tuple[str, int]:
    """Return the row to go to. Raises DeskError; InvalidInput for a word that is neither verb nor name."""
    if jump.kind != "agent":
        if not (jump.word.isdecimal() and len(jump.word) <= LONGEST_NUMBER):
            raise InvalidInput(
                "number", f"{excerpt(jump.word)} is more than one number", "go to one at a time"
            )
        return jump.kind, int(jump.word)
    try:
        return "agent", agent_meant(jump.word)["agent_id"]
    except NotFound as error:
        meant = presence_meant(jump.word)
        if meant:
            raise InvalidInput("line", f"{excerpt(jump.word)} is not a command", f"type {meant}") from error
        first = (jump.word.split() or [jump.word])[0]
        raise unknown(excerpt(first), first) from error


def _says(desk: Desk, verb: Verb, given: Given) -> str:
    """Return what will happen, in words."""
    given = given | _moments(desk, verb, given)
    words: dict[str, Any] = {"agent": verb.labels.get("agent", "their agents")}
    words |= {name: value for name, value in given.items() if isinstance(value, str)}
    if "numbers" in given:
        words["rows"] = _rows(desk, verb, given["numbers"])
    if given.get("agent"):
        words["agent"] = _agent(given["agent"])
    said = verb.says.format(**words)
    extras = [name for name in given if name not in ("numbers", "agent") and f"{{{name}}}" not in verb.says]
    for name in extras:
        value = "" if given[name] is True else f" {given[name]}"
        label = verb.labels.get(name, name.replace("_", " "))
        said += f", {label}{value}" if name != "until" else f" until{value}"
    return said


def _moments(desk: Desk, verb: Verb, given: Given) -> Given:
    """Return the arguments that are times as the moments they mean: 15 is 14:23. Raises InvalidInput."""
    now, clock = desk.now(), terminal()
    return {
        name: coming_moment(read(given[name], now, clock), now)
        for name, read in verb.moments.items()
        if given.get(name) and not is_no_time(given[name])
    }


def _agent(row: AgentRow) -> str:
    return row["name"] if row["presence"] == AVAILABLE else f"{row['name']} ({row['presence']})"


def _rows(desk: Desk, verb: Verb, numbers: tuple[int, ...]) -> str:
    """Name the rows: one with what it is, several with how many. Raises NotFound for the first unknown."""
    if len(numbers) == 1:
        return _row(desk, verb.noun, numbers[0], short=True)
    if verb.noun == "booking":
        known = {row["booking_id"] for row in queries.bookings_by_id(numbers)}
        for number in numbers:
            if number not in known:
                raise NotFound("booking", number)
    listed = ", ".join(map(str, numbers[:MOST_NAMED])) + (" ..." if len(numbers) > MOST_NAMED else "")
    return f"{plural(len(numbers), verb.noun)} ({listed})"


def _row(desk: Desk, kind: str, number: int, *, short: bool = False) -> str:
    if kind == "agent":
        return queries.agent(number)["name"]
    if kind == "issue":
        issue = issue_queries.issue(desk, number)
        return f"issue {number} ({_short(issue['title'])})"
    row = queries.booking(number)
    state = "" if row["status"] == PENDING else f", {row['status']}"
    return f"{'' if short else 'booking '}{number} ({row['customer_name']}, {row['destination']}{state})"


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"


def _offers(asked: Asked) -> tuple[Offer, ...]:
    """Return the words that can take the place of the one under way."""
    argument, typed = asked.argument, asked.typed
    if argument is None:
        return _verbs(typed)
    if argument.kind is Kind.AGENT:
        return _listed(shell_completions.agents(typed))
    if argument.kind is Kind.ROWS:
        before, comma, last = typed.rpartition(",")
        find = shell_completions.issues if argument.name == "issue" else shell_completions.bookings
        found = _listed(find(last)) if last.isdecimal() or not last else ()
        return tuple(Offer(before + comma + one.word, one.meaning) for one in found)
    if argument.kind is Kind.CHOICE:
        fits = [one for one in _choices(argument) if one.casefold().startswith(typed.casefold())]
        return tuple(Offer(f'"{one}"' if " " in one else one, "") for one in fits[:MOST_OFFERED])
    return ()


def _listed(found: list[shell_completions.Candidate]) -> tuple[Offer, ...]:
    return tuple(Offer(str(number), meaning) for number, meaning in found[:MOST_OFFERED])


def _verbs(typed: str) -> tuple[Offer, ...]:
    """Return the verbs that a beginning can be: the letters first, then those by their words."""
    wanted = " ".join(typed.casefold().split())
    by_letters = [verb for verb in VERBS if typed and verb.letters.startswith(typed.strip())]
    by_words = [verb for verb in VERBS if verb.word.startswith(wanted) or verb.name.startswith(wanted)]
    found = [
        Offer(verb.letters, verb.usage.partition(" ")[2]) for verb in dict.fromkeys([*by_letters, *by_words])
    ]
    if wanted and wanted not in BY_LETTERS and wanted not in NOUNS and not found:
        return _listed(shell_completions.agents(wanted))[:MOST_NAMED]
    return tuple(found[:MOST_OFFERED])
