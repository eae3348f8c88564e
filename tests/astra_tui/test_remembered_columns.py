"""What was said of columns counts for the next file with the header: leads, tickets, agents, imports."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.astra_tui.conftest import Ended, Run

LAUNCH = "London Ascension Platform"
HEAD = "Who is it?,Where does it go?,Fax,Source,Method,Launch"
SAID = ("--map", "Who is it?=name", "--map", "Where does it go?=destination", "--ignore", "Fax")
TOLD = "Who is it? = name, Where does it go? = destination, Fax ignored"
Write = Callable[..., Path]


def lead(name: str) -> str:
    return f"{name},Mars,1,Organic,Text,{LAUNCH}"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, *lines: str) -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    return write


def names(staffed: Run) -> list[str]:
    return sorted(row["customer_name"] for row in staffed("lead", "list", "--json").json)


@pytest.fixture
def spoken(staffed: Run, write: Write) -> Run:
    """A desk that has taken in a file whose columns were mapped."""
    assert staffed("lead", "add", "--from", write("first.csv", HEAD, lead("Ada Holm")), *SAID).code == 0
    return staffed


def test_the_next_file_with_the_header_needs_no_flags(spoken: Run, write: Write) -> None:
    ended = spoken("lead", "add", "--from", write("second.csv", HEAD, lead("Bob Low")), "--json")
    assert (ended.json["accepted"], ended.json["rejected"]) == (1, [])
    told = ended.json["remembered"]
    assert told["map"] == {"Who is it?": "name", "Where does it go?": "destination"}
    assert (told["ignore"], told["file"]) == (["Fax"], "first.csv")
    assert f": {TOLD}; --map changes it, --forget-columns forgets it" in ended.err
    assert names(spoken) == ["Ada Holm", "Bob Low"]


def test_the_order_of_the_columns_and_their_dress_do_not_matter(spoken: Run, write: Write) -> None:
    head = "LAUNCH,fax,Where does it go,who is it,method,source"
    path = write("turned.csv", head, f"{LAUNCH},1,Mars,Bob Low,Text,Organic")
    assert spoken("lead", "add", "--from", path).code == 0
    assert names(spoken) == ["Ada Holm", "Bob Low"]


def test_rows_of_json_have_a_header_too(staffed: Run, write: Write) -> None:
    def row(name: str) -> str:
        return json.dumps(dict(zip(HEAD.split(","), lead(name).split(","), strict=True)))

    assert staffed("lead", "add", "--from", write("a.jsonl", row("Ada Holm")), *SAID).code == 0
    ended = staffed("lead", "add", "--from", write("b.jsonl", row("Bob Low"), row("Cyd May")), "--json")
    assert (ended.json["accepted"], ended.json["remembered"]["file"]) == (2, "a.jsonl")


def test_refused_rows_are_read_like_their_file(spoken: Run, write: Write, tmp_path: Path) -> None:
    path = write("third.csv", HEAD, lead("Bob Low"), lead("").replace("Text", "Smoke"))
    rejects = tmp_path / "rejects.csv"
    assert spoken("lead", "add", "--from", path, "--rejects", rejects).code == 1
    mended = rejects.read_text("utf-8").replace("Smoke", "Text").replace("\r\n,", "\r\nCyd May,")
    rejects.write_text(mended.replace("\n,", "\nCyd May,"), "utf-8")
    assert spoken("lead", "add", "--from", rejects).code == 0
    assert names(spoken) == ["Ada Holm", "Bob Low", "Cyd May"]


def test_a_dry_run_tells_what_is_remembered_and_which_rows_are_known(spoken: Run, write: Write) -> None:
    path = write("first.csv", HEAD, lead("Ada Holm"))
    ended = spoken("lead", "add", "--from", path, "--dry-run", "--json")
    real = spoken("lead", "add", "--from", path, "--json")
    assert TOLD in ended.err
    assert ended.json["remembered"] == real.json["remembered"]
    assert (ended.json["repeated"], ended.json["known"]) == (1, real.json["known"])


def test_a_new_mapping_replaces_what_was_said_of_its_column_and_field(spoken: Run, write: Write) -> None:
    head, row = HEAD.replace("Who", "Whom"), lead("Ada Holm")
    both = ("--map", "Whom is it?=name", "--map", "Where does it go?=destination", "--map", "Fax=requests")
    assert spoken("lead", "add", "--from", write("a.csv", head, row), *both).code == 0
    ended = spoken(
        "lead", "add", "--from", write("b.csv", head, lead("Bob Low")), "--ignore", "Fax", "--json"
    )
    assert ended.json["remembered"]["map"] == {"Whom is it?": "name", "Where does it go?": "destination"}
    again = spoken("lead", "add", "--from", write("c.csv", head, lead("Cyd May")), "--json")
    assert (again.json["remembered"]["ignore"], again.json["remembered"]["file"]) == (["Fax"], "b.csv")


def test_it_is_forgotten_by_a_file_that_is_read_anew(spoken: Run, write: Write) -> None:
    other = write("second.csv", HEAD, lead("Bob Low"))
    refused = spoken("lead", "add", "--from", other, "--forget-columns", "--json")
    assert refused.error["message"].endswith("second.csv lacks the column name, destination")
    anew = ("--forget-columns", "--map", "Who is it?=name", "--destination", "Mars")
    assert spoken("lead", "add", "--from", other, *anew).code == 0
    third = spoken("lead", "add", "--from", write("third.csv", HEAD, lead("Cyd May")), "--json")
    assert third.error["message"].endswith("third.csv lacks the column destination")


def test_undo_of_the_file_forgets_it_and_redo_remembers(spoken: Run, write: Write) -> None:
    other = write("second.csv", HEAD, lead("Bob Low"))
    head = spoken("log", "--command", "lead.add_file", "--json").json[0]["event_id"]
    assert spoken("undo", head).code == 0
    assert spoken("lead", "add", "--from", other, "--json").error["code"] == "invalid_file"
    undo = spoken("log", "--json").json[0]["event_id"]
    assert spoken("undo", undo).code == 0
    assert spoken("lead", "add", "--from", other).code == 0


def test_a_header_that_has_lost_a_column_is_not_the_remembered_one(spoken: Run, write: Write) -> None:
    head, row = HEAD.replace("Where does it go?,", ""), lead("Bob Low").replace("Mars,", "")
    ended = spoken("lead", "add", "--from", write("b.csv", head, row), "--destination", "Mars", "--json")
    assert ended.error["message"].endswith("b.csv lacks the column name")
    assert ended.error["hint"].startswith(
        "not the header of first.csv: it has no column Where does it go?, so what was said of that one is not"
    )
    mapped = ("--map", "Who is it?=name", "--destination", "Mars")
    told = spoken("lead", "add", "--from", write("b.csv", head, row), *mapped)
    assert (told.code, "not the header of first.csv" in told.err) == (0, True)


def test_the_same_file_with_another_mapping_is_another_act(staffed: Run, write: Write) -> None:
    path = write("a.csv", "Name,Old,New,Source,Method,Launch", f"Ada,Mars,Nowhere,Organic,Text,{LAUNCH}")
    with path.open("a", encoding="utf-8") as file:
        file.write(f"Bob,Nowhere,Mars,Organic,Text,{LAUNCH}\n")
    assert staffed("lead", "add", "--from", path, "--map", "Old=destination", "--ok-partial").code == 0
    assert staffed("lead", "add", "--from", path, "--map", "New=destination", "--ok-partial").code == 0
    assert len(staffed("log", "--command", "lead.add_file", "--json").json) == 2
    assert staffed("lead", "add", "--from", path, "--json", "--ok-partial").json["remembered"]["map"] == {
        "New": "destination"
    }


def test_tickets_remember_too(staffed: Run, write: Write) -> None:
    first = write("t.csv", "Betreff des Falls,Wer", "The heating is off,Ada Holm")
    said = ("--map", "Betreff des Falls=subject", "--ignore", "Wer")
    assert staffed("issue", "open", "--from", first, *said).code == 0
    second = write("u.csv", "Wer,Betreff des Falls", "Bob Low,No water")
    for option in ("--dry-run", "--json"):
        ended = staffed("issue", "open", "--from", second, option, "--json")
        assert ended.json["remembered"]["map"] == {"Betreff des Falls": "subject"}
        assert "columns as last time (t.csv" in ended.err
    assert {row["title"] for row in staffed("issue", "list", "--json").json} == {
        "The heating is off",
        "No water",
    }


def test_tickets_need_no_desk_for_a_dry_run(anywhere: Run, write: Write, tmp_path: Path) -> None:
    path, desk = write("t.csv", "Subject,Name", "The heating is off,Ada Holm"), tmp_path / "none.db"
    seen = anywhere("issue", "open", "--from", path, "--dry-run", "--json", "--db", desk).json
    assert (seen["acceptable"], seen["remembered"], desk.exists()) == (1, None, False)


@pytest.mark.parametrize(
    ("command", "said", "lines"),
    [
        (("issue", "open"), "subject", ("The heating is off,Hot", ",Too loud", "It is dark,Light")),
        (("agent", "add"), "name", ("Cyd May,Dan Poe", "Eve,Fay Low", "Gil Roe,Kim Sun")),
    ],
)
def test_tickets_and_agents_keep_the_last_mapping(
    staffed: Run, write: Write, command: Sequence[str], said: str, lines: Sequence[str]
) -> None:
    """The same content with another mapping is another act, whose undo brings the first one back."""
    given = ("--department", "Luxury Voyages", "--job-title", "Space Travel Agent")
    path = write("a.csv", "Fall,Alt", *lines[:2])
    other = write("b.csv", "Alt,Fall", ",".join(reversed(lines[2].split(","))))

    def run(file: Path, *options: object) -> Ended:
        defaults = given if command[0] == "agent" else ()
        return staffed(*command, "--from", file, *defaults, *options, "--ok-partial", "--json")

    def acts() -> list[Any]:
        return list(staffed("log", "--command", f"{command[0]}.add_file", "--json").json)

    assert run(path, "--map", f"Fall={said}").json["accepted"] == 1
    assert run(path).json["remembered"]["map"] == {"Fall": said}
    assert run(path, "--map", f"Alt={said}", "--ignore", "Fall").json["accepted"] == 2
    newest, first = acts()
    assert first["detail"]["columns"] == [{"header": ["alt", "fall"], "map": {"Fall": said}, "ignore": []}]
    assert newest["detail"]["columns"][0]["map"] == {"Alt": said}
    seen = run(other, "--dry-run")
    assert (seen.json["remembered"]["map"], seen.json["acceptable"]) == ({"Alt": said}, 1)
    assert "columns as last time (a.csv" in seen.err
    assert staffed("undo", newest["event_id"]).code == 0
    assert run(other).json["remembered"]["map"] == {"Fall": said}
    assert run(other, "--forget-columns").code == 2


def test_a_refused_file_of_agents_makes_no_desk(anywhere: Run, write: Write, tmp_path: Path) -> None:
    desk = tmp_path / "none.db"
    path = write("a.csv", "Wer,Team", "Cyd May,Luxury Voyages")
    assert anywhere("agent", "add", "--from", path, "--db", desk, "--json").code == 2
    assert not desk.exists()


AGENTS = "Nr,Vorname,Familie,Job,Team,Lizenz,Jahre,Note"
AS_AGENTS = (
    *("--map", "Nr=AgentID", "--map", "Familie=LastName", "--map", "Job=JobTitle", "--map", "Jahre=years"),
    *(
        "--map",
        "Team=DepartmentName",
        "--map",
        "Lizenz=licence",
        "--map",
        "Note=AverageCustomerServiceRating",
    ),
)


def agent(number: int, name: str) -> str:
    return f"{number},{name},Holm,Space Travel Agent,Luxury Voyages,L{number},9,4.5"


def test_import_maps_columns_and_remembers_them(anywhere: Run, write: Write, tmp_path: Path) -> None:
    desk = ("--db", tmp_path / "desk.db", "--json")
    first = anywhere("import", write("a.csv", AGENTS, agent(1, "Ada")), *AS_AGENTS, *desk)
    assert (first.json["agents"], first.json["quarantined"]) == (1, [])
    turned = ",".join(reversed(AGENTS.split(",")))
    path = write("b.csv", turned, ",".join(reversed(agent(2, "Bob").split(","))))
    for options in (("--dry-run",), ()):
        ended = anywhere("import", path, *options, *desk)
        assert (ended.json["agents"], ended.json["remembered"][str(path)]["file"]) == (1, "a.csv")
        assert "columns as last time (a.csv" in ended.err
    people = anywhere("agent", "list", *desk).json
    assert [(row["name"], row["years_of_service"]) for row in people] == [("Ada Holm", 9), ("Bob Holm", 9)]
    lost = anywhere("import", write("c.csv", AGENTS.removesuffix(",Note"), "3"), *desk).error
    assert lost["hint"].startswith("not the header of b.csv: it has no column Note")
    anew = anywhere("import", write("d.csv", AGENTS, agent(3, "Cyd")), "--forget-columns", *desk).error
    assert "has no column AgentID, LastName" in anew["message"]


def test_import_leaves_columns_out(anywhere: Run, write: Write, tmp_path: Path) -> None:
    head, row = f"{AGENTS},Email", agent(1, "Ada") + ",ada@example.com"
    desk = ("--db", tmp_path / "desk.db", "--json")
    ended = anywhere("import", write("a.csv", head, row), *AS_AGENTS, "--ignore", "e-mail", *desk)
    assert ended.json["agents"] == 1
    assert anywhere("agent", "list", *desk).json[0]["email"] is None


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        (["Nr=AgentNo"], "'AgentNo' is not a field of agents, assignments or bookings", "mean AgentID?"),
        (["Nr=Package"], "'Package' is not a field of agents: a.csv", "fields: AgentID, FirstName"),
        (["Nor=AgentID"], "the file has no column 'Nor'", "did you mean Nr? found: Nr, Vorname"),
        (["Nr=AgentID", "Job=AgentID"], "several columns for AgentID: AgentID, AgentID", "--ignore HEAD"),
        (["Nr"], "'Nr' is no HEAD=FIELD", "like --map"),
    ],
)
def test_wrong_mappings_of_an_import_are_refused(
    anywhere: Run, write: Write, tmp_path: Path, said: Sequence[str], message: str, hint: str
) -> None:
    head = AGENTS.replace("Familie", "LastName").replace("Job", "JobTitle")
    path, desk = (
        write("a.csv", head if "Job" not in str(said) else AGENTS, agent(1, "Ada")),
        tmp_path / "d.db",
    )
    maps = [word for one in said for word in ("--map", one)]
    ended = anywhere("import", path, *maps, "--db", desk, "--json")
    assert ended.code == 2
    assert message in ended.error["message"]
    assert hint in ended.error["hint"]


@pytest.mark.parametrize(
    ("head", "said", "message"),
    [
        ("Name,Old,New,Source,Method,Launch", ["Old=destination", "New=destination"], "several columns for"),
        ("Name,Old,Old,Source,Method,Launch", ["Old=destination"], "the file has 2 columns 'Old'"),
        ("Name,Old,New,Source,Method,Launch", ["Old=destnation"], "'destnation' is not a field of leads"),
    ],
)
def test_wrong_mappings_of_leads_are_refused(
    staffed: Run, write: Write, head: str, said: Sequence[str], message: str
) -> None:
    path = write("a.csv", head, f"Ada,Mars,Moon,Organic,Text,{LAUNCH}")
    ended = staffed("lead", "add", "--from", path, *(w for one in said for w in ("--map", one)), "--json")
    assert (ended.code, message in ended.error["message"]) == (2, True)
    assert names(staffed) == []


def test_both_columns_of_one_name_are_left_out(staffed: Run, write: Write) -> None:
    path = write(
        "a.csv", "Name,Fax,Fax,Destination,Source,Method,Launch", f"Ada,1,2,Mars,Organic,Text,{LAUNCH}"
    )
    assert staffed("lead", "add", "--from", path, "--ignore", "Fax", "--json").json["accepted"] == 1


def test_three_hundred_columns_and_a_head_without_rows(staffed: Run, write: Write) -> None:
    wide = ",".join(
        ["Who", *(f"Answer {number}" for number in range(295)), "Destination,Source,Method,Launch"]
    )
    row = ",".join(["Ada", *["x"] * 295, f"Mars,Organic,Text,{LAUNCH}"])
    alone = staffed("lead", "add", "--from", write("head.csv", wide), "--map", "Who=name", "--json")
    assert (alone.code, alone.json["accepted"], alone.json["event_id"]) == (0, 0, None)
    assert staffed("lead", "add", "--from", write("a.csv", wide, row), "--map", "Who=name").code == 0
    again = staffed("lead", "add", "--from", write("b.csv", wide, row.replace("Ada", "Bob")), "--json")
    assert (again.json["accepted"], again.json["remembered"]["map"]) == (1, {"Who": "name"})


def test_a_column_is_mapped_in_the_files_whose_field_it_is(
    anywhere: Run, write: Write, tmp_path: Path
) -> None:
    """Both files have a column Note, which is a field of one of them only."""
    people = write("agents.csv", AGENTS, agent(1, "Ada"))
    leads = write(
        "assignments.csv",
        "AssignmentID,AgentID,CustomerName,CommunicationMethod,LeadSource,AssignedDateTime,Note",
        "7,1,Kim,Text,Organic,2081-01-01 10:00:00,hello",
    )
    desk = ("--db", tmp_path / "desk.db", "--json")
    ended = anywhere("import", people, leads, *AS_AGENTS, *desk)
    assert (ended.json["agents"], ended.json["assignments"], ended.json["quarantined"]) == (1, 1, [])
    said = anywhere("log", "--command", "import", *desk).json[0]["detail"]["columns"]
    assert [(one["file"], len(one["map"])) for one in said] == [("agents.csv", 7)]


def test_each_table_of_a_dump_is_remembered(anywhere: Run, write: Write, tmp_path: Path) -> None:
    def dump(name: str, number: int) -> Path:
        return write(
            name,
            "INSERT INTO space_travel_agents (Nr,FirstName,LastName,JobTitle,DepartmentName,"
            "SpaceLicenseNumber,YearsOfService,AverageCustomerServiceRating) VALUES "
            f"({number},'Ada','Holm','Space Travel Agent','Luxury Voyages','L{number}',9,4.5);",
            "INSERT INTO assignment_history (Lfd,AgentID,CustomerName,CommunicationMethod,LeadSource,"
            f"AssignedDateTime) VALUES ({number},{number},'Kim','Text','Organic','2081-01-01 10:00:00');",
        )

    desk = ("--db", tmp_path / "desk.db", "--json")
    said = ("--map", "Nr=AgentID", "--map", "Lfd=AssignmentID")
    first = anywhere("import", dump("a.sql", 1), *said, *desk)
    assert (first.json["agents"], first.json["assignments"]) == (1, 1)
    second = anywhere("import", dump("b.sql", 2), *desk)
    assert (second.json["agents"], second.json["assignments"], second.json["quarantined"]) == (1, 1, [])
