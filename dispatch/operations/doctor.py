"""The doctor: checks of the desk's database, and repair of what follows from other rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any, TypeVar

from dispatch.desk.commands import Command, command, never
from dispatch.desk.desk import Desk
from dispatch.desk.event_chain import Seal
from dispatch.operations import sweep_record
from dispatch.operations.backup_record import freshness
from dispatch.operations.integrity import (
    absences,
    chain,
    derived,
    history,
    imports,
    issues,
    people,
    rows,
    schema,
    settings,
    work,
)
from dispatch.operations.integrity.findings import Finding, failures, finding, guarded, joined, named
from dispatch.operations.notices import claims
from dispatch.operations.row_types import Diagnosis
from dispatch.privacy.leftovers import uncompacted
from models import shares
from models.agents import Agent
from models.base import Json
from models.database import current_database
from models.engine import Checked
from models.hints import act
from models.inspection import agreements, search_index

WHAT_COMMANDS_READ = ("schema", "types", "values", "settings", "issues")

T = TypeVar("T")


def examine(desk: Desk, head: str | None = None) -> Diagnosis:
    """Run every check without writing anything; ``ok`` if there are at most warnings.

    ``head`` is the head of the chain of events as an earlier examination showed it. Raises InvalidInput.
    """
    noted = None if head is None else chain.parse_head(head)
    findings: list[Finding] = []
    for name, check in _checks(desk, noted).items():
        findings += guarded(name, check, lambda failed: [failed])
    sound = all(finding.ok or finding.warning for finding in findings)
    return {
        "database": desk.database.address,
        "ok": sound,
        "checks": [asdict(finding) for finding in findings],
    }


def damage(desk: Desk) -> str:
    """Return what is wrong with the rows that commands read; empty for nothing.

    For a command that failed in a way that no rule explains; it takes seconds, even on a large desk.
    """
    checks = _checks(desk)
    found = (
        one for name in WHAT_COMMANDS_READ for one in guarded(name, checks[name], lambda failed: [failed])
    )
    return next((one.detail for one in found if not (one.ok or one.warning)), "")


def _checks(desk: Desk, head: Seal | None = None) -> dict[str, Callable[[], list[Finding]]]:
    """Every check by name; each reads one snapshot of its own."""
    agree = rows.agree
    own = {name: partial(_of_database, name, check) for name, check in desk.database.checkup().items()}
    checks: dict[str, Callable[[], Finding | list[Finding]]] = {
        **_taken(own, "integrity", "references"),
        "schema": partial(schema.check, desk),
        "types": partial(rows.types, desk),
        "values": partial(rows.values, desk),
        "settings": partial(settings.check, desk),
        "loads": derived.loads,
        "assignments": derived.assignments,
        "bookings": partial(agree, "bookings", "every booking agrees with its lead", agreements.BOOKINGS),
        "customers": partial(agree, "customers", "every lead has a customer's own row", agreements.CUSTOMERS),
        "agents": partial(agree, "agents", "nobody who has left holds work", agreements.AGENTS),
        "work": partial(work.distribution, desk),
        "absences": partial(absences.check, desk),
        "ratings": derived.ratings,
        "tallies": derived.tallies_agree,
        "shares": partial(derived.shares_agree, desk),
        "caps": derived.caps_agree,
        "issues": partial(agree, "issues", "every issue agrees with its rows", agreements.ISSUES),
        "issue loads": issues.issue_loads,
        "clocks": issues.clocks_agree,
        "watch": partial(issues.watched, desk),
        "numbers": partial(rows.numbers, desk),
        "events": history.checks,
        "chain": chain.check,
        "imports": imports.unfinished,
        "log": partial(agree, "log", "the log's copy agrees with the events", agreements.LOG),
        "search": derived.search,
        **_taken(own, "journal", "sqlite", "permissions"),
        "backup": partial(freshness, desk),
        "leftovers": _leftovers,
        "sweep": partial(sweep_record.check, desk),
        "notices": partial(claims.check, desk),
        "people": partial(people.check, desk),
        **own,
    }
    if head is not None:
        checks["head"] = partial(chain.head_noted, head)
    return {name: partial(_listed, check) for name, check in checks.items()}


def _taken(checks: dict[str, partial[Finding]], *names: str) -> dict[str, partial[Finding]]:
    """Take some checks out of others, to be shown in another place; a database may lack them."""
    return {name: checks.pop(name) for name in names if name in checks}


def _of_database(name: str, check: Callable[[], Checked]) -> Finding:
    found = check()
    return finding(name, found.sound, joined(found.problems), found.hint, warning=found.is_warning)


def _listed(check: Callable[[], Finding | list[Finding]]) -> list[Finding]:
    found = check()
    return [found] if isinstance(found, Finding) else found


@command(
    "doctor.repair", past="repaired", undo=never("a repair only recounts what is there"), may="desk.keep"
)
def repair(running: Command) -> Json:
    """Make indexes, views and triggers again, and recount everything that follows from other rows.

    What cannot be repaired is left as it is, and found by the next examination.
    """
    listed: dict[str, Callable[[], list[Any]]] = {
        "schema": partial(schema.repair, running.desk),
        "loads": lambda: work.recount(Agent.load, derived.wrong_loads()),
        "assignments": derived.repair_assignments,
        "issue_loads": issues.repair_loads,
        "clocks": issues.repair_clocks,
        "ratings": derived.repair_ratings,
    }
    counted: dict[str, Callable[[], int]] = {
        "tallies": derived.repair_tallies,
        "shares": lambda: int(shares.repair(running.desk.settings["policy"])),
        "caps": derived.repair_caps,
        "log": history.repair,
        "search": search_index.repair,
        "watch": partial(issues.repair_watches, running.desk),
    }
    for name, step in listed.items():
        running.detail[name] = _tried(step, [])
    for name, count in counted.items():
        running.detail[name] = _tried(count, 0)
    return running.detail


def _tried(step: Callable[[], T], nothing: T) -> T:
    """Run a step of the repair; one that fails changes nothing."""
    try:
        with current_database.atomic():
            return step()
    except failures():
        return nothing


def _leftovers() -> Finding:
    problem = named("erased values may still be in unused parts of the file: customers", uncompacted())
    hint = f"{act('compact')} rewrites the file"
    return finding("leftovers", "no traces of erased customers", problem, hint, warning=True)
