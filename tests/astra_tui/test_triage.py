"""``astra triage``: one message, a file of messages, and an evaluation on labelled ones."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.astra_tui.conftest import Run

EXAMPLE = (
    "I'm unable to access my account after the recent update. "
    "This is urgent as I need to complete a transaction today."
)
REFUND = "Please refund my booking 413 with Ada Lovelace on Io."


def jsonl(path: Path, *rows: object) -> Path:
    path.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8"
    )
    return path


def test_one_message_without_any_desk(anywhere: Run) -> None:
    ended = anywhere("triage", EXAMPLE, "--tier", "Gold", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert (ended.json["category"], ended.json["priority"]) == ("account_access", "CRITICAL")
    assert len(ended.json["priority_steps"]) == 4


def test_text_output_has_the_category_and_the_steps_of_the_priority(anywhere: Run) -> None:
    result = anywhere("triage", EXAMPLE).out.splitlines()
    assert result[0].startswith("category      account_access (")
    assert result[1].split() == ["priority", "CRITICAL"]
    assert result[4].split(maxsplit=1) == ["tier", "+0 URGENT: no tier"]
    assert result[5].split(maxsplit=1) == ["urgency", "+1 CRITICAL: says urgent"]
    assert "urgent words  urgent, unable to" in result


def test_an_unsure_category_asks_for_a_choice(anywhere: Run) -> None:
    result = anywhere("triage", "zzz qqq").out
    assert result.split(maxsplit=1)[1].startswith("general_inquiry (not sure: choose one of ")


def test_the_desks_own_names_are_recognised(astra: Run) -> None:
    def types() -> list[str]:
        return [found["type"] for found in astra("triage", REFUND, "--json").json["entities"]]

    assert types() == ["booking"]
    astra("destination", "add", "Io")
    astra(
        *(
            "agent",
            "add",
            "--first-name",
            "Ada",
            "--last-name",
            "Lovelace",
            "--department",
            "Premium Bookings",
        ),
        *("--job-title", "Space Travel Agent"),
    )
    assert types() == ["booking", "agent", "destination"]


def test_a_named_desk_must_exist(anywhere: Run, tmp_path: Path) -> None:
    ended = anywhere("triage", REFUND, "--db", tmp_path / "none.db", "--json")
    assert ended.code == 3
    assert anywhere("triage", "to Mars", "--json").json["entities"][0]["type"] == "destination"


def test_a_broken_default_desk_does_not_stop_triage(
    anywhere: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.db"
    broken.write_text("no database at all " * 100)
    monkeypatch.setenv("ASTRA_DATABASE", str(broken))
    ended = anywhere("triage", REFUND, "--json")
    assert (ended.code, ended.json["category"]) == (0, "refund_request")
    assert ended.err.startswith("Warning: without the desk's own names")


def test_a_file_gives_an_ordered_array_including_bad_lines(anywhere: Run, tmp_path: Path) -> None:
    file = jsonl(
        tmp_path / "messages.jsonl",
        {"text": REFUND, "id": 7},
        "",
        "{",
        {"text": ""},
        {"text": 5},
        [1],
        {"body": "x"},
        {"text": "Please add a dark mode."},
    )
    ended = anywhere("triage", "--from", file, "--tier", "platinum", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert [row["line"] for row in ended.json] == [1, 3, 4, 5, 6, 7, 8]
    assert [row.get("category") for row in ended.json] == ["refund_request", *[None] * 5, "feature_request"]
    assert [row["error"] for row in ended.json[1:6]] == [
        "the line cannot be read as JSON: Expecting property name enclosed in double quotes",
        "the message is empty",
        "text is not a string",
        "the line is not a JSON object",
        "the text is missing",
    ]
    assert ended.json[0]["priority_steps"][2]["add"] == 1
    result = anywhere("triage", "--from", file)
    assert "refund_request" in result.out
    assert result.err.startswith("5 lines could not be read:\n  line 3: ")


def test_stdin_and_undecodable_bytes(anywhere: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b'\xef\xbb\xbf{"text": "Where is my refund?"}\n{"text": "\xff"}\n'))
    monkeypatch.setattr(sys, "stdin", stdin)
    rows = anywhere("triage", "--from", "-", "--json").json
    assert rows[0]["category"] == "refund_request"
    assert rows[1] == {"line": 2, "error": "the line is not UTF-8 text"}


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "is empty"), ('[{"text": "x"}]', "is a JSON array"), ("\0\0", "is not a text file")],
)
def test_an_invalid_file_is_refused(anywhere: Run, tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text(content)
    for option in ("--from", "--evaluate"):
        ended = anywhere("triage", option, file, "--json")
        assert (ended.code, ended.error["code"]) == (2, "invalid_file")
        assert message in ended.error["message"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give one of TEXT"),
        (["x", "--from", "f"], "give one of TEXT"),
        (["--evaluate", "f", "--tier", "gold"], "exclude each other"),
        (["--from", "missing.jsonl"], "cannot read missing.jsonl"),
        (["--evaluate", "missing.jsonl"], "cannot read missing.jsonl"),
        (["x", "--tier", "diamond"], "'diamond' is not a tier"),
        ([""], "the message is empty"),
    ],
)
def test_wrong_usage_is_reported(anywhere: Run, arguments: list[str], message: str) -> None:
    ended = anywhere("triage", *arguments, "--json")
    assert ended.code == 2
    assert message in ended.error["message"]


def test_labelled_messages_give_the_figures_and_the_confusion_matrix(anywhere: Run, tmp_path: Path) -> None:
    file = jsonl(
        tmp_path / "labelled.jsonl",
        {"text": "I want my money back", "category": "refund_request"},
        {"text": "I cannot log in to my account", "category": "Account_Access"},
        {"text": "I forgot my password", "category": "general_inquiry"},
        {"text": "hello", "category": "nonsense"},
        {"text": "hello"},
    )
    figures = anywhere("triage", "--evaluate", file, "--json").json
    assert (figures["messages"], figures["accuracy"]) == (3, 0.6667)
    assert figures["macro_f1"] == pytest.approx((1 + 2 / 3 + 0) / 3, abs=1e-4)
    assert figures["confusion"]["general_inquiry"] == {"account_access": 1}
    assert [row["line"] for row in figures["rejected"]] == [4, 5]
    assert "'nonsense' is not a category" in figures["rejected"][0]["error"]
    result = anywhere("triage", "--evaluate", file)
    assert "macro-F1          0.556" in result.out
    assert [line.split() for line in result.out.splitlines() if line.startswith("GI ")] == [
        ["GI", "general_inquiry", "·", "·", "·", "·", "1", "·", "·"]
    ]


def test_a_file_without_labels_is_refused(anywhere: Run, tmp_path: Path) -> None:
    ended = anywhere("triage", "--evaluate", jsonl(tmp_path / "x.jsonl", {"text": "hello"}), "--json")
    assert (ended.code, ended.error["code"]) == (2, "invalid_file")
    assert "line 1: category is required" in ended.error["message"]


def test_escape_sequences_are_neutralised(anywhere: Run, tmp_path: Path) -> None:
    ended = anywhere("triage", "\x1b]0;x\x07 refund \x1b[31m$5 [/b] [@click=app.quit]x[/]")
    assert ended.code == 0
    assert "\x1b" not in ended.out
