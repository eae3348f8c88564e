"""Files of agents: each joins the roster once, by the roster's rules, and one undo takes all back."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from dispatch import queries
from dispatch.agents.file_intake import AgentFile, FileResult, cleaned, preview, receive_file
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import undo
from models.errors import DeskError, InvalidInput

HEAD = "First Name,Last Name,Department,Job Title,Email,License Number,Years,Destinations,Shoe size"
ADA = "Ada,Byron,Luxury Voyages,Space Travel Agent,ada@example.com,L-1,7,Mars; Venus,38"
BOB = "Bob,Bell,Premium Bookings,Space Travel Agent,,,,,44"
GUS = "Gus,Fox,Premium Bookings,Space Travel Agent,,L-9,,,44"
TRIP = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Tokyo Spaceport Terminal"}


def take_in(desk: Desk, *rows: str, head: str = HEAD) -> FileResult:
    with AgentFile.open(io.BytesIO("\n".join((head, *rows)).encode()), "staff.csv") as file:
        return receive_file(desk, file)


def names(desk: Desk) -> list[str]:
    with desk.reading():
        return sorted(row["name"] for row in queries.list_agents())


def test_each_row_joins_by_the_rosters_rules(desk: Desk) -> None:
    intake.receive(desk, name="Waits", **TRIP)
    result = take_in(desk, ADA, BOB)
    assert (result["accepted"], result["rejected"], result["agents"]) == (2, [], [1, 2])
    with desk.reading():
        ada = queries.agent(1)
    assert (ada["email"], ada["license_number"], ada["years_of_service"]) == ("ada@example.com", "L-1", 7)
    assert (ada["skills"], ada["load"]) == (["Mars", "Venus"], 1), "who waited has an agent at once"


def test_a_file_read_again_adds_nobody(desk: Desk) -> None:
    take_in(desk, ADA, BOB)
    again = take_in(desk, ADA, BOB)
    assert (again["accepted"], again["repeated"], again["event_id"]) == (2, 2, None)
    other = take_in(desk, "Cy,Clone,Luxury Voyages,Space Travel Agent,,,,,", ADA.replace("L-1", ""))
    assert [row["line"] for row in other["known"]] == [3], "by the e-mail and name"
    assert other["known"][0]["error"] == "agent 1, Ada Byron"
    assert names(desk) == ["Ada Byron", "Bob Bell", "Cy Clone"]


def test_another_name_at_a_shared_address_is_another_agent(desk: Desk) -> None:
    result = take_in(desk, ADA, ADA.replace("Ada,Byron", "Eve,Fox").replace("L-1", "L-2"))
    assert result["agents"] == [1, 2]


def test_the_desks_own_listing_is_known(desk: Desk) -> None:
    take_in(desk, ADA, BOB)
    with desk.reading():
        rows = [json.dumps(row) for row in queries.list_agents()]
    with AgentFile.open(io.BytesIO("\n".join(rows).encode()), "agents.json") as file:
        result = receive_file(desk, file)
    assert (result["accepted"], result["repeated"], result["rejected"]) == (2, 2, [])


def test_bad_rows_cost_only_themselves(desk: Desk) -> None:
    rows = (
        BOB.replace("Premium Bookings", "Kitchen"),
        ",Nobody,Luxury Voyages,Space Travel Agent,,,,,",
        ADA.replace(",7,", ",many,"),
        ADA.replace("ada@example.com", "ada"),
        BOB,
    )
    result = take_in(desk, *rows)
    assert [row["line"] for row in result["rejected"]] == [2, 3, 4, 5]
    assert "'Kitchen' is not an accepted department" in result["rejected"][0]["error"]
    assert result["rejected"][1]["error"] == "first name is required"
    assert names(desk) == ["Bob Bell"]


def test_one_undo_takes_the_file_back_but_those_who_have_work(desk: Desk) -> None:
    head = take_in(desk, ADA, GUS)["event_id"]
    lead = intake.receive(desk, name="Ann", **TRIP)
    done = undo.undo(desk, head)
    assert [row["row"] for row in done["refused"]] == [f"agent {lead['agent_id']}"]
    assert len(names(desk)) == 1
    known = take_in(desk, ADA, GUS)["known"]
    assert sum("who has left" in row["error"] for row in known) == 1
    undo.redo(desk, head)
    assert names(desk) == ["Ada Byron", "Gus Fox"]


def test_what_was_undone_and_known_by_its_line_is_new_again(desk: Desk) -> None:
    undo.undo(desk, take_in(desk, BOB)["event_id"])
    assert take_in(desk, BOB)["agents"] == [2]
    assert take_in(desk, BOB)["repeated"] == 1


def test_a_run_that_was_cut_off_is_one_act_with_the_next(desk: Desk) -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    text = "\n".join((HEAD, BOB, ADA)).encode()
    with AgentFile.open(io.BytesIO(text), "staff.csv") as file, pytest.raises(KeyboardInterrupt):
        receive_file(desk, file, progress=stop)
    with AgentFile.open(io.BytesIO(text), "staff.csv") as file:
        result = receive_file(desk, file)
    assert (result["repeated"], result["agents"]) == (1, [2])
    undo.undo(desk, result["event_id"])
    assert names(desk) == []


def test_a_preview_writes_nothing_and_refuses_the_same(desk: Desk) -> None:
    rows = (ADA, BOB.replace("Premium Bookings", "Kitchen"))
    with AgentFile.open(io.BytesIO("\n".join((HEAD, *rows)).encode()), "staff.csv") as file:
        seen = preview(desk, file)
    assert (seen["acceptable"], seen["ignored"], names(desk)) == (1, ["Shoe size"], [])
    assert seen["columns"]["license"] == "License Number"
    assert seen["rejected"] == take_in(desk, *rows)["rejected"]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Byron", ("Ada", "Byron")),
        ("Ada de Byron", ("Ada de", "Byron")),
        ("Cher", ("", "Cher")),
    ],
)
def test_a_whole_name_has_two_parts(name: str, parts: tuple[str, str]) -> None:
    found = cleaned({"name": name})
    assert (found["first_name"], found["last_name"]) == parts


def test_a_file_without_names_is_refused(desk: Desk, add_agent: Callable[..., Any]) -> None:
    with pytest.raises(InvalidInput, match="lacks the column last_name or name") as caught:
        take_in(desk, "a,b", head="Department,Job Title")
    assert "--map HEAD=name" in caught.value.hint


def test_a_file_that_somebody_undoes_meanwhile_ends_there(desk: Desk) -> None:
    text = "\n".join((HEAD, ADA, BOB)).encode()

    def take_back(*_: Any) -> None:
        undo.undo(desk)

    with (
        AgentFile.open(io.BytesIO(text), "staff.csv") as file,
        pytest.raises(DeskError, match="was undone by"),
    ):
        receive_file(desk, file, progress=take_back)
    assert names(desk) == []


def test_a_column_of_weights(desk: Desk) -> None:
    result = take_in(desk, f"{BOB},2.5", f"{GUS},", head=f"{HEAD},Weight")
    assert result["agents"] == [1, 2]
    refused = take_in(desk, f"{ADA},2.55", head=f"{HEAD},Weight")
    assert "'2.55' is not a valid weight" in refused["rejected"][0]["error"]
    with desk.reading():
        assert [queries.agent(agent_id)["weight"] for agent_id in (1, 2)] == [2.5, 1]
