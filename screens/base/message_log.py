"""What the application says: one message at a time, news merged by kind, and the last fifty."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic

from textual.notifications import SeverityLevel

KEPT = 50
ON_LINE_S = 8.0
LOUD_S = 10.0
MOST_LOUD = 3  # lines of the one toast
ANSWER, QUESTION, PROGRESS = "answer", "question", "progress"
"""Kinds of messages: why a key does nothing, or what else it is answered with at length; what it asks; what
is under way."""


@dataclass(frozen=True)
class News:
    """What others brought: the words for one of a ``kind``, and for several the words after their count.

    ``numbers`` are those of the bookings or issues; "4 new for you: 418-421".
    """

    kind: str
    one: str
    several: str
    numbers: tuple[int, ...]

    @property
    def text(self) -> str:
        """The words for a message."""
        if len(self.numbers) == 1:
            return self.one
        return f"{len(self.numbers):,} {self.several}: {ranges(self.numbers)}"

    def merged(self, earlier: News) -> News:
        """Return both as one."""
        return News(self.kind, self.one, self.several, tuple({*earlier.numbers, *self.numbers}))


@dataclass
class Message:
    """Something that was said at a time (``hh:mm:ss``), and until when it is shown, in seconds.

    ``hint`` is how to go on after a refusal, ``key`` what can be pressed now: "u undo"; with a ``letter``,
    the id of a binding, it is the word behind that binding's key. ``brief`` says it on a line too short for
    the text. A loud one is also shown in a toast; while a modal is open it waits (``loud_until`` is None).
    One about a row or field of a ``place`` ends when that is left, or a modal opens over it.
    """

    at: str
    text: str
    hint: str = ""
    key: str = ""
    letter: str = ""
    severity: SeverityLevel = "information"
    kind: str = ""
    place: str = ""
    news: News | None = None
    brief: str = ""
    line_until: float = 0.0
    loud_until: float | None = 0.0
    seconds: float = field(default=LOUD_S, repr=False)

    @property
    def whole(self) -> str:
        return "\n".join(filter(None, (self.text, self.hint)))

    @property
    def line(self) -> str:
        """The message in one line."""
        return " ".join(": ".join(filter(None, (self.text, self.hint))).split())


class MessageLog:
    """The messages of one run of the application; ``now`` counts seconds."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self.kept: deque[Message] = deque(maxlen=KEPT)
        """All that is looked back on, oldest first."""

    def add(self, message: Message, *, is_loud: bool, waits: bool, is_shown: bool = True) -> None:
        """Add a message, in the place of one of its kind that is still shown.

        A loud one ``waits`` for the place below the modal in sight; one that is not shown is only kept.
        """
        now = self._now()
        if message.kind:
            for old in [one for one in self.kept if one.kind == message.kind and self._is_loud(one)]:
                if message.news is not None and old.news is not None:
                    message.news = message.news.merged(old.news)
                    message.text = message.news.text
                    self.kept.remove(old)
                else:
                    old.loud_until = 0.0
        if not message.news:  # one's next act: the answer to the last one has been seen
            for old in self.kept:
                if old.kind == ANSWER:
                    old.loud_until = 0.0
                elif old.kind == PROGRESS:  # done, or no longer what is waited for
                    old.line_until = old.loud_until = 0.0
        if is_shown:
            message.line_until = now + ON_LINE_S
            if is_loud:
                message.loud_until = None if waits else now + message.seconds
        self.kept.append(message)

    def resume(self) -> None:
        """Show the loud messages that waited for a modal to close, for their whole time."""
        for message in self.kept:
            if message.loud_until is None:
                message.line_until = message.loud_until = self._now() + message.seconds

    def now_at(self, place: str) -> None:
        """Show no more of what was about another place than this one; "" is a modal over any."""
        for message in self.kept:
            if message.place not in ("", place):
                message.line_until = message.loud_until = 0.0

    def hush(self) -> None:
        """Show nothing that was said until now."""
        for message in self.kept:
            message.line_until = message.loud_until = 0.0

    def newest(self, *, is_loud_too: bool) -> Message | None:
        """Return the message for the line, or None; what is loud has a toast where there is room for it."""
        now = self._now()
        fresh = (one for one in reversed(self.kept) if one.line_until > now)
        return next((one for one in fresh if is_loud_too or not self._is_loud(one)), None)

    @property
    def loud(self) -> list[Message]:
        """The messages for the toast, oldest first."""
        return [one for one in self.kept if self._is_loud(one)][-MOST_LOUD:]

    def _is_loud(self, message: Message) -> bool:
        return message.loud_until is None or message.loud_until > self._now()

    @property
    def next_change_s(self) -> float | None:
        """Seconds until something is no longer shown; None if nothing is shown."""
        now = self._now()
        ends = [end for one in self.kept for end in (one.line_until, one.loud_until) if end and end > now]
        return min(ends) - now if ends else None


def ranges(numbers: Iterable[int]) -> str:
    """Format numbers with what follows one another joined: ``418-421, 430``."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in found)
