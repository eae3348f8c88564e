"""Work of more than one commit, or on more than one file, and what a kill may leave of it."""

from __future__ import annotations

import csv
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing, nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from dispatch import bookings
from dispatch.agents import file_intake as agent_files
from dispatch.agents.file_intake import AgentFile
from dispatch.batches.record import Batch
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EventFilter
from dispatch.inputs import lead_files
from dispatch.leads import file_intake
from dispatch.operations import backup, restore
from dispatch.operations.sweep import sweep, sweep_and_back_up
from dispatch.operations.timeouts import offers_and_claims
from dispatch.operations.undo import redo, undo
from dispatch.operations.undoing import files
from dispatch.service.ticket_files import intake as ticket_intake
from dispatch.service.ticket_files.tickets import TicketFile
from models import engine
from seeds.demo import demo
from seeds.importing import importer
from tests.by_hand import ask
from tests.old_desk import MIGRATIONS, ROWS
from tests.races.killing import desk_at_work as work
from tests.races.killing.desk_at_work import TRIP, holder, lead, opened
from tests.races.killing.desk_kinds import break_due, uneven
from tests.races.killing.kinds import (
    COMMAND,
    FINGERPRINT,
    REQUEST,
    Dump,
    Kind,
    Tell,
    desk_in,
    file_in,
    prepared_already,
    set_to,
    several,
    with_desk,
)
from tests.races.killing.service_kinds import batch_of, open_issue

SECOND_NAME = re.compile(r"(-before-restore-\d{8}-\d{6})-\d+\.db")
SILENT, OTHERS = (9, 10), (18, 19)  # bookings
BATCH_S = 0.002  # so that a short file takes many commits


def _write(path: Path, header: str, rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header.split())
        writer.writerows(rows)


# -- files of leads


def write_leads(folder: Path, lines: int) -> None:
    values = tuple(TRIP.values())
    _write(folder / "leads.csv", "name method source destination launch", _lines(lines, values))


