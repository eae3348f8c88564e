"""Two people who take in the same file at the same moment: each row is there once, and nobody is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from dispatch.agents import file_intake as agent_files
from dispatch.agents.file_intake import AgentFile
from dispatch.desk import file_acts
from dispatch.desk.desk import Desk
from dispatch.service.ticket_files import intake as ticket_files
from dispatch.service.ticket_files.tickets import TicketFile
from tests.dispatch.people.conftest import Enter, add_user

STAFF = b"""First Name,Last Name,Department,Job Title
Eve,Bell,Premium Bookings,Space Travel Agent
Gus,Fox,Premium Bookings,Space Travel Agent
"""
TICKETS = b"""id,subject,description,requester,requester email,status
1,Charged twice,please refund,Ada Lovelace,ada@example.com,open
2,Locked out,my account,Bob Byron,bob@example.com,pending
"""


def agents_from(desk: Desk) -> Any:
    with AgentFile.open(io.BytesIO(STAFF), "staff.csv") as file:
        return agent_files.receive_file(desk, file)


def tickets_from(desk: Desk) -> Any:
    with TicketFile.open(io.BytesIO(TICKETS), "tickets.csv") as file:
        return ticket_files.receive_file(desk, file)


@pytest.mark.parametrize("take_in", [agents_from, tickets_from])
def test_a_row_that_another_person_has_just_taken_in_is_found(
    closed: Desk, enter: Enter, monkeypatch: pytest.MonkeyPatch, take_in: Callable[[Desk], Any]
) -> None:
    add_user(closed, "bea", "supervisor")
    looked_for = file_acts.row_of
    others: list[Any] = []

    def as_another_takes_it_in(*given: Any) -> Any:
        if not others:
            others.append(None)
            enter("bea")
            others[0] = take_in(closed)
            enter("anna")
        return looked_for(*given)

    monkeypatch.setattr(file_acts, "row_of", as_another_takes_it_in)
    mine = take_in(closed)
    (first,) = others
    assert (first["accepted"], first["repeated"], first["rejected"]) == (2, 0, [])
    assert (mine["accepted"], mine["repeated"], mine["rejected"]) == (2, 2, [])
