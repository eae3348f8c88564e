"""The doctor: checks of the desk's database, and repair of what follows from other rows."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from dispatch.desk.commands import Command, command, never
from dispatch.desk.desk import Desk
from dispatch.desk.event_chain import Seal
from dispatch.operations import sweep_record
from dispatch.operations.backup_record import freshness
from dispatch.operations.integrity import (
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
from dispatch.operations.integrity.findings import FAILURES, RESTORE, Finding, finding, guarded, joined, named
from dispatch.operations.row_types import Diagnosis
from dispatch.privacy.leftovers import uncompacted
from models import shares
from models.agents import Agent
from models.base import Json
from models.database import current_database
from models.hints import act
from models.inspection import agreements, search_index

NETWORKED = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs", "davfs")
MOUNTS = Path("/proc/self/mounts")
FAULTY_SQLITE = ((3, 7, 0), (3, 51, 2))  # the first and the last version with the fault

WHAT_COMMANDS_READ = ("schema", "types", "values", "settings", "issues")

T = TypeVar("T")


def examine(desk: Desk, head: str | None = None) -> Diagnosis:
    """Run every check without writing anything; ``ok`` if there are at most warnings.

    ``head`` is the head of the chain of events as an earlier examination showed it. Raises InvalidInput.
    """
    path = desk.database.path
    noted = None if head is None else chain.parse_head(head)
    findings: list[Finding] = []
    for name, check in _checks(desk, path, noted).items():
        findings += guarded(name, check, lambda failed: [failed])
    sound = all(finding.ok or finding.warning for finding in findings)
    return {"database": str(path), "ok": sound, "checks": [asdict(finding) for finding in findings]}


def damage(desk: Desk) -> str:
    """Return what is wrong with the rows that commands read; empty for nothing.

    For a command that failed in a way that no rule explains; it takes seconds, even on a large desk.
    """
    checks = _checks(desk, desk.database.path)
    found = (
        one for name in WHAT_COMMANDS_READ for one in guarded(name, checks[name], lambda failed: [failed])
    )
    return next((one.detail for one in found if not (one.ok or one.warning)), "")


def _checks(desk: Desk, path: Path, head: Seal | None = None) -> dict[str, Callable[[], list[Finding]]]:
    """Every check by name; each reads one snapshot of its own."""
    agree = rows.agree
    checks: dict[str, Callable[[], Finding | list[Finding]]] = {
        "integrity": _integrity,
        "references": _references,
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
        "journal": _journal,
        "sqlite": sqlite_itself,
        "permissions": partial(_permissions, path),
        "backup": partial(freshness, desk),
        "leftovers": _leftovers,
        "sweep": partial(sweep_record.check, desk),
        "file system": partial(_file_system, path),
        "people": partial(people.check, desk),
    }
    if head is not None:
        checks["head"] = partial(chain.head_noted, head)
    return {name: partial(_listed, check) for name, check in checks.items()}


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
    except FAILURES:
        return nothing


def _integrity() -> Finding:
    found = [text for (text,) in current_database.obj.run(agreements.DAMAGE, ()) if text != "ok"]
    return finding("integrity", "the file is intact", joined(map(str, found)), RESTORE)


def _references() -> Finding:
    dangling = current_database.obj.run(agreements.DANGLING, ()).fetchall()
    problem = joined(f"row {row} of {table} refers to no row of {parent}" for table, row, parent in dangling)
    return finding("references", "every reference leads to a row", problem, RESTORE)


def _leftovers() -> Finding:
    problem = named("erased values may still be in unused parts of the file: customers", uncompacted())
    hint = f"{act('compact')} rewrites the file"
    return finding("leftovers", "no traces of erased customers", problem, hint, warning=True)


def _journal() -> Finding:
    mode = str(current_database.pragma("journal_mode"))
    hint = "" if mode == "wal" else "several terminals at once will wait for each other"
    return Finding("journal", mode == "wal", f"journal mode {mode}", hint, warning=True)


def sqlite_itself() -> Finding:
    """Several terminals can damage the file, rarely: sqlite.org/wal.html, "The WAL-reset bug"."""
    first, last = FAULTY_SQLITE
    is_faulty = first <= sqlite3.sqlite_version_info <= last
    detail = f"SQLite {sqlite3.sqlite_version}"
    problem = f"{detail} can damage a file, rarely, that several programs write" if is_faulty else ""
    hint = f"use SQLite {'.'.join(map(str, (last[0], last[1], last[2] + 1)))} or newer, and keep backups"
    return finding("sqlite", detail, problem, hint, warning=True)


def _permissions(path: Path) -> Finding:
    for place in (path, path.absolute().parent):
        if not os.access(place, os.W_OK):
            return Finding("permissions", False, f"{place} is not writable", "change its permissions")
    if path.stat().st_mode & 0o002:
        detail = f"{path} is writable by everybody"
        return Finding("permissions", False, detail, f"chmod o-w {path}", warning=True)
    if path.stat().st_mode & 0o004:
        detail = f"{path} can be read by everybody on this machine: names, phone numbers and e-mail addresses"
        return Finding("permissions", False, detail, f"chmod o-r {path}*", warning=True)
    return Finding("permissions", True, "the file and its folder are writable")


def _file_system(path: Path) -> Finding:
    kind = _kind_of_file_system(path)
    if kind is None:
        return Finding("file system", True, "not known on this system")
    if kind.startswith(NETWORKED):
        hint = "keep the file on a local disk: the write-ahead log does not work across hosts"
        return Finding("file system", False, f"{kind}, a network file system", hint, warning=True)
    return Finding("file system", True, kind)


def _kind_of_file_system(path: Path) -> str | None:
    """Return the type of the deepest mount that holds the file; None where that is not known."""
    try:
        mounts = [line.split(" ") for line in MOUNTS.read_text("utf-8", "surrogateescape").splitlines()]
        real = path.resolve()
    except OSError:
        return None
    under = [
        (len(place), kind)
        for _, place, kind, *_ in mounts
        if real.is_relative_to(place.replace("\\040", " "))
    ]
    return max(under)[1] if under else None
