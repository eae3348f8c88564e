"""Rows that have changed since their import: told by column, applied by the desk's rules, or in conflict."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, bookings, privacy, queries
from dispatch.agents import presence
from dispatch.bookings import editing
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations import doctor, import_record
from dispatch.operations.row_types import ImportResult
from dispatch.operations.undo import redo, undo
from models.agents import Agent
from models.audit import Event
from models.bookings import Assignment, Booking
from models.customers import Customer, Lead
from screens.app.import_files import preview
from screens.wording.events import describe_undo
from seeds.bulk_writer import write_all

Load = Callable[..., ImportResult]

CONFIRMED = {"BookingStatus": "Confirmed", "BookingCompleteDate": "2081-03-01 09:00:00"}
CANCELLED = {"BookingStatus": "Cancelled", "CancelledDate": "2081-03-02 10:00:00"}
NO_TOTAL = {"TotalRevenue": None}
BOB = {"AgentID": 2, "FirstName": "Bob", "LastName": "Low", "SpaceLicenseNumber": "L-2"}
NOTHING = {"agents": 0, "assignments": 0, "bookings": 0}


def changes(result: ImportResult, key: str = "different") -> list[tuple[str, int, dict[str, list[Any]]]]:
    return [(row["kind"], row["id"], row["changes"]) for row in result[key]]  # type: ignore[literal-required]


def assert_sound(desk: Desk) -> None:
    with desk.reading():
        report = doctor.examine(desk)
    assert [row for row in report["checks"] if not (row["ok"] or row["warning"])] == []
    assert [row for row in report["checks"] if row["check"] == "imports" and not row["ok"]] == []


def stored(desk: Desk, model: Any, number: int) -> dict[str, Any]:
    with desk.reading():
        return dict(model.get_by_id(number).__data__)


def test_changed_rows_are_told_by_column_and_left_alone(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three())
    with desk.reading():
        before = Event.select().count()

    changed = files.three(
        agent={"YearsOfService": 8, "AverageCustomerServiceRating": 4.75, "Email": None},
        assignment={"CustomerName": "Kate Smith"},
        booking=CONFIRMED | {"PackageRevenue": "26000", "TotalRevenue": None},
    )
    result = load(*changed)

    assert result["unchanged"] == result["updated"] == NOTHING
    assert changes(result) == [
        (
            "bookings",
            1,
            {
                "status": ["Pending", "Confirmed"],
                "package_revenue": [25000.5, 26000.0],
                "completed_at": [None, "2081-03-01 09:00:00"],
            },
        ),
        ("assignments", 1, {"customer_name": ["Kate Nguyen", "Kate Smith"]}),
        (
            "agents",
            1,
            {"email": ["ada@example.com", None], "years_of_service": [7, 8], "rating": [4.5, 4.75]},
        ),
    ]
    assert result["different"][0]["file"] == str(changed[0])
    assert (result["different"][0]["row"], result["different"][0]["line"]) == (1, 2)
    with desk.reading():
        assert Event.select().count() == before


def test_the_application_shows_what_has_changed_before_it_imports(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three())
    agents.change(desk, 1, years=20)
    trips, _, people = files.three(agent={"YearsOfService": 8}, booking={"PackageRevenue": "1"} | NO_TOTAL)
    told = preview(load(trips, people, dry_run=True))
    assert told.splitlines()[1:-1] == [
        "1 changed in the files: astra import --update applies it:",
        "  bookings.sql, row 1: booking 1: package revenue 25,000.50 here, 1.00 in the file",
        "1 changed in the files and on the desk; they stay as they are:",
        "  space_travel_agents.sql, row 1: agent 1: years of service 20 here, 8 in the file",
    ]


def test_changes_are_applied_as_the_desk_would(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three())
    changed = files.three(
        agent={"YearsOfService": 8, "AverageCustomerServiceRating": 4.75, "ManagerName": None},
        assignment={"CustomerName": "Kate Smith"},
        booking=CONFIRMED,
    )

    result = load(*changed, update=True)

    assert (result["conflicts"], result["quarantined"]) == ([], [])
    assert result["updated"] == {"agents": 1, "assignments": 1, "bookings": 1}
    with desk.reading():
        row, agent = queries.booking(1), queries.agent(1)
        assert Customer.get_by_id(1).name == Lead.get_by_id(1).customer_name == "Kate Smith"
    assert (row["status"], row["completed_at"]) == ("Confirmed", "2081-03-01 09:00:00")
    assert (row["customer_name"], agent["load"], agent["rating"]) == ("Kate Smith", 0, 4.75)
    assert (agent["years_of_service"], stored(desk, Agent, 1)["manager_name"]) == (8, None)
    assert_sound(desk)
    again = load(*changed, update=True)
    assert (again["unchanged"], again["different"]) == ({"agents": 1, "assignments": 1, "bookings": 1}, [])


def test_terms_are_corrected_with_what_is_counted_by_them(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three(booking=CONFIRMED))
    load(
        files.sql("assignment_history", {"LeadSource": "Bought", "CommunicationMethod": "Phone Call"}),
        update=True,
    )
    for model in (Lead, Assignment):
        row = stored(desk, model, 1)
        assert (row["method"], row["source"]) == ("Phone Call", "Bought")
    assert_sound(desk)


def test_a_cancelled_booking_has_the_date_of_the_file(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three())
    bookings.claim(desk, 1, 1)
    load(files.sql("bookings", CANCELLED), update=True)
    row = stored(desk, Booking, 1)
    assert (row["status"], row["cancelled_at"]) == ("Cancelled", "2081-03-02 10:00:00")
    assert row["cancel_reason"] == "an imported file says so"
    assert stored(desk, Agent, 1)["load"] == 0
    assert_sound(desk)


@pytest.mark.parametrize("last", [{}, CONFIRMED, CANCELLED])
@pytest.mark.parametrize("first", [{}, CONFIRMED, CANCELLED])
def test_a_booking_may_go_from_any_status_to_any_other_and_back(
    desk: Desk, files: Any, load: Load, first: dict[str, Any], last: dict[str, Any]
) -> None:
    load(*files.three(booking=first))
    before = stored(desk, Booking, 1)
    later = last | {"Destination": "Venus", "Package": "Cloud City Excursion"}
    load(files.sql("bookings", later), update=True)
    with desk.reading():
        row = queries.booking(1)
        assert queries.agent(1)["load"] == (row["status"] == "Pending")
    assert (row["status"], row["destination"]) == (last.get("BookingStatus", "Pending"), "Venus")
    assert_sound(desk)
    undo(desk)
    after = stored(desk, Booking, 1)
    assert {**after, "version": 0, "changed_at": ""} == {**before, "version": 0, "changed_at": ""}
    assert_sound(desk)


def test_another_agent_of_the_file_gets_the_booking(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three(), files.sql("space_travel_agents", BOB, name="bob.sql"))
    result = load(
        files.sql("assignment_history", {"AgentID": 2}), files.sql("bookings", CONFIRMED), update=True
    )
    assert changes(result)[0] == ("assignments", 1, {"agent_id": [1, 2]})
    assert stored(desk, Assignment, 1)["agent_id"] == stored(desk, Booking, 1)["agent_id"] == 2
    assert [stored(desk, Agent, number)["load"] for number in (1, 2)] == [0, 0]
    assert load(*files.three(assignment={"AgentID": 2}, booking=CONFIRMED))["different"] == []
    assert_sound(desk)


TO_TITAN = {"Destination": "Titan", "Package": "Ringside Cruise"}


@pytest.mark.parametrize("claims", [False, True], ids=["unclaimed", "claimed"])
def test_an_agent_whom_a_changed_trip_does_not_suit_is_told(
    desk: Desk, files: Any, load: Load, add_agent: Any, claims: bool
) -> None:
    """As by a single edit: unclaimed work goes on to one whom it suits, claimed work stays."""
    load(*files.three())
    agents.change(desk, 1, skills="Mars")
    add_agent("Bob")
    if claims:
        bookings.claim(desk, 1, 1)
    result = load(*files.three(booking=TO_TITAN), update=True)
    name = stored(desk, Agent, 1)["first_name"]
    (remark,) = result["unsuited"]
    assert (remark["table"], remark["id"]) == ("bookings", 1)
    assert remark["reason"].startswith(name)
    assert remark["reason"].endswith("does not cover Titan")
    assert (result["quarantined"], result["flagged"], result["updated"]["bookings"]) == ([], [], 1)
    assert stored(desk, Booking, 1)["agent_id"] == (1 if claims else 2)
    with desk.reading():
        event = event_log.events(booking_id=1)[0]
    assert event["detail"]["unsuited"] == remark["reason"]
    assert load(*files.three(), update=True)["unsuited"] == []
    assert_sound(desk)


def test_what_a_rule_forbids_is_rejected_alone(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three(), files.sql("space_travel_agents", BOB, name="bob.sql"))
    result = load(
        files.sql("space_travel_agents", {"SpaceLicenseNumber": "L-2"}, BOB | {"YearsOfService": 9}),
        update=True,
    )
    assert [row["reason"] for row in result["quarantined"]] == ["licence L-2 belongs to Bob Low (2)"]
    assert result["updated"] == {"agents": 1, "assignments": 0, "bookings": 0}
    bookings.claim(desk, 1, 1)
    bookings.confirm(desk, 1)
    result = load(files.sql("assignment_history", {"AgentID": 2}), update=True)
    assert "booking 1 is already confirmed" in result["quarantined"][0]["reason"]
    assert stored(desk, Assignment, 1)["agent_id"] == 1
    assert_sound(desk)


def test_what_only_the_desk_has_changed_is_no_difference(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three())
    agents.change(desk, 1, first_name="Augusta", last_name="King", license="L-7", years=20)
    editing.edit(desk, 1, name="Kate Smith", method="Phone Call", source="Bought", package_revenue=3)
    bookings.cancel(desk, 1, "changed plans")
    result = load(*files.three(), update=True)
    assert result["unchanged"] == {"agents": 1, "assignments": 1, "bookings": 1}
    assert (result["different"], result["conflicts"], result["quarantined"]) == ([], [], [])


def test_a_row_changed_on_both_sides_is_a_conflict_and_stays(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three())
    agents.change(desk, 1, years=20)
    bookings.cancel(desk, 1, "changed plans")
    at = stored(desk, Booking, 1)["cancelled_at"]
    result = load(
        *files.three(agent={"YearsOfService": 8, "DepartmentName": "Luxury Voyages"}, booking=CONFIRMED),
        update=True,
    )
    assert changes(result, "conflicts") == [
        (
            "bookings",
            1,
            {
                "status": ["Cancelled", "Confirmed"],
                "completed_at": [None, "2081-03-01 09:00:00"],
                "cancelled_at": [at, None],
            },
        ),
        ("agents", 1, {"department": ["Premium Bookings", "Luxury Voyages"], "years_of_service": [20, 8]}),
    ]
    assert (result["updated"], result["different"]) == (NOTHING, [])
    assert stored(desk, Booking, 1)["status"] == "Cancelled"
    assert stored(desk, Agent, 1)["years_of_service"] == 20


def test_what_both_sides_have_changed_alike_is_no_matter(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three())
    agents.change(desk, 1, years=8)
    result = load(files.sql("space_travel_agents", {"YearsOfService": 8, "LastName": "King"}), update=True)
    assert result["conflicts"] == []
    assert stored(desk, Agent, 1)["last_name"] == "King"


def test_a_change_that_was_undone_at_the_desk_does_not_count(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three())
    agents.change(desk, 1, years=20)
    undo(desk)
    redo(desk)
    undo(desk)
    result = load(files.sql("space_travel_agents", {"YearsOfService": 8}), update=True)
    assert result["updated"]["agents"] == 1


def test_work_that_an_undo_gave_to_somebody_else_is_the_desks_change(
    desk: Desk, files: Any, load: Load
) -> None:
    trips, leads, people = files.three()
    load(people, files.sql("space_travel_agents", BOB, name="bob.sql"))
    presence.set_presence(desk, 1, "away")
    load(trips, leads)
    presence.set_presence(desk, 1, "available")
    assert stored(desk, Booking, 1)["agent_id"] == 1
    undo(desk)
    assert stored(desk, Booking, 1)["agent_id"] == 2
    result = load(leads, update=True)
    assert (result["unchanged"]["assignments"], result["different"]) == (1, [])


def test_an_applied_change_is_what_the_next_file_is_compared_with(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three())
    for years in (8, 9):
        assert load(files.sql("space_travel_agents", {"YearsOfService": years}), update=True)["updated"] == (
            NOTHING | {"agents": 1}
        )
    agents.change(desk, 1, years=30)
    result = load(files.sql("space_travel_agents", {"YearsOfService": 9}), update=True)
    assert (result["unchanged"]["agents"], result["conflicts"]) == (1, [])
    result = load(files.sql("space_travel_agents", {"YearsOfService": 7}), update=True)
    assert changes(result, "conflicts") == [("agents", 1, {"years_of_service": [30, 7]})]


def test_changes_are_undone_with_their_import_and_can_be_applied_again(
    desk: Desk, files: Any, load: Load
) -> None:
    load(*files.three())
    file = files.sql("bookings", CONFIRMED, {"BookingID": 2, "AssignmentID": 2})
    lead = files.sql("assignment_history", {"AssignmentID": 2}, name="second.sql")
    load(file, lead, update=True)
    with desk.reading():
        commands = [row["command"] for row in event_log.events()]
    assert commands[:4] == ["import.rows", "import.change", "import.rows", "import"]

    done = undo(desk)

    assert (done["command"], done["bookings"], done["kept_events"]) == ("import", 1, [])
    assert stored(desk, Booking, 1)["status"] == "Pending"
    assert stored(desk, Booking, 2)["voided"]
    assert stored(desk, Agent, 1)["load"] == 1
    assert_sound(desk)
    alone = files.sql("bookings", CONFIRMED, name="alone.sql")
    for _ in range(2):
        assert load(alone, update=True)["updated"]["bookings"] == 1
        undo(desk)
    assert changes(load(alone))[0][2]["status"] == ["Pending", "Confirmed"]


def test_the_undo_keeps_changes_whose_rows_others_have_changed_since(
    desk: Desk, files: Any, load: Load
) -> None:
    load(*files.three())
    changed = files.three(agent={"YearsOfService": 8}, booking=CONFIRMED)
    load(*changed, update=True)
    with desk.reading():
        head = next(row for row in event_log.events() if row["command"] == "import")["event_id"]
    agents.change(desk, 1, years=20)

    done = undo(desk, head)

    assert done["kept_events"] == [head + 1]
    assert describe_undo(done) == "Undone: the import; 1 change with work since kept"
    assert stored(desk, Agent, 1)["years_of_service"] == 20
    assert stored(desk, Booking, 1)["status"] == "Pending"
    assert_sound(desk)


def test_work_does_not_go_back_to_somebody_away(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three())
    load(files.sql("bookings", CONFIRMED), update=True)
    presence.set_presence(desk, 1, "away")
    with desk.reading():
        head = next(row for row in event_log.events() if row["command"] == "import")["event_id"]
    assert undo(desk, head)["kept_events"] == [head + 1]
    assert stored(desk, Booking, 1)["status"] == "Confirmed"
    assert_sound(desk)


def test_one_change_can_be_undone_alone(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three())
    load(*files.three(agent={"YearsOfService": 8}, booking=CONFIRMED), update=True)
    with desk.reading():
        head = next(row for row in event_log.events() if row["command"] == "import")["event_id"]
    undo(desk, head + 1)
    assert stored(desk, Agent, 1)["years_of_service"] == 7
    assert undo(desk, head)["kept_events"] == []
    assert stored(desk, Booking, 1)["status"] == "Pending"
    assert_sound(desk)


def test_a_column_that_the_file_does_not_have_is_no_difference(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three())
    head = "AgentID,FirstName,LastName,JobTitle,DepartmentName,SpaceLicenseNumber,YearsOfService,"
    row = "1,Ada,Byron,Space Travel Agent,Premium Bookings,L-1,7,4.5"
    slim = files.text(f"{head}AverageCustomerServiceRating\n{row}\n", "slim.csv")
    assert load(slim)["unchanged"]["agents"] == 1
    lines = [
        json.dumps({"BookingID": 1, "AssignmentID": 1, "Destination": "Mars", "BookingStatus": "Pending"})
    ]
    short = files.text(lines[0][:-1] + ', "LaunchLocation": "Sydney Stellar Port"}\n', "short.jsonl")
    assert load(short)["unchanged"]["bookings"] == 1


@pytest.mark.parametrize("agent", [None, 2, 1])
def test_a_booking_that_names_another_agent_than_its_assignment_is_flagged(
    desk: Desk, files: Any, load: Load, agent: int | None
) -> None:
    trips, leads, _ = files.three(booking={"AgentID": agent})
    flagged = ["its agent is 2, but its assignment 1 has agent 1"] if agent == 2 else []
    for paths in ((files.sql("space_travel_agents", {}, BOB), trips, leads), (trips,)):
        assert [row["reason"] for row in load(*paths)["flagged"]] == flagged
    bookings.reassign(desk, 1, 2, "holidays")
    assert load(trips)["flagged"] == []
    assert [row["reason"] for row in load(trips, leads)["flagged"]] == flagged


def test_the_average_that_a_listing_shows_is_no_other_rating(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three(booking=CONFIRMED))
    bookings.rate(desk, 1, 1)
    with desk.reading():
        average = queries.agent(1)["rating"]
    assert average < 4.5
    for rating in (average, 4.5):
        result = load(files.sql("space_travel_agents", {"AverageCustomerServiceRating": rating}), update=True)
        assert result["unchanged"]["agents"] == 1


def test_rows_of_an_erased_customer_are_left_alone(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three(booking=CONFIRMED))
    privacy.forget(desk, 1)
    result = load(*files.three(assignment={"LeadSource": "Bought"}, booking=CANCELLED), update=True)
    assert result["unchanged"]["assignments"] == 1
    assert [row["reason"].split(" (")[0] for row in result["quarantined"]] == ["customer 1 was erased"]


def test_a_change_made_meanwhile_is_not_overwritten(
    desk: Desk, files: Any, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(*files.three())
    begin = import_record.begin

    def slowly(*given: Any) -> Any:
        agents.change(desk, 1, years=20)
        return begin(*given)

    monkeypatch.setattr(import_record, "begin", slowly)
    result = load(files.sql("space_travel_agents", {"YearsOfService": 8}), update=True)
    assert result["updated"] == NOTHING
    assert "changed meanwhile" in result["quarantined"][0]["reason"]
    assert stored(desk, Agent, 1)["years_of_service"] == 20


def test_the_challenge_again_says_that_all_is_unchanged(load: Load, challenge_data: Path) -> None:
    paths = sorted(challenge_data.glob("*.sql.txt"))
    load(*paths)
    again = load(*paths, update=True)
    assert again["unchanged"] == {"agents": 30, "assignments": 450, "bookings": 412}
    assert (again["different"], again["conflicts"], again["quarantined"]) == ([], [], [])


def test_an_interrupted_update_is_named_continued_and_one_act(
    desk: Desk, files: Any, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(*files.three())
    changed = files.three(agent={"YearsOfService": 8}, booking=CONFIRMED)
    with monkeypatch.context() as patch:
        patch.setattr("seeds.importing.importer.write_all", stop_at_the_end(write_all))
        with pytest.raises(KeyboardInterrupt):
            load(*changed, update=True)
    with desk.reading():
        report = doctor.examine(desk)
    (told,) = [row["detail"] for row in report["checks"] if row["check"] == "imports"]
    assert "2 of 2 changes are made" in told
    result = load(*changed)
    assert (result["resumed"], result["different"]) == (4, [])
    assert_sound(desk)
    undo(desk)
    assert stored(desk, Agent, 1)["years_of_service"] == 7
    assert stored(desk, Booking, 1)["status"] == "Pending"


def stop_at_the_end(write: Callable[..., None]) -> Callable[..., None]:
    def until_the_end(*given: Any, is_end: bool = True, **more: Any) -> None:
        if is_end:
            raise KeyboardInterrupt
        write(*given, is_end=is_end, **more)

    return until_the_end