def _lines(lines: int, values: tuple[str, ...]) -> Iterable[tuple[object, ...]]:
    for line in range(lines):
        yield ("" if line == lines // 2 else f"Line {line}", *values)  # one of them is refused


def write_callable_leads(folder: Path, lines: int) -> None:
    """Rows known by their phone, some of them twice in the file, one of them refused."""
    values = (*TRIP.values(), "")
    rows = [(*row[:-1], f"+49711{place % (lines - 5):06}") for place, row in enumerate(_lines(lines, values))]
    _write(folder / "leads.csv", "name method source destination launch phone", rows)


def taken_in(folder: Path) -> None:
    take_in_file(folder, lambda _: None)


def file_undone(folder: Path) -> None:
    """All of the file but one lead, which somebody has claimed."""
    taken_in(folder)
    with_desk(folder, lambda desk: bookings.claim(desk, work.LEADS + 2, holder(desk, work.LEADS + 2)))
    with_desk(folder, lambda desk: undo(desk, _file_event(desk)))


def _file_event(desk: Desk) -> int:
    with desk.reading():
        return event_log.event_ids(EventFilter(command="lead.add_file"))[0]


def reversed_file(folder: Path, tell: Tell, *, again: bool = False) -> None:
    """Undo a file of leads, or redo it."""
    files.AT_ONCE = 10
    desk = opened(desk_in(folder))
    tell(None)
    with desk.request(REQUEST):
        tell((redo if again else undo)(desk, _file_event(desk))["bookings"])
    desk.close()


def take_in_file(folder: Path, tell: Tell) -> None:
    file_intake.BATCH_S = file_intake.ALONE_BATCH_S = BATCH_S
    desk = opened(desk_in(folder))
    tell(None)
    with (folder / "leads.csv").open("rb") as stream, lead_files.open_leads(stream, "leads.csv") as found:
        result = file_intake.receive_file(desk, found)
    tell({"accepted": result["accepted"], "rejected": len(result["rejected"])})
    desk.close()


def write_tickets(folder: Path) -> None:
    lines = [
        (number, "Refund", "I was charged twice.", f"Line {number}", f"line{number}@example.com", status)
        for number, status in enumerate(("open", "pending", "frobbed", "closed") * 3)
    ]
    _write(folder / "tickets.csv", "id subject description requester email status", lines)


def take_in_tickets(folder: Path, tell: Tell) -> None:
    desk = opened(desk_in(folder))
    tell(None)
    with (folder / "tickets.csv").open("rb") as stream, TicketFile.open(stream, "tickets.csv") as found:
        result = ticket_intake.receive_file(desk, found)
    tell({"accepted": result["accepted"], "rejected": len(result["rejected"])})
    desk.close()


def write_agents(folder: Path) -> None:
    places = ("Luxury Voyages", "Kitchen", "Premium Bookings") * 2
    rows = [("Gus", f"Bell {number}", place, "Space Travel Agent") for number, place in enumerate(places)]
    _write(folder / "staff.csv", "first_name last_name department job_title", rows)


def take_in_agents(folder: Path, tell: Tell) -> None:
    desk = opened(desk_in(folder))
    tell(None)
    with (folder / "staff.csv").open("rb") as stream, AgentFile.open(stream, "staff.csv") as found:
        result = agent_files.receive_file(desk, found)
    tell({"accepted": result["accepted"], "rejected": len(result["rejected"])})
    desk.close()


# -- history and demos


def write_history(folder: Path, first: int = 1000, rows: int = 60) -> None:
    _write(
        folder / "agents.csv",
        "AgentID FirstName LastName JobTitle DepartmentName SpaceLicenseNumber YearsOfService"
        " AverageCustomerServiceRating",
        [
            (first + number, "Gus", f"Byron {number}", "Space Travel Agent", "Luxury Voyages", "", 3, 4.5)
            for number in range(3)
        ],
    )
    _write(
        folder / "assignments.csv",
        "AssignmentID AgentID CustomerName CommunicationMethod LeadSource AssignedDateTime",
        [
            (first + row, first + row % 3, f"Import {row}", "Text", "Organic", "2081-02-01 09:00:00")
            for row in range(rows)
        ],
    )
    _write(
        folder / "bookings.csv",
        "BookingID AssignmentID BookingCompleteDate CancelledDate Destination Package LaunchLocation"
        " DestinationRevenue PackageRevenue BookingStatus",
        [_booking(first, row) for row in range(0, rows, 2)],
    )


def _booking(first: int, row: int) -> tuple[object, ...]:
    trip = ("Mars", "Luxury Dome Stay", "Tokyo Spaceport Terminal", 1500, 250)
    if row % 6 == 0:
        return (first + row, first + row, "2081-02-03 10:00:00", "", *trip, "Confirmed")
    if row % 6 == 2:
        return (first + row, first + row, "", "2081-02-03 10:00:00", *trip, "Cancelled")
    return (first + row, first + row, "", "", *trip, "Pending")


def without_desk(folder: Path) -> None:
    desk = desk_in(folder)
    if isinstance(desk, Path):
        desk.unlink()
    else:
        ask(desk, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def write_changes(folder: Path) -> None:
    """Confirm what is Pending in the files, give Gus another name and more years, and add rows."""
    write_history(folder, rows=64)
    for name, old, new in (
        ("bookings.csv", ",,,Mars", ",2081-02-05 10:00:00,,Mars"),
        ("bookings.csv", "Pending", "Confirmed"),
        ("assignments.csv", "Import 1", "Imported 1"),
        ("agents.csv", ",3,4.5", ",4,4.25"),
    ):
        file = folder / name
        file.write_text(file.read_text().replace(old, new))


def import_all(folder: Path, tell: Tell, update: bool = False) -> None:
    importer.BATCH_ROWS = 10
    desk = opened(desk_in(folder), create=True)
    tell(None)
    names = ("bookings.csv", "assignments.csv", "agents.csv")
    importer.import_files(desk, [folder / name for name in names], update=update)
    tell("imported")
    desk.close()


def make_demo(folder: Path, tell: Tell) -> None:
    demo.BATCH_ROWS = 20
    desk = opened(desk_in(folder), create=True)
    tell(None)
    tell(demo.make_demo(desk, agents=8, bookings=60, with_issues=True)["issues"])
    desk.close()


def imported(folder: Path) -> None:
    import_all(folder, lambda _: None)


def updated(folder: Path) -> None:
    import_all(folder, lambda _: None, update=True)


def undone(folder: Path, tell: Tell) -> None:
    """Undo the import, which is the last thing done."""
    desk = opened(desk_in(folder))
    tell(None)
    with desk.request(REQUEST):
        tell(undo(desk)["bookings"])
    desk.close()


# -- the sweep


def much_due(desk: Desk) -> None:
    """Something of everything is due, except a backup: one offer, two claims, one answer, and so on."""
    for key, value in (("offer_minutes", "110"), ("contact_hours", "1"), ("backup_daily", "off")):
        set_to(key, value)(desk)
    with desk.earlier(timedelta(minutes=100)):
        for number in SILENT:
            bookings.claim(desk, number, holder(desk, number))
    with desk.earlier(timedelta(minutes=60)):  # or else it would be due again as soon as it is released
        bookings.reassign(desk, work.CLAIMED, 1, "quiet day")
    with desk.earlier(timedelta(minutes=50)):
        for number in (work.CLAIMED, *work.MORE_PENDING, *OTHERS):
            bookings.claim(desk, number, holder(desk, number))
    with desk.earlier(timedelta(minutes=45)):
        offers_and_claims.ask(desk, work.CLAIMED)
    uneven(desk)
    for key, value in (("shuffle_seconds", "60"), ("dwell_minutes", "0")):
        set_to(key, value)(desk)
    with desk.earlier(timedelta(minutes=30)):
        open_issue(desk, tier="enterprise")
    break_due(desk)


def swept(folder: Path, tell: Tell) -> None:
    desk = opened(desk_in(folder))
    tell(None)
    sweep(desk)
    tell("swept")
    desk.close()


def swept_and_copied(folder: Path, tell: Tell) -> None:
    desk = opened(desk_in(folder))
    tell(None)
    tell(sweep_and_back_up(desk)["backup_problem"])
    desk.close()


# -- copies


def copy_of_earlier(folder: Path) -> None:
    """A backup made an hour ago, and work done since."""

    def copy(desk: Desk) -> None:
        with desk.earlier(timedelta(hours=1)):
            backup.backup(desk, folder / "copy.db")

    with_desk(folder, copy)
    with_desk(folder, several(lead, lambda desk: bookings.note(desk, work.PENDING, "later")))


def copied(folder: Path, tell: Tell) -> None:
    desk = opened(desk_in(folder))
    tell(None)
    tell(backup.backup(desk, folder / "copy.db", force=True))
    desk.close()


def copy_alone(folder: Path) -> None:
    with_desk(folder, lambda desk: backup.backup(desk, folder / "copy.db"))
    without_desk(folder)


def restored(folder: Path, tell: Tell) -> None:
    tell(None)
    done = restore.restore(opened, file_in(folder), folder / "copy.db", request_id=REQUEST)
    tell({"event_id": done["event_id"], "last_event": done["last_event"]})


# -- upgrades


def old_desk(folder: Path) -> None:
    """A desk made by the first migration alone, with two customers and a booking."""
    file_in(folder).unlink()
    first = folder / "first" / "migrations"
    first.mkdir(parents=True)
    shutil.copy(MIGRATIONS / "0001_desk.py", first)
    # this process makes the old desk and ends
    engine.MIGRATIONS, engine.SCHEMA_VERSION = first, 1
    opened(file_in(folder), create=True).close()
    with closing(sqlite3.connect(file_in(folder))) as connection:
        connection.executescript(ROWS)
    shutil.rmtree(first.parent)


def upgraded(folder: Path, tell: Tell) -> None:
    tell(None)
    desk = opened(desk_in(folder))
    tell("upgraded")
    desk.close()


def _each(*steps: Any) -> Any:
    def prepare(folder: Path) -> None:
        for step in steps:
            step(folder)

    return prepare


def no_settings(*keys: str) -> Callable[[Dump], Dump]:
    """Leave out values that are random, or that only tell when something was tried."""

    def left_out(dump: Dump) -> Dump:
        return dump | {"settings": [row for row in dump.get("settings", []) if row[0] not in keys]}

    return left_out


def first_names(dump: Dump) -> Dump:
    """The copy of the desk before a restore gets another name if a killed one has left a copy there."""

    def plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(SECOND_NAME.sub(r"\1.db", one) if isinstance(one, str) else one for one in row)

    # the name is in the event's fingerprint, too
    events = [
        (*row[:FINGERPRINT], *row[FINGERPRINT + 1 :]) if row[COMMAND] == "desk.restore" else row
        for row in map(plain, dump.get("events", []))
    ]
    return dump | {"settings": list(map(plain, dump.get("settings", []))), "events": events}


def batch_at_work(folder: Path, tell: Tell, *, as_a_whole: bool = False) -> None:
    """Run a batch, each command in a transaction of its own or all in one."""
    desk = opened(desk_in(folder))
    tell(None)
    acts = batch_of(desk)
    running = Batch(desk, [str(number) for number in range(len(acts))], REQUEST)
    with desk.transaction() if as_a_whole else nullcontext():
        answers = []
        for number, act in enumerate(acts, start=1):
            with running.part(number):
                answers.append(act())
    tell(answers)
    desk.close()


IN_PARTS: dict[str, Kind] = {
    "batch": Kind(prepared_already, batch_at_work, in_parts=True),
    "batch as a whole": Kind(prepared_already, partial(batch_at_work, as_a_whole=True)),
    "file of leads": Kind(partial(write_leads, lines=120), take_in_file, in_parts=True),
    "short file of leads": Kind(partial(write_leads, lines=12), take_in_file, in_parts=True),
    "file of tickets": Kind(write_tickets, take_in_tickets, in_parts=True),
    "file of agents": Kind(write_agents, take_in_agents, in_parts=True),
    "file of rows with a phone": Kind(partial(write_callable_leads, lines=60), take_in_file, in_parts=True),
    "undo of a file of leads": Kind(_each(partial(write_leads, lines=60), taken_in), reversed_file),
    "redo of a file of leads": Kind(
        _each(partial(write_leads, lines=60), file_undone), partial(reversed_file, again=True)
    ),
    "file undone and added again": Kind(
        _each(partial(write_callable_leads, lines=60), file_undone), take_in_file, in_parts=True
    ),
    "import": Kind(write_history, import_all, in_parts=True),
    "import into a new desk": Kind(
        _each(without_desk, write_history), import_all, in_parts=True, left_out=no_settings("desk_id")
    ),
    "import of changes": Kind(
        _each(write_history, imported, write_changes), partial(import_all, update=True), in_parts=True
    ),
    "undo of changes": Kind(_each(write_history, imported, write_changes, updated), undone),
    "undo of an import": Kind(_each(write_history, imported), undone),
    "demo": Kind(
        without_desk, make_demo, answers_again=False, in_parts=True, left_out=no_settings("desk_id")
    ),
    "sweep": Kind(lambda folder: with_desk(folder, much_due), swept, in_parts=True),
    "sweep with a backup": Kind(
        prepared_already,
        swept_and_copied,
        in_parts=True,
        left_out=no_settings("backup_at", "backup_file", "backup_files", "backup_tried_at"),
        copies=("backups/*.db",),
    ),
    "backup": Kind(prepared_already, copied, answers_again=False, copies=("copy.db",)),
    "backup in place of another": Kind(copy_of_earlier, copied, answers_again=False, copies=("copy.db",)),
    "restore": Kind(copy_of_earlier, restored, left_out=first_names, copies=("copy.db", "backups/*.db")),
    "restore to where no desk is": Kind(copy_alone, restored, left_out=first_names, copies=("copy.db",)),
    "upgrade": Kind(old_desk, upgraded, left_out=no_settings("desk_id"), copies=("*.bak",)),
}
