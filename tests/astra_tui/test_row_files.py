"""Files of rows on the command line: what is told of them, refused rows out and in again, exit codes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.astra_tui.conftest import Run, lead_line

Write = Callable[..., Path]

HEAD = "name,method,source,destination,launch"
REST = "Text,Organic,Mars,Tokyo Spaceport Terminal"
AGENTS = "AgentID,FirstName,LastName,JobTitle,DepartmentName,SpaceLicenseNumber,YearsOfService,Rating"
AGENT = "Holm,Space Travel Agent,Premium Bookings"


def names(astra: Run) -> list[str]:
    rows = astra("booking", "list", "--sort", "id", "--ascending", "--json").json
    return [row["customer_name"] for row in rows]


def test_how_a_file_is_read_is_told(staffed: Run, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    text = f"{HEAD}\r\nJörg Süß,{REST}\r\nAnn,{REST}\r\n".replace(",", ";")
    file.write_bytes(text.encode("cp1252"))
    ended = staffed("lead", "add", "--from", file)
    assert ended.err.splitlines() == [
        f"{file}: read as Windows-1252, as line 2 is not UTF-8",
        f"{file}: separator ;",
    ]
    assert names(staffed) == ["Jörg Süß", "Ann"]


def test_an_encoding_can_be_named(staffed: Run, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_bytes(f"{HEAD}\n名前,{REST}\n".encode("shift-jis"))
    ended = staffed("lead", "add", "--from", file, "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_file")
    assert "line 2 is not UTF-8" in ended.error["message"]
    assert "--encoding" in ended.error["hint"]
    ended = staffed("lead", "add", "--from", file, "--encoding", "shift-jsi", "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_encoding")
    assert "shift-jis" in ended.error["hint"]
    assert staffed("lead", "add", "--from", file, "--encoding", "shift-jis").code == 0
    assert names(staffed) == ["名前"]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([lead_line(name="Ann"), lead_line(name="Bob")], indent=2),
        json.dumps({"leads": [lead_line(name="Ann"), lead_line(name="Bob")], "count": 2}),
        f"CREATE TABLE people ({HEAD});\nINSERT INTO people VALUES('Ann','{REST.replace(',', chr(39) * 2)}');"
        f"\nINSERT INTO people ({HEAD}) VALUES ('Bob','{REST.replace(',', chr(39) * 2)}');",
    ],
    ids=["array", "object around an array", "SQL text"],
)
def test_leads_in_other_forms(staffed: Run, tmp_path: Path, text: str) -> None:
    file = tmp_path / "leads"
    file.write_text(text.replace("''", "','"))
    assert staffed("lead", "add", "--from", file).code == 0
    assert names(staffed) == ["Ann", "Bob"]


def test_sql_text_without_leads_is_refused(staffed: Run, tmp_path: Path) -> None:
    file = tmp_path / "leads.sql"
    file.write_text("CREATE TABLE x (a);\nINSERT INTO x VALUES (1);")
    ended = staffed("lead", "add", "--from", file, "--json")
    assert (ended.code, ended.error["message"]) == (2, f"{file} has no INSERT INTO of leads")


def test_refused_leads_go_in_again_once_mended(staffed: Run, lead_file: Write, tmp_path: Path) -> None:
    file = lead_file(
        lead_line(name="Ann", phone="+49 711 1234"),
        lead_line(name="Bob", method="Fax", phone="+49 711 2345", requests="two\nlines"),
        '"broken',
        lead_line(name="Cy"),
    )
    refused = tmp_path / "refused.csv"
    ended = staffed("lead", "add", "--from", file, "--rejects", refused, "--json")
    assert (ended.code, ended.json["accepted"]) == (1, 1 + 1)
    assert f"2 refused rows in {refused}" in ended.err
    with refused.open(newline="") as stream:
        bob, broken = list(csv.DictReader(stream))
    assert (bob["name"], bob["requests"], broken["name"]) == ("Bob", "two\nlines", '"broken')
    assert "'Fax' is not an accepted" in bob["refused"]

    refused.write_text(refused.read_text().replace("Fax", "Text").replace('"""broken",,,,', f"Dee,{REST}"))
    ended = staffed("lead", "add", "--from", refused, "--json")
    assert (ended.json["accepted"], ended.err) == (2, "")
    assert names(staffed) == ["Ann", "Cy", "Bob", "Dee"]
    row = staffed("booking", "show", 3, "--json").json
    assert (row["phone"], row["requests"]) == ("+497112345", "two\nlines")


