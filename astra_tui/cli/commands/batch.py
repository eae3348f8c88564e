"""``astra batch``: one command a line, in one process, and one undo for all of them."""

from __future__ import annotations

import io
import json
import shlex
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any, NamedTuple

import rich_click as click
from click import ClickException

from astra_tui.cli.hints import error_json, hint_of
from astra_tui.cli.input_files import input_file, title_of
from astra_tui.cli.options import Call, changing
from astra_tui.cli.output.printing import narrate, put_json_line, put_line
from astra_tui.cli.root import COMMANDS, Surroundings, astra
from dispatch.batches.record import Batch
from dispatch.desk.desk import Desk
from dispatch.inputs.validation import excerpt
from models.errors import DatabaseUnavailable, DeskError, InvalidInput, Refused

REFUSED = 1  # exit code
NOUNS = {
    *("booking", "lead", "issue", "agent", "customer", "destination", "launch", "package"),
    *("set", "policy", "shuffle", "weights"),
}
"""What a line may begin with: commands that change the desk, open no other file and end by themselves."""

NOT_IN_A_LINE = ("--db", "--as", "--dry-run", "--preview", "--from", "--help", "-h")
ALONE = frozenset({("customer", "forget"), ("weights", "learn")})
"""Verbs with a work of their own after the commit, or that cannot share a transaction."""

LARGEST = 20_000_000  # bytes
LONGEST_REQUEST = 80  # characters; the number of the line is put behind it
HINT = "one command per line, without astra: booking claim 413 --agent 6"


class Line(NamedTuple):
    """A line with a command, numbered as in the file."""

    number: int
    text: str


@dataclass
class Result:
    """What became of a line: its output, or why not."""

    line: Line
    output: Any = None
    error: DeskError | None = None

    def as_json(self) -> dict[str, Any]:
        outcome = {"error": error_json(self.error)} if self.error else {"result": self.output}
        return {
            "line": self.line.number,
            "command": self.line.text,
            "ok": self.error is None,
            **outcome,
        }

    def __str__(self) -> str:
        if self.error is None:
            return f"{self.line.number}: {self.output}"
        hint = hint_of(self.error.hint)
        hint = f" ({hint})" if hint else ""
        return f"{self.line.number}: refused, {self.error.message}{hint}"


class _Stopped(Exception):
    """The end of a batch that is done as a whole or not at all: everything is rolled back."""


@click.command("batch")
@click.argument("file", metavar="[FILE|-]", default="-")
@click.option("--atomic", is_flag=True, help="All or nothing: if one line is refused, none is done.")
@changing
def batch(call: Call, file: str, atomic: bool) -> None:
    """Run commands from a file or stdin, one per line; print one result per line.

    Empty lines and those that begin with # are skipped. A refused line is reported with its number, and the
    others are still done; then the exit code is 1. astra undo takes the whole batch back. With --request-id
    an interrupted batch can be repeated: what is done is not done again. With --json each result is
    {"line", "command", "ok", "result"} or {..., "error": {"code", "message", "hint"}}.
    """
    request_id = call.checked_request_id()
    if request_id is not None and len(request_id) > LONGEST_REQUEST:
        raise InvalidInput("request_id", f"the request id is longer than {LONGEST_REQUEST} characters")
    lines = _lines(file)
    with call.desk() as desk:
        work = Batch(desk, [each.text for each in lines], request_id)
        runner = _Runner(call, desk, work)
        refused = done = 0
        for result in runner.all_or_none(lines) if atomic else runner.one_by_one(lines):
            refused, done = refused + (result.error is not None), done + (result.error is None)
            _print(call, result)
    undo = f"; astra undo {work.head} undoes the batch" if done and work.head else ""
    narrate(f"{done:,} done, {refused:,} refused{undo}" if lines else "no commands")
    if refused:
        call.surroundings.exit_code = runner.exit_code


def _print(call: Call, result: Result) -> None:
    if call.as_json:
        put_json_line(result.as_json())
    else:
        put_line(result)


def _lines(file: str) -> list[Line]:
    """Read the lines with a command. Raises InvalidInput."""
    if file == "-" and sys.stdin.isatty():
        raise click.UsageError("name a file, or pipe the commands in")
    with input_file(file, "name a text file with one command a line") as stream:
        content = stream.read(LARGEST + 1)
    title = title_of(file)
    if len(content) > LARGEST:
        raise InvalidInput("file", f"{title} is too large", f"at most {LARGEST // 1_000_000} MB at once")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise InvalidInput("file", f"line {number} of {title} is not UTF-8", "save it as UTF-8") from error
    numbered = (Line(number, line.strip()) for number, line in enumerate(text.split("\n"), start=1))
    return [line for line in numbered if line.text and not line.text.startswith("#")]


