"""The doctor: checks of the desk's database, and repair of what follows from other rows."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from peewee import fn

from dispatch.desk.commands import Command, command, never
from dispatch.desk.desk import Desk
from dispatch.operations import issue_integrity_checks
from dispatch.operations.backup_record import freshness
from dispatch.operations.integrity_checks import Finding, counted, distribution, finding, miscounted, recount
from dispatch.operations.row_types import Diagnosis
from dispatch.queries.customer_index import LARGE_BACKLOG
from models import tallies
from models.agents import Agent
from models.base import Json
from models.bookings import PENDING, Assignment, Booking
from models.customer_index import backlog
from models.database import SCHEMA_VERSION, current_database

NETWORKED = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs", "davfs")
MOUNTS = Path("/proc/self/mounts")
RECOUNT = "astra doctor --repair recounts them"
BACKUP = "restore a backup: astra restore FILE"


def examine(desk: Desk) -> Diagnosis:
    """Run every check without writing anything; ``ok`` if there are at most warnings."""
    path = desk.database.path
    findings = [
        _integrity(),
        _references(),
        _schema(),
        _settings(desk),
        _loads(),
        _assignments(),
        *distribution(desk),
        _tallies(),
        issue_integrity_checks.issue_loads(),
        issue_integrity_checks.clocks_agree(),
        _search(),
        _journal(),
        _permissions(path),
        freshness(desk),
        _file_system(path),
    ]
    sound = all(finding.ok or finding.warning for finding in findings)
    return {"database": str(path), "ok": sound, "checks": [asdict(finding) for finding in findings]}


@command("doctor.repair", past="repaired", undo=never("a repair only recounts what is there"))
def repair(running: Command) -> Json:
    """Recount loads and tallies, give assignments their booking's agent, and correct clocks."""
    loads = recount(Agent.load, _wrong_loads())
    assignments: list[dict[str, int | None]] = []
    for assignment_id, _, holder in _astray_assignments():
        assignment = Assignment.lock(assignment_id)
        assignment.agent_id = holder
        assignment.save()
        assignments.append({"assignment_id": assignment_id, "to_agent_id": holder})
    counts = tallies.recomputed()
    wrong = tallies.differing(tallies.stored(), counts)
    if wrong:
        tallies.replace(counts)
    counted = {"loads": loads, "assignments": assignments, "tallies": len(wrong)}
    running.detail = counted | issue_integrity_checks.repair()
    return running.detail


def _integrity() -> Finding:
    found = str(current_database.pragma("integrity_check"))
    return finding("integrity", "the file is intact", found if found != "ok" else "", BACKUP)


def _references() -> Finding:
    table = current_database.pragma("foreign_key_check")
    problem = "" if table is None else f"a row of {table} refers to a row that does not exist"
    return finding("references", "every reference leads to a row", problem, BACKUP)


def _schema() -> Finding:
    version = int(current_database.pragma("user_version"))
    detail = f"schema {version}, this Astra uses {SCHEMA_VERSION}"
    return Finding("schema", version == SCHEMA_VERSION, detail)


def _settings(desk: Desk) -> Finding:
    named = "; ".join(
        f"{key} is {text!r}, so {desk.settings[key]!r} holds"
        for key, text in sorted(desk.settings.unreadable.items())
    )
    hint = f"astra set KEY VALUE; year_shift is fixed when the desk is created: {BACKUP}"
    return finding("settings", "every setting can be read", named, hint)


def _loads() -> Finding:
    wrong = counted(_wrong_loads(), lambda row: "agent {} has load {} and {} Pending".format(*row))
    return finding("loads", "every agent's load is the number of Pending bookings", wrong, RECOUNT)


def _assignments() -> Finding:
    what = "with a different agent than their booking"
    astray = counted(_astray_assignments(), lambda row: str(row[0]), what)
    hint = "astra doctor --repair corrects them"
    return finding("assignments", "every assignment has its booking's agent", astray, hint)


def _tallies() -> Finding:
    with current_database.atomic("DEFERRED"):
        differing = tallies.differing(tallies.stored(), tallies.recomputed())
    wrong = counted(differing, lambda row: f"{row[0]} {row[1]}".strip() + f" of agent {row[2]}")
    return finding("tallies", "the match score's tallies agree with the bookings", wrong, RECOUNT)


def _search() -> Finding:
    behind = backlog()
    sound = f"{behind} of the newest customers are not in the index yet"
    problem = f"{behind} customers are not in the index yet" if behind >= LARGE_BACKLOG else ""
    return finding("search", sound, problem, "the next astra customer find indexes them", warning=True)


def _journal() -> Finding:
    mode = str(current_database.pragma("journal_mode"))
    hint = "" if mode == "wal" else "several terminals at once will wait for each other"
    return Finding("journal", mode == "wal", f"journal mode {mode}", hint, warning=True)


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


def _wrong_loads() -> list[tuple[int, int, int]]:
    """Agents whose load differs from their number of Pending bookings: (agent, load, Pending)."""
    is_held = (Booking.status == PENDING, Booking.agent_id.is_null(False))
    return miscounted(Agent.load, Booking, *is_held)


def _astray_assignments() -> list[tuple[int, int | None, int | None]]:
    """Assignments whose agent differs from their booking's: (assignment, its agent, the booking's)."""
    query: Any = (
        Assignment.select(Assignment.assignment_id, Assignment.agent_id, Booking.agent_id)
        .join(Booking, on=(Booking.assignment_id == Assignment.assignment_id))
        .where(fn.COALESCE(Assignment.agent_id, 0) != fn.COALESCE(Booking.agent_id, 0))
        .order_by(Assignment.assignment_id)
    )
    return list(query.tuples())
