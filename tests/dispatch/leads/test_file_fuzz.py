"""Whatever a file of leads holds, its rows come in whole or are refused: nothing ends in a traceback."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from dispatch.desk.desk import Desk
from dispatch.inputs.lead_files import open_leads
from dispatch.leads.file_intake import FileResult, receive_file
from models.audit import Event
from models.bookings import Booking
from models.customers import Lead
from models.errors import DeskError
from tests.steady import examples

CORPUS = Path(__file__).parents[1] / "inputs" / "corpus"
FILES = [file.read_bytes() for file in sorted(CORPUS.iterdir()) if file.suffix != ".xlsx"]
HEADS = [
    b"name,method,source,destination,launch\n",
    b"First Name;Last Name;Phone Number;E-Mail;Method;Lead Source;Where to;Launch Location;Message\n",
    b"name\tmethod\tsource\tdestination\tlaunch\trequests\tphone\temail\texternal_id\r\n",
    b"INSERT INTO leads (name, method, source, destination, launch) VALUES\n",
    b'{"name": "Ada", "method": "Text", "source": "paid", "destination": "Mars", "launch": "London"}\n',
    b"",
]
GOOD = [
    b"Ada,Text,Organic,Mars,London\n",
    b"Bo;Li;+49 (0)171 0000001;Bo <BO@example.com>;sms;Paid;venus;LONDON;window\n",
    b"Cy\tEmail\tpaid\tmars\tLondon\t\t001 202 555 0100 x12\t-\t7.0\r\n",
    b"('Dee', 'Text', 'Organic', 'Mars', 'London'),\n",
    b'{"name": "Eve", "method": "Call", "source": "seo", "destination": "Mars", "launch": "Dubai"}\n',
]
MARKS = [
    b",",
    b";",
    b"\t",
    b"\n",
    b'"',
    b"'",
    b"(",
    b")",
    b"{",
    b"}",
    b":",
    b"\xff",
    b"\0",
    b"\\",
    b"\xe2\x80\xae",
]

LINES = st.lists(st.one_of(st.sampled_from([*GOOD, *GOOD, *MARKS]), st.binary(max_size=6)), max_size=20)
CONTENTS = st.one_of(
    st.builds(lambda head, lines: head + b"".join(lines), st.sampled_from(HEADS), LINES),
    st.builds(
        lambda file, at, more: file[:at] + more + file[at:],
        st.sampled_from(FILES),
        st.integers(0, 600),
        st.binary(max_size=6),
    ),
)


def received(desk: Desk, content: bytes) -> FileResult | None:
    try:
        with open_leads(io.BytesIO(content), "any") as leads:
            return receive_file(desk, leads)
    except DeskError:
        return None


@pytest.mark.parametrize("number", [examples(60), pytest.param(10_000, marks=pytest.mark.stress)])
def test_any_file_is_taken_in_whole_or_refused(desk: Desk, number: int) -> None:
    there = 0

    @settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck))
    @given(CONTENTS)
    def check(content: bytes) -> None:
        nonlocal there
        result = received(desk, content)
        new = 0 if result is None else result["accepted"] - result["repeated"]
        event(f"{min(new, 3)} rows")
        there += new
        with desk.reading():
            leads = Lead.select().count()
            assert leads == Booking.select().count() == there
            assert Event.select().where(Event.command == "lead.add").count() == leads

    check()
    assert there > 0 or number < 60