class _Runner:
    """Runs lines on one desk."""

    def __init__(self, call: Call, desk: Desk, batch: Batch) -> None:
        self._call, self._desk, self._batch = call, desk, batch
        self.exit_code = REFUSED

    def one_by_one(self, lines: list[Line]) -> Iterator[Result]:
        """Run each line in a transaction of its own; yield its result once it is on the disk."""
        lost: DatabaseUnavailable | None = None
        for line in lines:
            result = Result(line, error=_not_done("the database cannot be reached") if lost else None)
            if lost is None:
                result = self._result(line)
            if isinstance(result.error, DatabaseUnavailable):
                lost, self.exit_code = result.error, result.error.exit_code
            yield result

    def all_or_none(self, lines: list[Line]) -> list[Result]:
        """Run all lines in one transaction, which a refused one undoes."""
        results: list[Result] = []
        try:
            with self._desk.transaction():
                for line in lines:
                    results.append(self._result(line))
                    if results[-1].error is not None:
                        raise _Stopped
        except _Stopped:
            self._batch.forget_head()
            bad = results[-1]
            why = _not_done(f"line {bad.line.number} was refused")
            return [bad if line is bad.line else Result(line, error=why) for line in lines]
        return results

    def _result(self, line: Line) -> Result:
        try:
            words = _words(line.text)
            with self._batch.part(line.number):
                return Result(line, self._run(words))
        except DeskError as error:
            return Result(line, error=error)
        except ClickException as error:
            message = " ".join(error.format_message().split())
            return Result(line, error=InvalidInput("usage", message, f"astra {words[0]} -h shows its usage"))

    def _run(self, words: list[str]) -> Any:
        """Run one command on the open desk; return what it prints. Raises DeskError and ClickException."""
        call = self._call
        outer = call.surroundings
        inner = Surroundings(outer.open_application, outer.check_preferences)
        inner.desk, inner.as_json = self._desk, call.as_json
        printed = io.StringIO()
        with redirect_stdout(printed), astra.make_context("astra", list(words), obj=inner) as context:
            astra.invoke(context)
        text = printed.getvalue().strip()
        if inner.exit_code:
            raise Refused("refused", "; ".join(_told(text).split("\n")) if call.as_json else _one_line(text))
        return json.loads(text) if call.as_json and text else _one_line(text)


def _one_line(text: str) -> str:
    return "; ".join(part.strip() for part in text.split("\n") if part.strip())


def _told(text: str) -> str:
    """Return the first refusal that the result of several bookings has."""
    errors = [one["error"]["message"] for one in json.loads(text).get("results", ()) if one.get("error")]
    return errors[0] if errors else "nothing was done"


def _not_done(why: str) -> Refused:
    return Refused("not_done", f"not done: {why}")


def _words(text: str) -> list[str]:
    """Split a line as the shell does. Raises InvalidInput for what no batch may hold."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise InvalidInput("usage", f"unclosed quote: {excerpt(text)}", "close it on its line") from error
    words = words[1:] if words[:1] == ["astra"] else words
    if not words or words[0] not in NOUNS:
        raise _unfit(words[0] if words else "")
    options = words[: words.index("--")] if "--" in words else words
    for option in NOT_IN_A_LINE:
        if any(word == option or word.startswith(f"{option}=") for word in options):
            hint = "give it to astra batch itself" if option in ("--db", "--as") else "run it by itself"
            raise InvalidInput("usage", f"{option} does not work in a batch line", hint)
    _check_changes(words)
    return words


def _unfit(word: str) -> InvalidInput:
    """Return the refusal of a line's first word; it names the nearest that fits."""
    from difflib import get_close_matches  # 10 ms, and only needed here

    if word in COMMANDS:
        return InvalidInput("usage", f"{word} does not work in a batch", "run it by itself")
    near = get_close_matches(word, sorted(NOUNS), 1)
    return InvalidInput(
        "usage", f"{excerpt(word)} is not a command", f"did you mean {near[0]}?" if near else HINT
    )


def _check_changes(words: list[str]) -> None:
    """Raise InvalidInput for a command that only reads, or is never part of a batch."""
    command: Any = astra.get_command(click.Context(astra), words[0])
    name = words[0]
    if isinstance(command, click.Group):
        name = " ".join(words[:2])
        command = command.commands.get(words[1]) if len(words) > 1 else None
    if command is None:
        return  # click says what is wrong with it
    reads = not any(parameter.name == "request_id" for parameter in command.params)
    reads = reads or (words[0] == "set" and len(words) < 3) or words == ["policy"]
    if reads or tuple(words[:2]) in ALONE:
        why = "only reads" if reads else "does not work in a batch"
        raise InvalidInput("usage", f"{name} {why}", "run it by itself")
