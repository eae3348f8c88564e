"""``astra lead add --from``: files of leads, good and bad."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.desk.desk import Desk
from dispatch.inputs import lead_files
from dispatch.inputs.rows import reader
from dispatch.leads.file_intake import receive_file
from tests.astra_tui.conftest import Run, lead_line, words
from tests.by_hand import rows_of

Write = Callable[..., Path]

SHORT = "name,method,source,destination,launch"
GOOD = "Kate,Text,Organic,Mars,Tokyo Spaceport Terminal"


def names(astra: Run) -> list[str]:
    rows = astra("booking", "list", "--sort", "id", "--ascending", "--json").json
    return [row["customer_name"] for row in rows]


def test_a_csv_file(staffed: Run, lead_file: Write) -> None:
    file = lead_file(lead_line(name="Ann"), lead_line(name="Bob", requests='two "windows", please'))
    ended = staffed("lead", "add", "--from", file, "--json")
    assert ended.json == {
        "accepted": 2,
        "rejected": [],
        "repeated": 0,
        "known": [],
        "customer_notes": [],
        "with_open": [],
        "event_id": staffed("log", "--command", "lead.add_file", "--json").json[0]["event_id"],
        "warning": None,
        "remembered": None,
    }
    assert names(staffed) == ["Ann", "Bob"]
    assert staffed("booking", "show", 2, "--json").json["requests"] == 'two "windows", please'


def test_text_output_has_the_counts_and_the_rejected_lines(staffed: Run, lead_file: Write) -> None:
    file = lead_file(lead_line(), *(lead_line(method="Fax") for _ in range(25)))
    output = staffed("lead", "add", "--from", file).out
    assert output.startswith(
        "1 lead accepted, 25 rejected\nastra undo 3 takes this file back\n"
        "  line 3: 'Fax' is not an accepted contact method"
    )
    assert output.endswith("... and 5 more: --json lists them all\n")


def test_a_jsonl_file_is_recognised_by_its_first_character(staffed: Run, tmp_path: Path) -> None:
    file = tmp_path / "leads.txt"
    lines = [lead_line(name="Ann"), lead_line(name="Bob") | {"phone": 5551234, "requests": None, "vip": True}]
    file.write_text("\n" + "\n\n".join(map(json.dumps, lines)))
    ended = staffed("lead", "add", "--from", file, "--json")
    assert ended.json["accepted"] == 2
    assert ended.err == "ignored, as leads have no such field: vip\n"
    assert staffed("booking", "show", 2, "--json").json["phone"] == "5551234"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("{", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ("[" * 5_000, "cannot be read as JSON"),  # nested too deeply, or cut off: as the Python's parser says
        ('{"name": NaN}', "cannot be read as JSON: NaN is not JSON"),
        ('{"name": -Infinity}', "cannot be read as JSON: -Infinity is not JSON"),
        ('{"name": 1e999}', "cannot be read as JSON: 1e999 is too large"),
        ("[1]", "not a JSON object"),
        ('{"name": ["Kate"]}', "name is not a text"),
        ('{"name": true}', "name is not a text"),
        (json.dumps(lead_line(name="K\ud800")), "U+D800"),
        (json.dumps(lead_line(method="Fax")), "'Fax' is not an accepted contact method"),
        ('{"name": "Kate"}', "is required"),
        ("name,method", "cannot be read as JSON"),
    ],
    ids=lambda value: value[:20],
)
def test_a_bad_json_line_is_rejected_alone(staffed: Run, tmp_path: Path, line: str, error: str) -> None:
    file = tmp_path / "leads.jsonl"
    good = json.dumps(lead_line())
    file.write_text(f"{good}\n{line}\n{good}\n")
    result = staffed("lead", "add", "--from", file, "--json").json
    assert result["accepted"] == 2
    (rejected,) = result["rejected"]
    assert rejected["line"] == 2
    assert error in rejected["error"]


def test_line_numbers_are_physical_lines(staffed: Run, lead_file: Write) -> None:
    file = lead_file(
        lead_line(name="Ann", requests="first\nsecond\nthird"),  # lines 2 to 4
        "",  # 5
        lead_line(method="Fax", requests="one\ntwo"),  # 6 and 7
        lead_line(name="Bob"),  # 8
        lead_line(source="Found"),  # 9
    )
    result = staffed("lead", "add", "--from", file, "--json").json
    assert (result["accepted"], [row["line"] for row in result["rejected"]]) == (2, [6, 9])
    assert "'Fax'" in result["rejected"][0]["error"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("Kate,Text", "source is required"),
        (GOOD + ",extra", "6 fields; the header names 5"),
        ('"Kate,Text,Organic,Mars,Tokyo', "cannot be read as CSV"),
        ('"Kate" Nguyen,Text,Organic,Mars,Tokyo Spaceport Terminal', "cannot be read as CSV"),
        (GOOD.replace("Kate", "Ka\0te"), "U+0000"),
        (GOOD.replace("Kate", "\x1b[31m"), "'\\x1b[31m'"),
        (GOOD.replace("Kate", "\u202eKate"), "U+202E"),
        (GOOD.replace("Kate", "x" * 10_000), "10,000 characters"),
        (GOOD.replace("Kate", "x" * 200_000), "200,000 characters"),
        (GOOD.replace("Kate", "x" * 10_000_000), "10,000,000 characters"),
        (GOOD.replace("Mars", "Moon"), "'Moon' is not an accepted destination"),
        (GOOD.replace("Mars", ""), "destination is required"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_bad_line_is_rejected_alone(staffed: Run, lead_file: Write, line: str, error: str) -> None:
    # the bad line comes after the part that is checked for binary data
    before = [GOOD] * (1_400 if "\0" in line else 2)
    file = lead_file(*before, line, *([GOOD] * 300), header=SHORT)
    result = staffed("lead", "add", "--from", file, "--json").json
    assert result["accepted"] == len(before) + 300
    (rejected,) = result["rejected"]
    assert rejected["line"] == len(before) + 2
    assert error in rejected["error"]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"name,method,source,destination\n", "lacks the column launch"),
        (b"who,kind\nKate,Text\n", "lacks the column name, method, source, destination, launch"),
        (b"name,name,method,source,destination,launch\n", "has the column name twice"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "is not a text file"),
        (b"PK\x03\x04 xl/workbook.xml", "is an Excel workbook"),
        (GOOD.encode("utf-16"), "lacks the column name"),
        (b"na\xffme,method\n", "lacks the column name"),
        ("Zoë".encode() + b",Zo\xe9\n", "line 1 is not UTF-8"),
        (b"[", "cut off"),
        (b'"name,method\n', "cannot be read"),
    ],
)
def test_a_file_without_leads_exits_with_2(
    staffed: Run, path: Path, tmp_path: Path, content: bytes, named: str
) -> None:
    file = tmp_path / "leads.csv"
    file.write_bytes(content)
    before = rows_of(path)
    ended = staffed("lead", "add", "--from", file, "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_file")
    assert named in ended.error["message"]
    assert any(said in ended.error["hint"] for said in ("name, method, source", "CSV", "--encoding"))
    assert rows_of(path) == before


def test_a_header_alone_is_accepted(staffed: Run, lead_file: Write) -> None:
    assert staffed("lead", "add", "--from", lead_file(), "--json").json["accepted"] == 0


@pytest.mark.parametrize("name", ["missing.csv", ".", "a\0b"])
def test_a_file_that_cannot_be_opened_exits_with_2(anywhere: Run, tmp_path: Path, name: str) -> None:
    database = tmp_path / "new.db"
    ended = anywhere("lead", "add", "--from", f"{tmp_path}/{name}", "--db", database, "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_file")
    assert not database.exists()


def test_a_file_saved_by_a_spreadsheet(staffed: Run, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    text = "Name;Method;Source;Destination;Launch;Row\r\nZoë;Text;Organic;Mars;Tokyo Spaceport Terminal;1\r\n"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    ended = staffed("lead", "add", "--from", file, "--json")
    assert ended.json["accepted"] == 1
    assert "Row" in ended.err
    assert names(staffed) == ["Zoë"]


def test_the_same_content_is_taken_in_only_once(staffed: Run, lead_file: Write) -> None:
    first = lead_file(lead_line(), lead_line(name="Bob"))
    second = lead_file(lead_line(), lead_line(name="Bob"), name="copy.csv")
    staffed("lead", "add", "--from", first)
    again = staffed("lead", "add", "--from", second, "--json").json
    assert (again["accepted"], again["repeated"], again["event_id"]) == (2, 2, None)
    (known,) = again["known"]
    assert (known["file"], known["rows"], known["lines"]) == (first.name, 2, "2-3")
    ended = staffed("lead", "add", "--from", first)
    assert ended.out == "2 leads accepted (2 of them were already in), 0 rejected\n"
    assert ended.err.startswith("  line 2-3: came in from leads.csv at 20")
    assert len(names(staffed)) == 2


def test_again_takes_a_file_in_twice_and_run_continues_it(staffed: Run, lead_file: Write) -> None:
    file = lead_file(lead_line())
    staffed("lead", "add", "--from", file)
    again = staffed("lead", "add", "--from", file, "--again", "--json")
    assert again.json["repeated"] == 0
    run = again.err.split("--run ")[1].strip()
    assert staffed("lead", "add", "--from", file, "--run", run, "--json").json["repeated"] == 1
    assert len(names(staffed)) == 2


def test_a_killed_run_is_completed_by_repeating_it(
    staffed: Run, lead_file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = lead_file(*(lead_line(name=f"Kate {number}") for number in range(300)))

    def killed(_seconds: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("dispatch.leads.file_intake.time.sleep", killed)
        patch.setattr("dispatch.leads.file_intake.BATCH_S", 0.002)
        assert staffed("lead", "add", "--from", file).code == 130
    done = len(names(staffed))
    assert 0 < done < 300
    result = staffed("lead", "add", "--from", file, "--json").json
    assert (result["accepted"], result["repeated"], result["rejected"]) == (300, done, [])
    (file_event,) = staffed("log", "--command", "lead.add_file", "--json").json
    assert result["event_id"] == file_event["event_id"]
    assert len(set(names(staffed))) == 300


def test_a_policy_is_checked_before_the_first_line(staffed: Run, path: Path, lead_file: Write) -> None:
    before = rows_of(path)
    ended = staffed("lead", "add", "--from", lead_file(lead_line()), "--policy", "best", "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_policy")
    assert rows_of(path) == before


@pytest.mark.parametrize("extra", [["--name", "Kate"], ["--request-id", "r1"], ["--run", " "]], ids=words)
def test_a_file_excludes_the_options_of_one_lead(staffed: Run, lead_file: Write, extra: list[str]) -> None:
    assert staffed("lead", "add", "--from", lead_file(lead_line()), *extra).code == 2


def test_stdin_works_as_a_file(staffed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    content = f"{SHORT}\n{GOOD}\n".encode()
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    with open(reading, encoding="utf-8") as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        assert staffed("lead", "add", "--from", "-", "--json").json["accepted"] == 1
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert staffed("lead", "add", "--from", "-", "--json").json["repeated"] == 1


def test_leads_without_an_agent_wait_and_are_counted(astra: Run, lead_file: Write) -> None:
    assert astra("lead", "add", "--from", lead_file(lead_line()), "--json").json["accepted"] == 1
    assert len(astra("booking", "list", "--waiting", "--json").json) == 1


def test_progress_is_in_bytes(desk: Desk, lead_file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.leads.file_intake.BATCH_S", 0.0)
    file = lead_file(*(lead_line() for _ in range(3)))
    reported: list[tuple[int, int]] = []

    def progress(done: int, total: int, what: str = "", /) -> None:
        reported.append((done, total))

    with file.open("rb") as stream, lead_files.open_leads(stream, "leads") as leads:
        receive_file(desk, leads, progress=progress)
    assert reported
    assert reported[-1] == (file.stat().st_size, file.stat().st_size)


def test_a_pipe_without_an_end_does_not_fill_the_disk(
    staffed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "BLOCK_BYTES", 4_096)
    monkeypatch.setattr(reader, "MOST_PIPED_BYTES", 1_000_000)
    with Path("/dev/zero").open(encoding="utf-8") as endless:
        monkeypatch.setattr(sys, "stdin", endless)
        ended = staffed("lead", "add", "--from", "-", "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_file")
    assert "more than 1 MB" in ended.error["message"]
    assert staffed("booking", "list", "--json").json == []
