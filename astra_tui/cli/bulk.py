"""Verbs for one row, for several, or for all that a filter finds: one command, and a result for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import rich_click as click

from astra_tui.cli.hints import with_commands
from astra_tui.cli.options import Call
from astra_tui.cli.output.printing import line
from dispatch.desk.desk import Desk
from dispatch.desk.row_types import BulkResult

REFUSED = 1  # exit code
Result = BulkResult[Any]


class Verb(NamedTuple):
    """A change to one row, the same change to several, and its preview; both take numbers or a filter."""

    one: Callable[[Desk, int], Any]
    several: Callable[[Desk, Any], Result]
    preview: Callable[[Desk, Any], Result]


@dataclass(frozen=True)
class Rows:
    """What the verbs are about: a noun, the options of a filter, and how a changed row is printed."""

    noun: str
    filters: str
    print_line: Callable[[Any], None]

    def run(
        self,
        call: Call,
        numbers: tuple[int, ...],
        found: Callable[[Desk], object] | None,
        verb: Verb,
        *,
        is_preview: bool,
    ) -> None:
        """Change one row and print it, or several in one command; ``found`` makes the filter, if any."""
        if (found is None) == (not numbers):
            raise click.UsageError(
                f"give either numbers of {self.noun}s or a filter, not both"
                if numbers
                else f"give the numbers of {self.noun}s, or {self.filters}"
            )
        if len(numbers) == 1 and not is_preview:
            call.show(call.change(verb.one, numbers[0]), self.print_line)
            return

        def run(desk: Desk) -> Result:
            which = numbers if found is None else found(desk)
            return verb.preview(desk, which) if is_preview else verb.several(desk, which)

        result = call.read(run) if is_preview else call.change(run)
        result["results"] = with_commands(result["results"])
        call.show(result, lambda result: self._print(result, "would be done" if is_preview else "done"))
        if result["refused"] and not result["done"]:
            call.surroundings.exit_code = REFUSED

    def _print(self, result: Result, participle: str) -> None:
        for row in result["results"]:
            if row[self.noun]:
                self.print_line(row[self.noun])
            elif row["error"]:
                number = row[f"{self.noun}_id"]
                line(f"{self.noun.capitalize()} {number}: refused, {row['error']['message']}")
        counts = f"{result['done']} {participle}, {result['refused']} refused"
        line(counts if result["results"] else f"no such {self.noun}s")
