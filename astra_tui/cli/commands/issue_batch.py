"""``astra issue reassign | priority | close``: one issue, several, or all that a filter finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import rich_click as click

from astra_tui.cli.hints import with_commands
from astra_tui.cli.options import Call, asked_for, changing, dry_run, filtering, several
from astra_tui.cli.output.issues import print_line
from astra_tui.cli.output.printing import line
from astra_tui.cli.value_types import AGENT, ISSUE
from dispatch.desk.desk import Desk
from dispatch.service import bulk_actions
from dispatch.service.bulk_actions import Which
from dispatch.service.issues import editing, lifecycle, ownership
from dispatch.service.issues.issue_filter_keys import ISSUE_KEYS
from dispatch.service.issues.queries import IssueFilter
from dispatch.service.row_types import IssueBatch, IssueDetails
from models.issues import OPEN, PRIORITIES, RESOLVED

REFUSED = 1  # exit code
issue_numbers = several("issue_ids", ISSUE)


class _Verb(NamedTuple):
    """A change to one issue, the same change to several, and what statuses a filter without any means."""

    one: Callable[[Desk, int], IssueDetails]
    several: Callable[[Desk, Which], IssueBatch]
    usual: tuple[str, ...] = OPEN


@click.command()
@issue_numbers
@filtering(ISSUE_KEYS)
@click.option("--to", "to_agent_id", type=AGENT, required=True, help="The agent who gets it.")
@click.option("--reason", required=True, help="Why it is reassigned.")
@dry_run
@changing
def reassign(
    call: Call, issue_ids: tuple[int, ...], filter_text: str, to_agent_id: int, reason: str, dry_run: bool
) -> None:
    """Reassign one open issue, several, or all that a filter finds; their clocks continue."""
    verb = _Verb(
        lambda desk, number: ownership.reassign(desk, number, to_agent_id, reason),
        lambda desk, which: bulk_actions.reassign(desk, which, to_agent_id, reason),
    )
    _one_or_all(call, issue_ids, filter_text, dry_run, verb)


@click.command()
@issue_numbers
@filtering(ISSUE_KEYS)
@click.option("--to", "name", required=True, metavar="NAME", help="Any of: " + ", ".join(PRIORITIES) + ".")
@dry_run
@changing
def priority(call: Call, issue_ids: tuple[int, ...], filter_text: str, name: str, dry_run: bool) -> None:
    """Set the priority of one open issue, several, or all that a filter finds; their clocks follow."""
    verb = _Verb(
        lambda desk, number: editing.edit(desk, number, priority=name),
        lambda desk, which: bulk_actions.prioritise(desk, which, name),
    )
    _one_or_all(call, issue_ids, filter_text, dry_run, verb)


@click.command()
@issue_numbers
@filtering(ISSUE_KEYS)
@dry_run
@changing
def close(call: Call, issue_ids: tuple[int, ...], filter_text: str, dry_run: bool) -> None:
    """Close one resolved issue, several, or all that a filter finds."""
    verb = _Verb(lifecycle.close, bulk_actions.close, (RESOLVED,))
    _one_or_all(call, issue_ids, filter_text, dry_run, verb)


def _one_or_all(call: Call, ids: tuple[int, ...], filter_text: str, is_preview: bool, verb: _Verb) -> None:
    """Change one issue and print it, or several in one command, with a result for each."""
    if bool(filter_text) == bool(ids):
        both = "give either numbers of issues or a filter, not both"
        raise click.UsageError(both if ids else "give the numbers of issues, or --filter")
    if len(ids) == 1 and not is_preview:
        call.show(call.change(verb.one, ids[0]), print_line)
        return

    def run(desk: Desk) -> IssueBatch:
        which = _which(desk, filter_text, verb.usual) if filter_text else ids
        return desk.rehearse(lambda: verb.several(desk, which)) if is_preview else verb.several(desk, which)

    result = call.read(run) if is_preview else call.change(run)
    result["results"] = with_commands(result["results"])
    call.show(result, lambda result: _print_batch(result, is_preview))
    if result["refused"] and not result["done"]:
        call.surroundings.exit_code = REFUSED


def _which(desk: Desk, filter_text: str, usual: tuple[str, ...]) -> IssueFilter:
    fields, named = asked_for(desk, ISSUE_KEYS, filter_text, "", ())
    fields.setdefault("statuses", () if "statuses" in named else usual)
    return IssueFilter(**fields)


def _print_batch(result: IssueBatch, is_preview: bool) -> None:
    for row in result["results"]:
        if row["issue"]:
            print_line(row["issue"])
        elif row["error"]:
            line(f"Issue {row['issue_id']}: refused, {row['error']['message']}")
    done = f"{result['done']} {'would be done' if is_preview else 'done'}, {result['refused']} refused"
    line(done if result["results"] else "no such issues")
