"""The desk's dispositions: the outcomes of attempts to reach a customer, and what follows each."""

from __future__ import annotations

from typing import TypedDict

from dispatch.desk.commands import Command, command, put_back
from dispatch.desk.undo_rules import UndoRules
from dispatch.inputs import validation
from dispatch.inputs.times import delays
from dispatch.queries.wording import ordinal, plural
from models.base import tuples
from models.dispositions import CANCELLED, ENDS, OPEN, REACHED, Disposition
from models.errors import InvalidInput, NotFound, Refused
from models.hints import act

MOST_ATTEMPTS = 100
LONGEST_NAME = 40
NO_LIMIT = ("", "none", "off")


class DispositionRow(TypedDict):
    """A disposition; ``words`` say what follows an attempt with this outcome. ``delay`` as ``4h`` or None."""

    name: str
    delay: str | None
    attempts: int | None
    ends: str
    reason: str | None
    reaches: bool
    retired: bool
    words: str


@command("disposition.add", past="outcome added", undo=put_back, may="desk.set")
def add(
    running: Command,
    name: str,
    delay: str | None = "1 day",
    attempts: int | str | None = None,
    ends: str | None = None,
    reason: str | None = None,
    reaches: bool = False,
) -> DispositionRow:
    """Add an outcome of the desk's own; a retired one is offered again.

    ``delay`` is until the next attempt (inputs.times); with ``attempts`` the last one ``ends`` the booking:
    as unreachable, or cancelled for the ``reason``. Raises InvalidInput, or Refused if it is offered already.
    """
    text = new_name(name)
    row = _named(text)
    if row is not None and not row.retired:
        raise Refused(
            "exists", f"{text!r} is already an outcome", f"{act('disposition.list')} shows what follows it"
        )
    row = row or Disposition(name=text)
    row.retired = False
    row.reaches = reaches
    _give(row, delay or "", str(attempts or ""), ends or "", reason or "")
    return _saved(running, row)


@command("disposition.set", past="outcome set", undo=put_back, may="desk.set")
def change(
    running: Command,
    name: str,
    delay: str | None = None,
    attempts: int | str | None = None,
    ends: str | None = None,
    reason: str | None = None,
    reaches: bool | None = None,
) -> DispositionRow:
    """Change what follows; what is None stays. Raises NotFound, InvalidInput, Refused."""
    row = _known(name)
    before = described(row)
    if attempts is None:
        attempts = NO_LIMIT[1] if ends == OPEN else row.attempts
    is_endless = attempts is None or str(attempts).strip().casefold() in NO_LIMIT
    kept = "" if is_endless or row.ends == OPEN else row.ends
    row.reaches = row.reaches if reaches is None else reaches
    _give(
        row,
        row.delay if delay is None else delay,
        str(attempts or ""),
        ends or (CANCELLED if reason else kept),
        row.reason if reason is None else reason,
    )
    if row.name == REACHED and not (row.reaches and row.ends == OPEN):
        raise Refused("reached", "reached always means so, and ends nothing", "add an outcome of your own")
    if described(row) == before:
        raise Refused("unchanged", f"{row.name} is set so already", "give another delay, attempts or end")
    return _saved(running, row)


@command("disposition.retire", past="outcome retired", undo=put_back, may="desk.set")
def retire(running: Command, name: str) -> DispositionRow:
    """Offer one no more; bookings and the log keep it. Raises NotFound, Refused."""
    row = _known(name)
    if row.name == REACHED:
        raise Refused("reached", "reached stays: every desk needs it")
    if row.retired:
        raise Refused("retired", f"{row.name} is already retired", "add it to offer it again")
    row.retired = True
    return _saved(running, row)


def listing(*, retired: bool = False) -> list[DispositionRow]:
    """Return those that are offered, in the order in which they were added; or all of them."""
    rows = Disposition.select().order_by(Disposition.disposition_id)
    return [described(row) for row in rows if retired or not row.retired]


def names() -> tuple[str, ...]:
    """Return the names of all, retired ones too."""
    query = Disposition.select(Disposition.name).order_by(Disposition.disposition_id)
    return tuple(name for (name,) in tuples(query))


def offered(name: str) -> Disposition:
    """Return the one that a text names. Raises InvalidInput, naming the nearest and those there are."""
    rows = [row for row in Disposition.select().order_by(Disposition.disposition_id) if not row.retired]
    found = {row.name: row for row in rows}
    text = _plain(name)
    if text not in found:
        raise _unknown(name, text, [*found])
    return found[text]