def test_refused_lines_of_json_go_out_as_json(staffed: Run, tmp_path: Path) -> None:
    file, refused = tmp_path / "leads.jsonl", tmp_path / "refused.jsonl"
    lines = [json.dumps(lead_line(name="Ann")), json.dumps(lead_line(method="Fax")), "{oops"]
    file.write_text("\n".join(lines))
    assert staffed("lead", "add", "--from", file, "--rejects", refused, "--ok-partial").code == 0
    wrong, broken = map(json.loads, refused.read_text().splitlines())
    assert (wrong["method"], broken["unreadable"]) == ("Fax", "{oops")
    assert "'Fax'" in wrong["refused"]


def test_no_file_is_made_where_nothing_is_refused(staffed: Run, lead_file: Write, tmp_path: Path) -> None:
    refused = tmp_path / "refused.csv"
    assert staffed("lead", "add", "--from", lead_file(lead_line()), "--rejects", refused).code == 0
    assert not refused.exists()


@pytest.mark.parametrize("name", ["there.csv", "refused.txt", "no-folder/refused.csv", "refused.tsv"])
def test_a_file_for_refused_rows_is_checked_before_the_first_row(
    staffed: Run, lead_file: Write, tmp_path: Path, name: str
) -> None:
    (tmp_path / "there.csv").write_text("x")
    file = lead_file(lead_line())
    assert staffed("lead", "add", "--from", file, "--rejects", tmp_path / name).code == 2
    assert names(staffed) == []


@pytest.mark.parametrize(("option", "code"), [((), 1), (("--ok-partial",), 0)])
def test_refused_rows_make_the_exit_code_1(
    staffed: Run, lead_file: Write, option: tuple[str, ...], code: int
) -> None:
    file = lead_file(lead_line(), lead_line(method="Fax"))
    assert staffed("lead", "add", "--from", file, *option).code == code
    agents = lead_file(f"11,Ada,{AGENT},,5,4.5", f"12,Bo,{AGENT},,-5,4.5", header=AGENTS, name="agents.csv")
    assert staffed("import", agents, *option).code == code


def test_refused_rows_of_an_import_go_in_again(anywhere: Run, lead_file: Write, tmp_path: Path) -> None:
    agents = lead_file(f"1,Ada,{AGENT},L,5,4.5", f"2,Bo,{AGENT},L,5,4.5", f"x,Cy,{AGENT},,5,4", header=AGENTS)
    database, refused = ("--db", tmp_path / "desk.db"), tmp_path / "refused.csv"
    ended = anywhere("import", agents, "--rejects", refused, *database, "--json")
    assert (ended.code, ended.json["database"]) == (1, str(tmp_path / "desk.db"))
    text = refused.read_text()
    assert text.splitlines()[0] == f"{AGENTS},refused"
    assert "the licence number L already belongs" in text
    refused.write_text(text.replace(",L,", ",L-2,").replace("x,Cy", "3,Cy"))
    assert anywhere("import", refused, *database, "--json").json["agents"] == 2


@pytest.mark.parametrize("form", ["--json", "--format=csv"])
def test_listings_can_be_imported(booked: Run, anywhere: Run, tmp_path: Path, form: str) -> None:
    assert booked("booking", "claim", 1, "--agent", 2).code == 0
    files = [tmp_path / "agents", tmp_path / "bookings"]
    for file, noun in zip(files, ("agent", "booking"), strict=True):
        file.write_text(booked(noun, "list", form).out)
    other = ("--db", tmp_path / "other.db")
    assert anywhere("import", *files, *other).out == "2 agents, 1 assignment, 1 booking; 0 rows rejected\n"
    assert names(lambda *given: anywhere(*given, *other)) == ["Kate Nguyen"]
    loads = [row["load"] for row in anywhere("agent", "list", "--json", *other).json]
    assert loads == [row["load"] for row in booked("agent", "list", "--json").json]


