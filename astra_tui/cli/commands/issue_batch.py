"""``astra issue reassign | priority | close``: one issue, several, or all that a filter finds."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.bulk import Rows, Verb
from astra_tui.cli.options import Call, asked_for, changing, dry_run, filtering, several
from astra_tui.cli.output.issues import print_line
from astra_tui.cli.value_types import AGENT, ISSUE
from dispatch.desk.desk import Desk
from dispatch.service import bulk_actions
from dispatch.service.issues import editing, lifecycle, ownership
from dispatch.service.issues.issue_filter_keys import ISSUE_KEYS
from dispatch.service.issues.queries import IssueFilter
from models.issues import OPEN, RESOLVED
from models.priorities import PRIORITIES

ISSUES = Rows("issue", "--filter", print_line)
issue_numbers = several("issue_ids", ISSUE)


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
    verb = Verb(
        lambda desk, number: ownership.reassign(desk, number, to_agent_id, reason),
        lambda desk, which: bulk_actions.reassign(desk, which, to_agent_id, reason),
        lambda desk, which: bulk_actions.preview_reassign(desk, which, to_agent_id),
    )
    _run(call, issue_ids, filter_text, dry_run, verb)


@click.command()
@issue_numbers
@filtering(ISSUE_KEYS)
@click.option("--to", "name", required=True, metavar="NAME", help="Any of: " + ", ".join(PRIORITIES) + ".")
@dry_run
@changing
def priority(call: Call, issue_ids: tuple[int, ...], filter_text: str, name: str, dry_run: bool) -> None:
    """Set the priority of one open issue, several, or all that a filter finds; their clocks follow."""
    verb = Verb(
        lambda desk, number: editing.edit(desk, number, priority=name),
        lambda desk, which: bulk_actions.prioritise(desk, which, name),
        lambda desk, which: bulk_actions.preview_prioritise(desk, which, name),
    )
    _run(call, issue_ids, filter_text, dry_run, verb)


@click.command()
@issue_numbers
@filtering(ISSUE_KEYS)
@dry_run
@changing
def close(call: Call, issue_ids: tuple[int, ...], filter_text: str, dry_run: bool) -> None:
    """Close one resolved issue, several, or all that a filter finds."""
    verb = Verb(lifecycle.close, bulk_actions.close, bulk_actions.preview_close)
    _run(call, issue_ids, filter_text, dry_run, verb, (RESOLVED,))


def _run(
    call: Call,
    issue_ids: tuple[int, ...],
    filter_text: str,
    is_preview: bool,
    verb: Verb,
    usual: tuple[str, ...] = OPEN,
) -> None:
    """``usual``: the statuses that a filter without any means."""

    def found(desk: Desk) -> IssueFilter:
        fields, named = asked_for(desk, ISSUE_KEYS, filter_text, "", ())
        fields.setdefault("statuses", () if "statuses" in named else usual)
        return IssueFilter(**fields)

    ISSUES.run(call, issue_ids, found if filter_text else None, verb, is_preview=is_preview)