def described(row: Disposition) -> DispositionRow:
    """Return a row as listed."""
    return {
        "name": row.name,
        "delay": row.delay,
        "attempts": row.attempts,
        "ends": row.ends,
        "reason": row.reason,
        "reaches": bool(row.reaches),
        "retired": bool(row.retired),
        "words": words_of(row),
    }


def words_of(row: Disposition) -> str:
    """Say what follows: ``again in 4 working hours; unreachable after 6 attempts``."""
    delay = delays.kept(row.delay)
    again = f"again in {delay.words}" if delay else "no follow-up"
    if row.attempts is None:
        return again
    reason = f": {row.reason}" if row.ends == CANCELLED else ""
    if row.attempts == 1:
        return f"{row.ends} at once{reason}"
    return f"{again}; {row.ends} after {plural(row.attempts, 'attempt')}{reason}"


def attempt_words(row: Disposition, number: int) -> str:
    """``3rd of 6``; "" where attempts are not limited, or one is the only one."""
    if row.attempts is None or row.attempts == 1:
        return ""
    return f"{ordinal(number)} of {max(row.attempts, number)}"


def _give(row: Disposition, delay: str | None, attempts: str, ends: str, reason: str | None) -> None:
    """Set what follows. Raises InvalidInput for what does not go together."""
    found = delays.understand(delay)
    row.delay = str(found) if found else None
    plain = attempts.strip().casefold()
    row.attempts = None if plain in NO_LIMIT else validation.whole(attempts, "attempts", 1, MOST_ATTEMPTS)
    end = validation.one_of(ends, "ends", ENDS) if ends else ""
    row.reason = validation.optional_text(reason, "reason")
    if row.attempts is None and end not in ("", OPEN):
        raise InvalidInput("attempts", f"{end} after how many attempts?", "give attempts: 1 ends at once")
    if row.attempts is not None and end == OPEN:
        raise InvalidInput(
            "ends", "a last attempt ends the booking", "unreachable or cancelled; or no attempts"
        )
    if row.attempts is not None and row.reaches and row.attempts > 1:
        hint = "attempts count until somebody is reached: 1 ends at once, none never does"
        raise InvalidInput("attempts", "a customer who was reached is not tried again and again", hint)
    row.ends = OPEN if row.attempts is None else end or (CANCELLED if row.reason else "unreachable")
    if row.ends != CANCELLED:
        row.reason = None
    elif row.reason is None:
        row.reason = row.name.replace("_", " ")


def _saved(running: Command, row: Disposition) -> DispositionRow:
    running.detail = {"disposition": row.name, "follows": words_of(row)}
    row.save()
    return described(row)


def _plain(name: str) -> str:
    return validation.stripped(name, "outcome").casefold().replace(" ", "_").replace("-", "_")


def new_name(name: str) -> str:
    """Return the name that a text gives a new one. Raises InvalidInput."""
    text = _plain(validation.name(name, "name"))
    if not (text.replace("_", "").isalnum() and len(text) <= LONGEST_NAME):
        hint = f"letters, digits and _, at most {LONGEST_NAME}, such as busy_line"
        raise InvalidInput("name", f"{validation.excerpt(name)} is not a name for an outcome", hint)
    return text


def _named(text: str) -> Disposition | None:
    found = Disposition.select(Disposition.disposition_id).where(Disposition.name == text).tuples().first()
    return Disposition.lock(found[0]) if found else None


def _known(name: str) -> Disposition:
    row = _named(_plain(name))
    if row is None:
        raise NotFound("outcome", name, f"{_near(_plain(name), names())}{act('disposition.list')} shows them")
    return row


def _unknown(name: str, text: str, known: list[str]) -> InvalidInput:
    hint = f"{_near(text, known)}accepted: {', '.join(known)}"
    return InvalidInput("outcome", f"{validation.excerpt(name)} is not an outcome", hint)


def _near(text: str, known: list[str] | tuple[str, ...]) -> str:
    from difflib import get_close_matches  # 10 ms, and only needed here

    near = get_close_matches(text, known, 1)
    return f"did you mean {near[0]}? " if near else ""


class DispositionUndo(UndoRules[Disposition]):
    """One added by mistake is retired."""

    def retire(self, running: Command, row: Disposition) -> None:
        row.retired = True