def test_an_agent_may_have_one_name(anywhere: Run, tmp_path: Path) -> None:
    file, database = tmp_path / "agents.json", ("--db", tmp_path / "desk.db")
    agent = {"agent_id": 1, "name": "Ada de la Cruz", "job_title": "Space Travel Agent", "rating": 4.5}
    file.write_text(json.dumps([agent | {"department": "Premium Bookings", "years_of_service": 3}]))
    assert anywhere("import", file, *database).code == 0
    row = anywhere("agent", "show", 1, "--json", *database).json
    assert (row["first_name"], row["last_name"]) == ("Ada de la", "Cruz")


def test_a_cell_that_is_not_read_may_be_long(anywhere: Run, lead_file: Write, tmp_path: Path) -> None:
    agents = lead_file(f"1,Ada,{AGENT},L,5,4.5,{'x' * 3_000_000}", header=f"{AGENTS},Notes")
    assert anywhere("import", agents, "--db", tmp_path / "desk.db").code == 0


HISTORY = "AssignmentID,AgentID,CustomerName,CommunicationMethod,LeadSource,AssignedDateTime"
TRIPS = (
    "BookingID;AssignmentID;BookingCompleteDate;CancelledDate;Destination;Package;LaunchLocation;"
    "DestinationRevenue;PackageRevenue;BookingStatus"
)


@pytest.mark.parametrize(
    ("written", "options", "stored", "amount", "decimal"),
    [
        ("2081-03-01T12:00:00+02:00", (), "2081-03-01 10:00:00", "1,500.00", ()),
        ("01/03/2081", ("--dates", "dmy"), "2081-03-01 00:00:00", "1.500,00", ()),
        ("01/03/2081", ("--dates", "mdy"), "2081-01-03 00:00:00", "1.500", ("--decimal", ",")),
        ("01/03/2081", (), None, "", ()),
    ],
)
def test_dates_and_amounts_with_two_readings_are_asked_for(
    staffed: Run,
    lead_file: Write,
    written: str,
    options: tuple[str, ...],
    stored: str | None,
    amount: str,
    decimal: tuple[str, ...],
) -> None:
    file = lead_file(f"71.0,1,Kate,SMS,paid,{written}", header=HISTORY)
    ended = staffed("import", file, *options, "--json")
    assert ended.code == (0 if stored else 1)
    if stored:
        trips = lead_file(f"7;71;;;mars;;London;{amount};;Pending", header=TRIPS, name="trips.csv")
        assert staffed("import", trips, *decimal).code == 0
        row = staffed("booking", "show", 7, "--json").json
        assert (row["created_at"], row["method"], row["source"]) == (stored, "Text", "Bought")
        assert (row["launch_location"], row["destination_revenue"]) == ("London Ascension Platform", 1500.0)
    else:
        assert "--dates dmy" in ended.json["quarantined"][0]["reason"]


def test_leads_of_several_sheets_are_told_apart(staffed: Run) -> None:
    file = Path(__file__).parents[1] / "dispatch" / "inputs" / "corpus" / "two-sheets.xlsx"
    ended = staffed("lead", "add", "--from", file, "--json")
    assert (ended.code, ended.json["accepted"]) == (1, 4)
    assert [row["line"] for row in ended.json["rejected"]] == [4]
    assert f"{file}: read of 3 sheets: October, November" in ended.err
    assert names(staffed) == ["Ann Low", "Bo Lark", "Dee Sun", "Eve Star"]
    assert staffed("booking", "show", 1, "--json").json["phone"] == "4971112345"
    assert staffed("lead", "add", "--from", file, "--ok-partial", "--json").json["repeated"] == 4
