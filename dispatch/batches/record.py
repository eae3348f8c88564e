"""A batch: several commands, typed or read from a file, that one undo takes back (dispatch/desk/acts.py)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from dispatch.desk.acts import Act, write_head
from dispatch.desk.commands import Command, command, put_parts_back
from dispatch.desk.desk import Desk
from models.base import Json

T = TypeVar("T")


class Batch:
    """A batch at work."""

    def __init__(self, desk: Desk, lines: Sequence[str], request_id: str | None = None) -> None:
        self._desk = desk
        self._lines = len(lines)
        self._digest = hashlib.blake2b("\n".join(lines).encode("utf-8", "surrogatepass"), digest_size=8)
        self._request_id = request_id
        self._act = Act(desk, self._write_head)

    @property
    def head(self) -> int | None:
        """The event of the batch, once a command of it is done."""
        return self._act.head

    def forget_head(self) -> None:
        """Begin again, after the transaction around the batch was rolled back."""
        self._act.head = None

    @contextmanager
    def part(self, number: int) -> Iterator[None]:
        """Make what the block does one line of the batch and one transaction. Raises DeskError if refused."""
        with self._act.part(), self._desk.request(self._request_of(number)):
            yield

    def _write_head(self) -> int:
        with self._desk.request(self._request_id):
            head: int = _begin(self._desk, self._lines, self._digest.hexdigest())["head"]
        return head

    def _request_of(self, number: int) -> str | None:
        return None if self._request_id is None else f"{self._request_id}#{number}"


def together(desk: Desk, commands: Sequence[Callable[[], T]]) -> list[T]:
    """Run commands as one batch in one transaction. Raises the first refusal; then nothing is done."""
    batch = Batch(desk, [""] * len(commands))
    with desk.transaction():
        return [_within(batch, number, run) for number, run in enumerate(commands, start=1)]


def _within(batch: Batch, number: int, run: Callable[[], T]) -> T:
    with batch.part(number):
        return run()


@command("batch", past="batch", undo=put_parts_back, may="batch.run")
def _begin(running: Command, lines: int, digest: str) -> Json:
    """Write the head; its digest tells it from another batch with the same request id."""
    return write_head(running, {"commands": lines, "digest": digest})
