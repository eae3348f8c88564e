"""Files of leads from other programs: their columns are known, mapped, left out, or asked about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
LAUNCH = "London Ascension Platform"
META = (
    "Name,Email address,Phone number (recommended),Source,Method,Destination,Launch\n"
    f"{{}},Organic,Text,Mars,{LAUNCH}\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "leads.csv"
        path.write_text(text, "utf-8")
        return path

    return write


def people(staffed: Run, text: str) -> list[tuple[Any, ...]]:
    rows = staffed("customer", "find", text, "--json").json
    return [(row["name"], row["phone"], row["email"]) for row in rows]


def test_the_heads_of_other_programs_are_known(staffed: Run, file: Callable[[str], Path]) -> None:
    text = (
        "Customer Name,Communication Method,Lead Source,Destination,Launch Location,Phone Number,E-Mail\n"
        "Ada Holm,sms,Paid,mars,London,0049 (0)171 0000001,Ada <ADA@example.com>\n"
    )
    ended = staffed("lead", "add", "--from", file(text), "--json")
    assert (ended.json["accepted"], ended.err) == (1, "")
    assert people(staffed, "0171 0000001") == [("Ada Holm", "+491710000001", "ada@example.com")]
    row = staffed("booking", "list", "--json").json[0]
    assert (row["method"], row["source"], row["launch_location"]) == ("Text", "Bought", LAUNCH)


def test_a_column_that_may_hold_contacts_is_asked_about_first(
    staffed: Run, file: Callable[[str], Path]
) -> None:
    text = (
        "Name,How can we phone you?,Source,Method,Destination,Launch\n"
        f"Hesh Per,+94 77 000 0001,Organic,Text,Mars,{LAUNCH}\n"
    )
    asked = staffed("lead", "add", "--from", file(text), "--json")
    assert (asked.code, staffed("booking", "list", "--json").json) == (2, [])
    assert asked.error["message"].endswith("may have contacts in the column How can we phone you?")
    assert asked.error["hint"] == (
        "say what it is, like --map 'How can we phone you?=phone', or --ignore 'How can we phone you?'"
    )
    mapped = staffed("lead", "add", "--from", file(text), "--map", "How can we phone you?=phone")
    assert mapped.code == 0
    assert people(staffed, "Hesh") == [("Hesh Per", "+94770000001", None)]
    again = staffed("lead", "add", "--from", file(text), "--again", "--ignore", "how can we phone you")
    assert again.code == 0
    assert people(staffed, "Hesh")[0] == ("Hesh Per", None, None)


def test_json_rows_with_such_a_key_are_rejected_one_by_one(staffed: Run, tmp_path: Path) -> None:
    path = tmp_path / "leads.jsonl"
    lead = (
        f'"name": "Kate", "method": "Text", "source": "Organic", "destination": "Mars", "launch": "{LAUNCH}"'
    )
    path.write_text(f'{{{lead}}}\n{{{lead}, "backup phone": "0711 1234"}}\n')
    result = staffed("lead", "add", "--from", path, "--json").json
    assert result["accepted"] == 1
    assert result["rejected"][0]["error"].startswith("backup phone may be a contact (say what it is")
    result = staffed("lead", "add", "--from", path, "--map", "backup phone=phone", "--json").json
    assert (result["accepted"], result["repeated"]) == (2, 1)


def test_what_a_file_lacks_is_given_for_all(staffed: Run, file: Callable[[str], Path]) -> None:
    text = "First Name,Last Name,Email,Where to\nAda,Holm,ada@example.com,Mars\nBo,Li,,\n"
    lacking = staffed("lead", "add", "--from", file(text), "--json")
    assert lacking.code == 2
    assert "lacks the column method, source, launch" in lacking.error["message"]
    rest = ["--method", "Text", "--source", "Bought", "--launch", LAUNCH, "--destination", "Venus"]
    assert staffed("lead", "add", "--from", file(text), *rest, "--json").json["accepted"] == 2
    rows = {row["customer_name"]: row["destination"] for row in staffed("booking", "list", "--json").json}
    assert rows == {"Ada Holm": "Mars", "Bo Li": "Venus"}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("Name=fone", "'fone' is not a field of leads"),
        ("Nmae=name", "the file has no column 'Nmae'"),
        ("Name", "'Name' is no HEAD=FIELD"),
        ("=name", "'=name' is no HEAD=FIELD"),
    ],
)
def test_a_wrong_mapping_is_refused(
    staffed: Run, file: Callable[[str], Path], mapping: str, message: str
) -> None:
    ended = staffed("lead", "add", "--from", file(META.format("a,b,c")), "--map", mapping, "--json")
    assert (ended.code, ended.error["code"], ended.error["message"]) == (2, "invalid_map", message)


def test_a_dry_run_shows_the_mapping_and_the_first_rows(staffed: Run, file: Callable[[str], Path]) -> None:
    path = file(META.format("Ada Holm,Ada <ada@example.com>,+1 555 0100 x12").replace("Organic", "Paid"))
    seen = staffed("lead", "add", "--from", path, "--dry-run", "--json").json
    assert seen["columns"]["phone"] == "Phone number (recommended)"
    assert (seen["acceptable"], seen["rejected"], seen["ignored"]) == (1, [], [])
    assert seen["rows"][0]["lead"] == {
        "name": "Ada Holm",
        "method": "Text",
        "source": "Bought",
        "destination": "Mars",
        "launch": LAUNCH,
        "phone": "+15550100",
        "email": "ada@example.com",
        "requests": "phone: ext. 12",
    }
    shown = staffed("lead", "add", "--from", path, "--dry-run", "--requests", "from the fair").out
    assert "email        from Email address\n" in shown
    assert "requests     from the fair, where the file has none\n" in shown
    assert shown.endswith("1 lead acceptable, 0 not; nothing was written\n")
    assert staffed("booking", "list", "--json").json == []


def test_rows_of_other_names_at_a_known_phone_are_listed(staffed: Run, file: Callable[[str], Path]) -> None:
    rest = f"Organic,Text,Mars,{LAUNCH}"
    text = f"Name,Phone,Source,Method,Destination,Launch\nKim One,4711,{rest}\nLea Two,4711,{rest}\n"
    ended = staffed("lead", "add", "--from", file(text), "--json")
    note = "new customer 2: 4711 is also Kim One's (customer 1)"
    assert ended.json["customer_notes"] == [{"line": 3, "note": note}]
    assert note in ended.err


@pytest.mark.parametrize("option", [["--map", "a=name"], ["--ignore", "a"], ["--dry-run"]])
def test_the_options_need_a_file(staffed: Run, option: list[str]) -> None:
    assert staffed("lead", "add", "--name", "Kate", *option, "--json").error["code"] == "usage"
