"""A dry run of a file says what the real run then does, for any file on any desk."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.desk.desk import Desk
from dispatch.inputs.lead_files import open_leads
from dispatch.leads import intake
from dispatch.leads.file_intake import FileResult, receive_file
from dispatch.leads.file_preview import FilePreview, preview
from tests.dispatch.leads.test_file_intake import copy_of
from tests.dispatch.leads.test_known_rows import TRIP, add, listing

pytestmark = pytest.mark.usefixtures("two")

ROW = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Ada Byron", "A. Byron", "Bob Bell", ""]),
        "phone": st.sampled_from(["", "+49 711 1", "+49 711 2", "0711"]),
        "id": st.sampled_from(["", "1", "2"]),
        "destination": st.sampled_from(["Mars", "Titan", "Pluto"]),
    }
).map(lambda row: TRIP | row)
FILE = st.lists(ROW, min_size=1, max_size=8)


def seen_before(desk: Desk, rows: list[dict[str, str]], name: str) -> FilePreview:
    with open_leads(io.BytesIO("\n".join(map(json.dumps, rows)).encode()), name) as file:
        return preview(desk, file)


def of_both(result: FilePreview | FileResult) -> list[Any]:
    known = [(one["file"], one["lines"], one["rows"]) for one in result["known"]]
    return [result["repeated"], result["rejected"], known]


@given(files=st.lists(FILE, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_a_dry_run_says_what_the_real_run_does(
    empty_desk_file: Path, files: list[list[dict[str, str]]]
) -> None:
    with copy_of(empty_desk_file) as other:
        for number, rows in enumerate(files):
            seen = seen_before(other, rows, f"{number}.jsonl")
            result = add(other, *rows, name=f"{number}.jsonl")
            assert of_both(seen) == of_both(result)
            assert seen["acceptable"] == result["accepted"]


def test_a_dry_run_writes_nothing_and_tells_whence(desk: Desk) -> None:
    ada = TRIP | {"name": "Ada Byron", "phone": "+49 711 1"}
    add(desk, ada, name="monday.jsonl")
    before = desk.data_version()
    seen = seen_before(desk, [ada, ada | {"name": ""}, ada | {"phone": "7"}], "tuesday.jsonl")
    (known,) = seen["known"]
    assert (known["file"], known["lines"], known["rows"]) == ("monday.jsonl", "1", 1)
    assert (seen["acceptable"], seen["repeated"], len(seen["rejected"])) == (2, 1, 1)
    assert desk.data_version() == before


def test_a_dry_run_tells_the_desks_own_listing(desk: Desk) -> None:
    for name in ("Ada Byron", "Eve Moneypenny"):
        intake.receive(desk, **TRIP, name=name)
    rows = [*listing(desk), TRIP | {"name": "New One"}]
    seen = seen_before(desk, rows, "listing.jsonl")
    assert of_both(seen) == of_both(add(desk, *rows, name="listing.jsonl"))
    assert (seen["repeated"], [(one["file"], one["lines"]) for one in seen["known"]]) == (2, [(None, "1-2")])


def test_only_the_first_rows_can_be_asked_for(desk: Desk) -> None:
    rows = [json.dumps(TRIP | {"name": f"Ada {number}"}) for number in range(9)]
    with open_leads(io.BytesIO("\n".join(rows).encode()), "a.jsonl") as file:
        seen = preview(desk, file, most=4)
        assert (seen["acceptable"], len(seen["rows"])) == (4, 4)
        assert receive_file(desk, file)["accepted"] == 5, "the rest is still there to be read"
