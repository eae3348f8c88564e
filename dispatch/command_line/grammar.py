"""The grammar of a line: ``c 413 6``, ``c413``, ``booking claim 413 --agent 6``, ``issue 6``, ``nova``.

Parsing reads no desk: names of agents and numbers are only words here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from dispatch.command_line.booking_verbs import BOOKING_VERBS
from dispatch.command_line.cap_verbs import CAP_VERBS
from dispatch.command_line.issue_verbs import ISSUE_VERBS
from dispatch.command_line.verbs import Argument, Kind, Verb
from dispatch.command_line.words import OPTION, Word, rest_of, words_of
from dispatch.inputs.validation import excerpt
from models.errors import InvalidInput

OF_ROWS = (*BOOKING_VERBS, *ISSUE_VERBS)
VERBS = (*OF_ROWS, *CAP_VERBS)
BY_LETTERS = {verb.letters: verb for verb in VERBS}
NOUNS = {
    noun: {verb.word: verb for verb in VERBS if verb.noun == noun}
    for noun in ("booking", "issue", "agent", "cap")
}
SHORT = {verb.word: verb for verb in reversed(OF_ROWS)}
"""Verbs without their noun; those that bookings and issues have are those of bookings."""

COMPACT = re.compile(r"([A-Za-z]{0,2}!?)(\d[\d,]*)")
HINT = "c 413 claims booking 413, 413 shows it; help lists the verbs"


class Jump(NamedTuple):
    """A row to go to; of an agent the name or number as typed."""

    kind: str
    word: str


class Asked(NamedTuple):
    """The word under way: what it may stand for, and where it begins. No argument: a verb."""

    argument: Argument | None
    typed: str
    start: int


VERB_ASKED = Asked(None, "", 0)
NOTHING_ASKED = Asked(Argument("", Kind.WORD), "", 0)


@dataclass
class Line:
    """A parsed line; ``given`` are its arguments as typed, ``missing`` those still to come."""

    text: str
    verb: Verb | None = None
    jump: Jump | None = None
    given: dict[str, str] = field(default_factory=dict)
    missing: list[Argument] = field(default_factory=list)
    asked: Asked = VERB_ASKED
    problem: InvalidInput | None = None
    """What is wrong: an unknown verb or option, an open quote, a word too many."""

    numbers_at: tuple[int, int] | None = None
    """Where the row is in the text: numbers, or an agent."""

    def about(self, number: int) -> str:
        """Return the same line for another row."""
        start, end = self.numbers_at or (0, 0)
        return f"{self.text[:start]}{number}{self.text[end:]}"

    @property
    def without_texts(self) -> str:
        """Return the line up to what a person wrote, which no file but the desk should keep."""
        texts = [name for name in self.given if self.verb and _kind_of(self.verb, name) is Kind.TEXT]
        return self.text[: min((self._starts[name] for name in texts), default=len(self.text))]

    _starts: dict[str, int] = field(default_factory=dict)


def _kind_of(verb: Verb, name: str) -> Kind:
    return next(each.kind for each in verb.arguments if each.name == name)


def parse(text: str) -> Line:
    """Parse a line; never fails, see ``Line.problem``."""
    line = Line(text)
    words = words_of(text)
    if words:
        first = Asked(None, words[0].text, words[0].start)
        line.asked = NOTHING_ASKED if len(words) > 1 or _ends_blank(text) else first
    try:
        if words:
            _read(line, words)
    except InvalidInput as error:
        line.problem = error
    return line


def _read(line: Line, words: list[Word]) -> None:
    head = words[0].closed()
    first = _verb_of(line, words, head)
    if line.verb is not None:
        _read_arguments(line, words, first)
    elif line.jump is None:
        line.jump = Jump("agent", rest_of(line.text, words, 0))


def _ends_blank(text: str) -> bool:
    return text[-1:].isspace()


def _verb_of(line: Line, words: list[Word], head: str) -> int:
    """Find the line's verb or jump; return where its arguments begin, with a number that the verb carries."""
    compact = COMPACT.fullmatch(head)
    if compact and not compact[1] and len(words) == 1:
        line.jump = Jump("booking", head)
    elif compact and compact[1] == "i" and len(words) == 1:
        line.jump = Jump("issue", compact[2])
    elif compact and compact[1] in BY_LETTERS:
        line.verb = BY_LETTERS[compact[1]]
        start = words[0].start
        words[0:1] = [
            Word(compact[1], start, start + compact.end(1)),
            Word(compact[2], start + compact.start(2), words[0].end),
        ]
    elif head in BY_LETTERS:
        line.verb = BY_LETTERS[head]
    elif head in NOUNS:
        return _verb_of_noun(line, words, head)
    else:
        line.verb = SHORT.get(head)
    return 1


