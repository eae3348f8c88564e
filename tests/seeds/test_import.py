"""Import: rows written, rows quarantined and why, and no change when repeated."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, bookings, privacy, queries
from dispatch.bookings import editing
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations.row_types import ImportResult
from models.agents import Agent
from models.audit import ERASED_TEXT, Event
from models.bookings import Assignment, Booking
from models.customers import Customer, Lead
from models.errors import InvalidInput

Load = Callable[..., ImportResult]

COUNTS = ("agents", "assignments", "bookings")


def counts(result: ImportResult) -> tuple[int, ...]:
    return result["agents"], result["assignments"], result["bookings"]


def reasons(result: ImportResult) -> list[tuple[str, int | None, str]]:
    return [(remark["table"], remark["id"], remark["reason"]) for remark in result["quarantined"]]


def rows(desk: Desk) -> list[int]:
    with desk.reading():
        return [model.select().count() for model in (Agent, Customer, Lead, Assignment, Booking, Event)]


def test_three_rows_make_a_working_desk(desk: Desk, files: Any, load: Load) -> None:
    result = load(*files.three())

    assert counts(result) == (1, 1, 1)
    assert (result["quarantined"], result["flagged"]) == ([], [])
    with desk.reading():
        row, agent = queries.booking(1), queries.agent(1)
        prior = Agent.get_by_id(1)
    assert (row["customer_name"], row["agent_id"], row["status"]) == ("Kate Nguyen", 1, "Pending")
    assert (row["destination_revenue"], row["package_revenue"]) == (150000.0, 25000.5)
    assert row["created_at"] == row["changed_at"] == "2081-02-01 09:00:00"
    assert row["claimed_at"] is None
    assert (agent["load"], agent["rank"], agent["rating"], agent["capacity"]) == (1, 1, 4.5, 10)
    assert (agent["presence"], agent["department"]) == ("available", "Premium Bookings")
    assert (prior.prior_rating, prior.prior_answers) == (4.5, 20)


def test_an_imported_booking_can_be_worked_on(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three())
    bookings.claim(desk, 1, 1)
    bookings.confirm(desk, 1)

    with desk.reading():
        assert queries.agent(1)["load"] == 0


def test_the_run_is_one_event_with_its_actor_before_the_rows(desk: Desk, files: Any, load: Load) -> None:
    load(*files.three())

    with desk.reading():
        trips, people, event = event_log.events()
        made = [json.loads(Event.get_by_id(part["event_id"]).after or "") for part in (people, trips)]
    assert (event["command"], event["actor"]) == ("import", "kim")
    assert event["detail"]["files"] == ["bookings.sql", "assignment_history.sql", "space_travel_agents.sql"]
    assert [event["detail"][kind] for kind in COUNTS] == [1, 1, 1]
    assert people["detail"] == {"head": 1, "agents": 1, "assignments": 0, "bookings": 0}
    assert trips["detail"] == {"head": 1, "agents": 0, "assignments": 1, "bookings": 1, "last": True}
    assert made == [
        {"space_travel_agents:1": {}},
        {"customers:1": {}, "new_customer:1": {}, "assignment_history:1": {}, "bookings:1": {}},
    ]
    assert (trips["before"], trips["after"]) == ({}, {}), "the log shows the numbers only"


def test_a_dry_run_reports_the_same_and_writes_nothing(desk: Desk, files: Any, load: Load) -> None:
    paths = files.three(agent={"YearsOfService": -1})
    before = rows(desk)

    preview = load(*paths, dry_run=True)

    assert rows(desk) == before == [0] * 6
    assert preview == load(*paths)


def test_agents_alone_are_valid(desk: Desk, files: Any, load: Load) -> None:
    assert counts(load(files.sql("space_travel_agents"))) == (1, 0, 0)


def test_waiting_bookings_go_to_imported_agents(
    desk: Desk, files: Any, load: Load, add_lead: Callable[..., Any]
) -> None:
    waiting = add_lead()
    assert waiting["agent_id"] is None

    load(files.sql("space_travel_agents"))

    with desk.reading():
        assert queries.booking(waiting["booking_id"])["agent_id"] == 1
        assert queries.agent(1)["load"] == 1


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_with_either_kind_of_column_name(files: Any, load: Load, separator: str) -> None:
    lines = [
        [
            "agent_id",
            "first_name",
            "last_name",
            "job_title",
            "department",
            "license_number",
            "Years Of Service",
            "rating",
        ],
        ["1", "Ada", "'Byron'", "Space Travel Agent", "Premium Bookings", "", "7", "4.5"],
    ]
    path = files.text("\ufeff" + "\r\n".join(separator.join(line) for line in lines))

    assert counts(load(path)) == (1, 0, 0)


def test_csv_rows_keep_their_physical_line(files: Any, load: Load) -> None:
    head = "AssignmentID,AgentID,CustomerName,CommunicationMethod,LeadSource,AssignedDateTime\n"
    good = '1,1,"Kate ""K"" Nguyen, Ltd",Text,Organic,2081-02-01\n\n'
    result = load(
        files.sql("space_travel_agents"),
        files.text(
            head
            + good
            + '2,1,"two\nlines",Text,Organic,2081-02-01\n3,1,too,few\n4,9,NULL,Text,Bought,2081-02-01',
            "a.csv",
        ),
    )

    assert result["assignments"] == 1
    assert [(remark["row"], remark["line"], remark["id"]) for remark in result["quarantined"]] == [
        (2, 4, 2),
        (3, 6, 3),
        (4, 7, 4),
    ]
    assert result["quarantined"][2]["reason"] == "no agent 9"


def test_jsonl_may_hold_several_tables(desk: Desk, files: Any, load: Load) -> None:
    agent = {
        "agent_id": 1,
        "first_name": "Ada",
        "last_name": "Byron",
        "job_title": "Space Travel Agent",
        "department_name": "Luxury Voyages",
        "years_of_service": 3,
    }
    assignment = {
        "assignment_id": 1,
        "agent_id": 1,
        "customer_name": "Kate",
        "communication_method": "Text",
        "lead_source": "Bought",
        "assigned_date_time": "2081-02-01T09:00:00",
    }
    booking = {
        "booking_id": 1,
        "assignment_id": 1,
        "destination": "Venus",
        "launch_location": "Tokyo Spaceport Terminal",
        "destination_revenue": 130000.1,
        "booking_status": "Pending",
    }
    broken = ['{"booking_id": 2, "assignment_id": [1]}', "{oops", "[1]", '{"a":' + "[" * 5000]
    text = "\n".join([*map(json.dumps, (agent, assignment, booking)), *broken, ""])

    result = load(files.text(text))

    assert counts(result) == (1, 1, 1)
    assert [remark["line"] for remark in result["quarantined"]] == [4, 5, 6, 7]
    with desk.reading():
        assert queries.booking(1)["destination_revenue"] == 130000.1
        assert queries.agent(1)["rating"] == 0


AGENT_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"AgentID": 0}, "not a valid agent id"),
    ({"AgentID": "1_0"}, "not a valid agent id"),
    ({"AgentID": None}, "agent id is required"),
    ({"AgentID": 2**40}, "not a valid agent id"),
    ({"FirstName": "x" * 101}, "has 101 characters"),
    ({"FirstName": "a\u202eb"}, "control character U+202E"),
    ({"LastName": " "}, "last name is required"),
    ({"LastName": "a\x1bb"}, "control character U+001B"),
    ({"Email": "nobody"}, "not an e-mail address"),
    ({"JobTitle": "Pilot"}, "not an accepted job title"),
    ({"DepartmentName": "Sales"}, "not an accepted department"),
    ({"YearsOfService": "many"}, "not a valid years of service"),
    ({"YearsOfService": None}, "years of service is required"),
    ({"YearsOfService": -1}, "not a valid years of service"),
    ({"AverageCustomerServiceRating": "NaN"}, "not a valid rating"),
    ({"AverageCustomerServiceRating": 5.1}, "not a valid rating"),
]


@pytest.mark.parametrize(("change", "reason"), AGENT_FAULTS)
def test_a_bad_agent_is_quarantined_with_what_depends_on_it(
    desk: Desk, files: Any, load: Load, change: dict[str, Any], reason: str
) -> None:
    result = load(*files.three(agent=change))

    assert counts(result) == (0, 0, 0)
    booking, assignment, agent = reasons(result)
    assert reason in agent[2]
    assert assignment[2] in ("its agent 1 was rejected", "no agent 1")
    assert booking[2] == "its assignment 1 was rejected"
    assert rows(desk)[:5] == [0] * 5


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"AssignmentID": "x"}, "not a valid assignment id"),
        ({"AgentID": 9}, "no agent 9"),
        ({"CustomerName": None}, "customer name is required"),
        ({"CommunicationMethod": "Fax"}, "accepted: Phone Call, Text"),
        ({"LeadSource": "organics"}, "accepted: Bought, Organic"),
        ({"AssignedDateTime": "01/02/2081"}, "is 1 February 2081 or 2 January 2081"),
        ({"AssignedDateTime": "2081-02-30 09:00:00"}, "not a valid assigned date time"),
        ({"AssignedDateTime": "2081-02-03 09:60:00"}, "not a valid assigned date time"),
        ({"AssignedDateTime": None}, "assigned date time is required"),
    ],
)
def test_a_bad_assignment_is_quarantined_with_its_booking(
    files: Any, load: Load, change: dict[str, Any], reason: str
) -> None:
    result = load(*files.three(assignment=change))

    assert counts(result) == (1, 0, 0)
    assert [table for table, _, _ in reasons(result)] == ["bookings", "assignments"]
    assert reason in reasons(result)[1][2]


DATE = "2081-02-02 10:00:00"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"BookingID": -1}, "not a valid booking id"),
        ({"AssignmentID": 2}, "no assignment 2"),
        ({"Destination": "Pluto"}, "not an accepted destination"),
        ({"LaunchLocation": "Berlin"}, "not an accepted launch location"),
        ({"Package": "Ringside Cruise"}, "not a package of Mars"),
        ({"DestinationRevenue": "-1"}, "out of range"),
        ({"DestinationRevenue": "NaN"}, "not a destination revenue"),
        ({"DestinationRevenue": "1e999999"}, "not a destination revenue"),
        ({"PackageRevenue": "0.005"}, "not a package revenue"),
        ({"TotalRevenue": "1"}, "not the sum"),
        ({"BookingStatus": "Lost"}, "accepted: Pending, Confirmed, Cancelled"),
        ({"BookingStatus": None}, "booking status is required"),
        ({"BookingStatus": "Confirmed"}, "Confirmed without a booking complete date"),
        ({"BookingStatus": "Cancelled"}, "Cancelled without a cancelled date"),
        ({"BookingCompleteDate": DATE}, "Pending with a booking complete date"),
        ({"CancelledDate": DATE}, "Pending with a cancelled date"),
        (
            {"BookingStatus": "Confirmed", "BookingCompleteDate": DATE, "CancelledDate": DATE},
            "with a cancelled date",
        ),
        (
            {"BookingStatus": "Confirmed", "BookingCompleteDate": DATE, "Package": None},
            "Confirmed without its package",
        ),
        ({"BookingStatus": "Confirmed", "BookingCompleteDate": "soon"}, "not a valid booking complete date"),
    ],
)
def test_a_bad_booking_is_quarantined_alone(
    files: Any, load: Load, change: dict[str, Any], reason: str
) -> None:
    result = load(*files.three(booking=change))

    assert counts(result) == (1, 1, 0)
    ((table, _, message),) = reasons(result)
    assert table == "bookings"
    assert reason in message


def test_an_outcome_before_its_assignment_is_flagged_and_imported(desk: Desk, files: Any, load: Load) -> None:
    early = {"BookingStatus": "Cancelled", "CancelledDate": "2081-01-31 10:00:00"}

    result = load(*files.three(booking=early))

    assert counts(result) == (1, 1, 1)
    (flag,) = result["flagged"]
    assert (flag["table"], flag["row"], flag["line"], flag["id"]) == ("bookings", 1, 2, 1)
    with desk.reading():
        row = queries.booking(1)
        assert row["date_fault"] == flag["reason"]
        assert row["changed_at"] == "2081-02-01 09:00:00"
        assert queries.agent(1)["load"] == 0


def test_the_second_row_with_an_id_or_licence_is_quarantined(files: Any, load: Load) -> None:
    people = files.sql(
        "space_travel_agents",
        {},
        {"FirstName": "Eva"},
        {"AgentID": 2},
        {"AgentID": 3, "SpaceLicenseNumber": None},
    )
    leads = files.sql("assignment_history", {}, {"CustomerName": "Other"}, {"AssignmentID": 2, "AgentID": 2})
    trips = files.sql("bookings", {}, {}, {"BookingID": 2}, {"BookingID": 3, "AssignmentID": 2})

    result = load(people, leads, trips)

    assert counts(result) == (2, 1, 1)
    assert [
        (table, number, reason.split(str(people.parent))[0]) for table, number, reason in reasons(result)
    ] == [
        ("agents", 1, "duplicate id, first used in line 2 of "),
        ("agents", 2, "the licence number L-1 already belongs to agent 1"),
        ("assignments", 1, "duplicate id, first used in line 2 of "),
        ("assignments", 2, "its agent 2 was rejected"),
        ("bookings", 1, "duplicate id, first used in line 2 of "),
        ("bookings", 2, "assignment 1 already has booking 1"),
        ("bookings", 3, "its assignment 2 was rejected"),
    ]


def test_a_second_import_changes_nothing_despite_later_work(desk: Desk, files: Any, load: Load) -> None:
    paths = files.three()
    load(*paths)
    agents.change(desk, 1, first_name="Augusta", years=20)
    editing.edit(desk, 1, name="Kate Smith", destination="Venus", package="Cloud City Excursion")
    bookings.cancel(desk, 1, "changed plans")
    before = rows(desk)

    again = load(*paths)

    assert counts(again) == (0, 0, 0)
    assert again["unchanged"] == {"agents": 1, "assignments": 1, "bookings": 1}
    assert again["quarantined"] == []
    assert rows(desk) == before
    with desk.reading():
        assert queries.booking(1)["status"] == "Cancelled"
        assert queries.agent(1)["load"] == 0


def test_rows_with_ids_already_on_the_desk_are_quarantined(
    desk: Desk, files: Any, load: Load, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    add_agent("Grace", last_name="Hopper", license="L-9")
    add_lead()

    result = load(
        *files.three(),
        files.sql("space_travel_agents", {"AgentID": 2, "SpaceLicenseNumber": "L-9"}, name="more.sql"),
    )

    assert counts(result) == (0, 0, 0)
    assert reasons(result) == [
        ("bookings", 1, "its assignment 1 was rejected"),
        ("assignments", 1, "the id belongs to another assignment on the desk"),
        ("agents", 1, "the id belongs to another agent on the desk"),
        ("agents", 2, "the licence number L-9 already belongs to agent 1"),
    ]


def test_bookings_may_come_in_a_later_run(desk: Desk, files: Any, load: Load) -> None:
    trips, leads, people = files.three()
    assert counts(load(people, leads)) == (1, 1, 0)
    with desk.reading():
        assert Lead.get_by_id(1).destination is None

    result = load(trips)

    assert counts(result) == (0, 0, 1)
    with desk.reading():
        lead = Lead.get_by_id(1)
        assert (lead.destination, lead.launch_location) == ("Mars", "Sydney Stellar Port")
        assert queries.agent(1)["load"] == 1
        assert queries.booking(1)["created_at"] == "2081-02-01 09:00:00"


def test_nothing_is_imported_for_a_customer_who_was_erased(desk: Desk, files: Any, load: Load) -> None:
    trips, leads, people = files.three()
    load(people, leads)
    privacy.forget(desk, 1)

    result = load(trips, leads, people)

    assert counts(result) == (0, 0, 0)
    assert result["unchanged"] == {"agents": 1, "assignments": 1, "bookings": 0}
    assert [row["reason"] for row in result["quarantined"]] == ["the customer of its assignment 1 was erased"]
    with desk.reading():
        assert Customer.get_by_id(1).name == ERASED_TEXT


def test_a_pending_booking_of_an_agent_who_left_is_quarantined(desk: Desk, files: Any, load: Load) -> None:
    trips, leads, people = files.three()
    load(people)
    agents.leave(desk, 1)

    result = load(trips, leads)

    assert counts(result) == (0, 1, 0)
    assert reasons(result) == [("bookings", 1, "it is Pending, but agent 1 has left")]


def test_a_stopped_run_is_completed_by_the_next(
    desk: Desk, files: Any, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seeds.importing.importer.BATCH_ROWS", 2)
    numbers = range(1, 10)
    paths = [
        files.sql("space_travel_agents"),
        files.sql("assignment_history", *({"AssignmentID": n} for n in numbers)),
        files.sql("bookings", *({"AssignmentID": n, "BookingID": n} for n in numbers)),
    ]

    def stop(done: int, total: int, what: str) -> None:
        if what == "writing" and done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(*paths, progress=stop)
    with desk.reading():
        assert queries.agent(1)["load"] == 4
        assert queries.count_totals().drift == ()

    result = load(*paths)

    assert counts(result) == (0, 5, 5)
    assert result["unchanged"] == {"agents": 1, "assignments": 4, "bookings": 4}
    with desk.reading():
        assert queries.agent(1)["load"] == 9


def test_progress_ends_at_the_number_of_rows(files: Any, load: Load) -> None:
    heard: list[tuple[int, int, str]] = []

    load(*files.three(), progress=lambda *step: heard.append(step))

    assert heard[-1] == (1, 1, "writing")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"a\0b", "not a text file"),
        (b"PK\x03\x04 xl/workbook.xml", "an Excel workbook"),
        ("AgentID,Forest\n".encode("utf-16"), "unknown columns"),
        (b"AgentID\n1\nJos\xe9\n", "unknown columns"),
        ("AgentID\nZoë\nJos".encode() + b"\xe9\n", "line 3 is not UTF-8"),
        (b"name,method\nKate,Text\n", "unknown columns"),
        (b"name,destination\nKate,Mars\n", "look like those of leads"),
        (b"BookingID,AssignmentID\n1,1\n", "no column BookingCompleteDate"),
        (b'{"booking_id": 1}\n', "no column AssignmentID"),
        (b'{"name": "Kate"}\n', "unknown columns"),
        (b'[{"booking_id": 1}]', "no column AssignmentID"),
        (b'[{"booking_id": 1', "cut off"),
        (
            b'AssignmentID,AgentID,CustomerName,CommunicationMethod,LeadSource,AssignedDateTime\n1,1,"Ka',
            "line 2",
        ),
        (
            b"AssignmentID,AgentID,CustomerName,CommunicationMethod,LeadSource,AssignedDateTime\n1,1,Ka",
            "cut off",
        ),
        (b'{"assignment_id": 1, "agent_id": 1, "customer_na', "cut off"),
        (b"INSERT INTO bookings (BookingID) VALUES (1);", "no column AssignmentID"),
        (b"-- nothing else", "no INSERT INTO"),
    ],
)
def test_a_file_that_cannot_be_read_stops_everything(
    desk: Desk, files: Any, load: Load, content: bytes, problem: str
) -> None:
    bad = files.text(content, "bad.txt")

    with pytest.raises(InvalidInput, match=r"bad\.txt: ") as caught:
        load(files.sql("space_travel_agents"), bad)

    assert problem in caught.value.message
    assert caught.value.hint
    assert rows(desk) == [0] * 6


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path, load: Load) -> None:
    with pytest.raises(InvalidInput, match="no such file"):
        load(tmp_path / "none.csv")
    with pytest.raises(InvalidInput, match="folder"):
        load(tmp_path)
    with pytest.raises(InvalidInput, match="no file given"):
        load()


def test_statements_of_a_hostile_file_are_reported_and_never_executed(
    desk: Desk, files: Any, load: Load
) -> None:
    load(*files.three())
    hostile = files.text(
        "DROP TABLE bookings; DELETE FROM space_travel_agents;\n"
        + files.sql(
            "space_travel_agents",
            {"AgentID": 2, "FirstName": "'); DROP TABLE bookings; --", "SpaceLicenseNumber": "L-2"},
        ).read_text()
    )

    result = load(hostile)

    assert counts(result) == (1, 0, 0)
    assert [(row["line"], row["statement"]) for row in result["passed_over"]] == [(1, "DELETE")]
    assert rows(desk)[:5] == [2, 1, 1, 1, 1]
