"""Files of tickets become issues: by the desk's rules, once, and back by one undo."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from dispatch import queries
from dispatch.agents import presence
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EventFilter
from dispatch.operations import undo
from dispatch.service.issues import conversation, lifecycle
from dispatch.service.issues import queries as issue_queries
from dispatch.service.ticket_files.intake import FileResult, receive_file
from dispatch.service.ticket_files.tickets import TicketFile
from models.customers import Customer
from models.errors import DeskError
from models.issues import Issue
from tests.dispatch.service.conftest import Row, refused

Show = Callable[..., Row]
Sound = Callable[[], None]
HEAD = "id,subject,description,requester,requester email,status,priority,tags"
ADA = "1,Charged twice,[billing_dispute] please refund,Ada Lovelace,ada@example.com,open,urgent,vip"
BOB = "2,Locked out,[account_access],Bob Byron,bob@example.com,pending,,"
CY = "3,Thanks,that was quick,Cy Clone,cy@example.com,solved,low,"


@pytest.fixture(autouse=True)
def grace(ada: Row) -> Row:
    """Agent 1, who can help with everything."""
    return ada


def take_in(desk: Desk, *rows: str) -> tuple[FileResult, int | None]:
    return take_in_text(desk, "\n".join((HEAD, *rows)))


def take_in_text(desk: Desk, text: str) -> tuple[FileResult, int | None]:
    with TicketFile.open(io.BytesIO(text.encode()), "tickets.csv") as file:
        result = receive_file(desk, file)
        return result, result["event_id"]


def counts(desk: Desk) -> tuple[int, int]:
    """The issues not entered by mistake, and all customers."""
    with desk.reading():
        return Issue.select().where(~Issue.voided).count(), Customer.select().count()


def talk(desk: Desk, issue_id: int) -> list[tuple[str, str, str]]:
    with desk.reading():
        rows = issue_queries.interactions(issue_id)
    return [(row["kind"], row["author"], row["text"]) for row in rows if row["text"]]


def test_each_row_is_an_issue_by_the_desks_rules(desk: Desk, show: Show, sound: Sound) -> None:
    result, _ = take_in(desk, ADA, BOB, CY)
    assert (result["accepted"], result["rejected"], result["issues"]) == (3, [], [1, 2, 3])
    first, second, third = show(1), show(2), show(3)
    assert (first["title"], first["description"]) == ("Charged twice", "[billing_dispute] please refund")
    assert (first["category"], first["priority"], first["customer_name"]) == (
        "billing_dispute",
        "URGENT",
        "Ada Lovelace",
    )
    assert (first["status"], first["agent_id"], first["keywords"]) == ("assigned", 1, ["vip", "account"])
    assert first["sla"]["first_response"]["allowed_minutes"] == 15, "the clocks know the file's priority"
    assert (second["status"], second["priority"]) == ("pending_customer", "HIGH")
    assert (third["status"], third["agent_id"], third["priority"]) == ("closed", None, "LOW")
    with desk.reading():
        assert queries.agent(1)["issue_load"] == 2
    sound()


def test_comments_are_the_conversation(desk: Desk, show: Show, sound: Sound) -> None:
    eve = {"name": "Eve", "email": "e@x.org"}
    ticket = {"id": 9, "subject": "Broken", "status": "pending", "requester": eve}
    comments = [
        {"body": "It broke", "incoming": True},
        {"body": "mine too", "private": True, "incoming": False},
        {"body": "Which one?", "incoming": False},
    ]
    take_in_text(desk, json.dumps([{**ticket, "comments": comments}]))
    assert talk(desk, 1) == [
        ("message", "customer", "It broke"),
        ("note", "desk", "mine too"),
        ("message", "desk", "Which one?"),
        ("note", "desk", "from a file: ticket 9, status pending"),
    ]
    row = show(1)
    assert row["sla"]["first_response"]["met_at"] is not None, "it was answered before it came here"
    assert row["sla"]["resolution"]["paused_at"] is not None
    sound()


def test_a_file_read_again_changes_nothing(desk: Desk) -> None:
    take_in(desk, ADA, BOB)
    before = counts(desk)
    again, head = take_in(desk, CY, ADA.replace("urgent", "low"), BOB)
    assert (again["accepted"], again["repeated"], again["issues"]) == (3, 2, [3])
    assert [row["line"] for row in again["changed"]] == [3], "in another file, in another place"
    assert "issue 1 is this ticket;" in again["changed"][0]["error"]
    assert head is not None
    assert counts(desk) == (before[0] + 1, before[1] + 1)
    assert take_in(desk, ADA, BOB, CY)[1] is None, "nothing was done, so there is nothing to undo"


def test_the_same_number_of_another_requester_is_another_ticket(desk: Desk) -> None:
    result, _ = take_in(desk, ADA, ADA.replace("ada@", "eve@").replace("Ada Lovelace", "Eve Fox"))
    assert result["issues"] == [1, 2]


def test_rows_without_a_number_are_known_by_file_and_place(desk: Desk) -> None:
    text = "subject,requester\nHelp,Ada\nHelp,Ada\n"
    assert take_in_text(desk, text)[0]["issues"] == [1, 2]
    assert take_in_text(desk, text)[0]["repeated"] == 2


def test_requesters_are_the_desks_customers(desk: Desk, show: Show) -> None:
    other_name, nobody = "6,Hm,hm,Eve Fox,ada@example.com,open,,", "7,Hm,hm,,,open,,"
    take_in(desk, ADA, ADA.replace("1,", "5,", 1), other_name, nobody)
    assert [show(number)["customer_id"] for number in (1, 2, 3, 4)] == [1, 1, 1, None]
    take_in_text(desk, "subject,email\nHelp,dan@example.com\n")
    assert show(5)["customer_name"] == "dan@example.com"


def test_bad_rows_cost_only_themselves(desk: Desk, sound: Sound) -> None:
    bad = "4,Hm,hm,Dee,dee@example.com,frobbed,,"
    nameless = "5,,,Eve,eve@example.com,open,,"
    forged = "6,x,y,\u202eevil,f@example.com,open,,"
    result, _ = take_in(desk, ADA, bad, nameless, forged, BOB)
    assert (result["accepted"], [row["line"] for row in result["rejected"]]) == (2, [3, 4, 5])
    assert counts(desk) == (2, 2), "nothing of a refused row is there"
    sound()


def test_a_comment_that_is_refused_leaves_nothing_of_its_ticket(desk: Desk, sound: Sound) -> None:
    ticket = {"id": 9, "subject": "Broken", "requester": {"name": "Eve", "email": "e@x.org"}}
    long = {"body": "x" * 100_001, "incoming": True}
    text = json.dumps([{**ticket, "comments": [{"body": "It broke", "incoming": True}, long]}])
    result, head = take_in_text(desk, text)
    assert (result["accepted"], len(result["rejected"]), head) == (0, 1, None)
    assert counts(desk) == (0, 0)
    sound()


def test_one_undo_takes_the_file_back_and_it_is_new_again(desk: Desk, show: Show, sound: Sound) -> None:
    _, head = take_in(desk, ADA, BOB, CY)
    undo.undo(desk, head)
    assert counts(desk)[0] == 0
    sound()
    undo.redo(desk, head)
    assert counts(desk)[0] == 3
    assert (show(2)["status"], show(3)["status"]) == ("pending_customer", "closed")
    sound()
    undo.undo(desk, head)
    assert take_in(desk, ADA, BOB, CY)[0]["issues"] == [4, 5, 6]
    assert take_in(desk, ADA, BOB, CY)[0]["repeated"] == 3
    sound()


def test_what_somebody_answered_since_is_not_taken_back(desk: Desk) -> None:
    _, head = take_in(desk, ADA)
    conversation.reply(desk, 1, "Which card?")
    refused(lambda: undo.undo(desk, head), "changed_since")


def test_an_ended_ticket_that_is_reopened_finds_an_agent(desk: Desk, show: Show, sound: Sound) -> None:
    take_in(desk, CY)
    assert lifecycle.reopen(desk, 1, "it is back")["agent_id"] == 1
    lifecycle.resolve(desk, 1)
    sound()


def test_without_an_agent_a_pending_ticket_waits(desk: Desk, show: Show, sound: Sound) -> None:
    presence.set_presence(desk, 1, "busy")
    take_in(desk, BOB)
    assert (show(1)["status"], show(1)["queue_position"]) == ("new", 1)
    sound()


def test_a_run_that_was_cut_off_is_finished_by_repeating_it(desk: Desk) -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    text = "\n".join((HEAD, ADA, BOB, CY))
    with TicketFile.open(io.BytesIO(text.encode()), "tickets.csv") as file, pytest.raises(KeyboardInterrupt):
        receive_file(desk, file, progress=stop)
    with desk.reading():
        (begun,) = event_log.event_ids(EventFilter(command="issue.add_file"))
    assert counts(desk)[0] == 1
    result, head = take_in(desk, ADA, BOB, CY)
    assert (result["accepted"], result["repeated"], counts(desk)[0]) == (3, 1, 3)
    assert head == begun
    undo.undo(desk, head)
    assert counts(desk)[0] == 0, "both runs are one act"


def test_undo_takes_back_what_nobody_worked_on_and_names_the_rest(desk: Desk, sound: Sound) -> None:
    _, head = take_in(desk, ADA, BOB, CY)
    conversation.reply(desk, 2, "Which browser?")
    found = undo.preview(desk, head)
    assert (found["rows"], [row["row"] for row in found["refused"]]) == (["issue 3", "issue 1"], ["issue 2"])
    done = undo.undo(desk, head)
    assert [row["row"] for row in done["refused"]] == ["issue 2"]
    with desk.reading():
        assert [issue.issue_id for issue in Issue.select().where(~Issue.voided)] == [2]
    sound()
    assert undo.redo(desk, head)["refused"] == []
    assert counts(desk)[0] == 3


def test_an_issue_that_the_desk_gave_to_an_agent_is_not_worked_on(
    desk: Desk, show: Show, sound: Sound
) -> None:
    presence.set_presence(desk, 1, "busy")
    _, head = take_in(desk, ADA)
    presence.set_presence(desk, 1, "available")
    assert show(1)["agent_id"] == 1
    undo.undo(desk, head)
    assert counts(desk)[0] == 0
    sound()


def test_a_file_that_somebody_undoes_meanwhile_ends_there(desk: Desk) -> None:
    text = "\n".join((HEAD, ADA, BOB, CY))

    def take_back(*_: Any) -> None:
        undo.undo(desk)

    with (
        TicketFile.open(io.BytesIO(text.encode()), "tickets.csv") as file,
        pytest.raises(DeskError, match="was undone by"),
    ):
        receive_file(desk, file, progress=take_back)
    assert counts(desk)[0] == 0
    assert take_in(desk, ADA, BOB, CY)[0]["repeated"] == 0


def test_the_act_of_a_file_names_it(desk: Desk) -> None:
    _, head = take_in(desk, ADA, BOB)
    with desk.reading():
        rows = event_log.events(command="issue.add_file")
    assert [(row["event_id"], row["detail"]["file"]) for row in rows] == [(head, "tickets.csv")]