def _verb_of_noun(line: Line, words: list[Word], noun: str) -> int:
    if len(words) == 1 or (len(words) == 2 and _is_partial(line, words, noun)):
        typed = words[1] if len(words) == 2 else None
        line.asked = Asked(
            None, line.text.lstrip() if typed is None else f"{noun} {typed.text}", words[0].start
        )
        raise InvalidInput("line", f"{noun}: which one?", f"a number, or one of: {', '.join(NOUNS[noun])}")
    word = words[1].closed()
    is_row = noun == "agent" or (word.isdecimal() and noun != "cap")
    if len(words) == 2 and is_row and word not in NOUNS[noun]:
        line.jump = Jump(noun, word)
    elif word in NOUNS[noun]:
        line.verb = NOUNS[noun][word]
    else:
        raise unknown(f"{noun} {excerpt(word)}", word, NOUNS[noun])
    return 2


def _is_partial(line: Line, words: list[Word], noun: str) -> bool:
    """Return whether the second word may still become a verb."""
    word = words[1].text
    return (
        not _ends_blank(line.text)
        and word not in NOUNS[noun]
        and any(known.startswith(word) for known in NOUNS[noun])
        and noun != "agent"
    )


def unknown(what: str, word: str, known: Iterable[str] = ()) -> InvalidInput:
    """Return the refusal of an unknown verb; it names the nearest."""
    from difflib import get_close_matches  # 10 ms, and only needed here

    among = [*known] or [*SHORT, *NOUNS]
    near = get_close_matches(word.casefold(), among, 1)
    return InvalidInput("line", f"{what} is not a command", f"did you mean {near[0]}?" if near else HINT)


def _read_arguments(line: Line, words: list[Word], first: int) -> None:
    assert line.verb is not None
    options = {each.option: each for each in line.verb.arguments if each.option}
    place = first
    while place < len(words):
        word = words[place]
        name, has_value, _ = word.text.partition("=")
        if OPTION.fullmatch(name):
            place = _read_option(line, words, place, _option(line.verb, options, name), has_value)
            continue
        argument = _next(line)
        if argument is None:
            raise InvalidInput("line", f"{excerpt(word.text)} is one word too many", line.verb.usage)
        place = _take(line, words, place, argument)
    _finish(line, words)


def _option(verb: Verb, options: dict[str, Argument], name: str) -> Argument:
    if name in options:
        return options[name]
    known = f"it has {', '.join(options)}" if options else "it has no options"
    raise InvalidInput("line", f"{verb.name} has no option {name}", known)


def _read_option(line: Line, words: list[Word], place: int, argument: Argument, has_value: str) -> int:
    word = words[place]
    if argument.kind is Kind.FLAG:
        line.given[argument.name] = "yes"
        return place + 1
    if has_value:
        value = word.closed().partition("=")[2]
        _give(line, argument, value, word.start)
        line.asked = Asked(argument, value, word.end - len(value))
        return place + 1
    if place + 1 == len(words):
        line.asked = Asked(argument, "", len(line.text))
        line.missing.append(argument)
        return place + 1
    return _take(line, words, place + 1, argument)


def _next(line: Line) -> Argument | None:
    """Return the first argument that has no value yet."""
    assert line.verb is not None
    return next(
        (each for each in line.verb.arguments if not each.only_option and each.name not in line.given), None
    )


def _take(line: Line, words: list[Word], place: int, argument: Argument) -> int:
    """Take one word as an argument, or for a text all up to the next option; return the next place."""
    until = place + 1
    assert line.verb is not None
    is_long = words[0].text == line.verb.noun and line.verb.preview is not None
    while argument.kind is Kind.TEXT and until < len(words) and not _is_option(line, words[until].text):
        until += 1
    while argument.kind is Kind.ROWS and is_long and until < len(words) and words[until].text.isdecimal():
        until += 1  # as on the command line of the shell: booking cancel 1 2 --reason ...
    value = rest_of(line.text, words, place, until)
    _give(
        line, argument, ",".join(value.split()) if argument.kind is Kind.ROWS else value, words[place].start
    )
    line.asked = Asked(argument, value, words[place].start)
    if argument.kind is Kind.ROWS or argument is line.verb.arguments[0]:
        line.numbers_at = (words[place].start, words[until - 1].end)
    return until


def _give(line: Line, argument: Argument, value: str, start: int) -> None:
    if argument.name in line.given:
        raise InvalidInput("line", f"the {argument.name.replace('_', ' ')} is given twice", "give it once")
    line.given[argument.name], line._starts[argument.name] = value, start


def _is_option(line: Line, word: str) -> bool:
    assert line.verb is not None
    return any(word.partition("=")[0] == each.option for each in line.verb.arguments if each.option)


def _finish(line: Line, words: list[Word]) -> None:
    """Note what is missing, and what the next word would be."""
    assert line.verb is not None
    waiting = line.missing[:]
    line.missing += [
        each
        for each in line.verb.arguments
        if each.required and each.name not in line.given and each not in waiting
    ]
    if waiting:
        return
    if _ends_blank(line.text):
        following = _next(line)
        if following is not None:
            line.asked = Asked(following, "", len(line.text))
        elif line.asked.argument is None or line.asked.argument.kind is not Kind.TEXT:
            line.asked = NOTHING_ASKED
    elif line.asked.argument is None:  # only the verb so far
        line.asked = Asked(None, line.text.strip(), words[0].start)
