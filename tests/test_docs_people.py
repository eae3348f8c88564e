"""docs/people.md: the table of permissions and the figures match the code."""

from __future__ import annotations

import re
from pathlib import Path

from astra_tui.cli.root import COMMANDS
from dispatch.bootstrap import RULES
from dispatch.desk.access.permissions import AGENT, PERMISSIONS, ROLES
from dispatch.people import failures, passwords

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "people.md").read_text("utf-8")


def test_the_table_has_every_permission_of_every_role() -> None:
    head, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.partition("## On a server")[0].splitlines()
        if line.startswith("| ")
    ]
    assert head[2:] == list(ROLES)
    expected = [
        [
            f"`{name}`",
            one.words,
            *(
                "-" if role not in one.roles else "own" if one.own and role == AGENT else "yes"
                for role in ROLES
            ),
        ]
        for name, one in sorted(PERMISSIONS.items())
    ]
    assert rows == expected


def test_its_figures_are_those_of_the_code() -> None:
    words = " ".join(PAGE.split())
    assert f"{passwords.SHORTEST} to {passwords.LONGEST:,} characters" in words
    assert failures.FREE_TRIES == 5
    longest = failures.LONGEST_WAIT
    assert (
        f"After five wrong ones in a row a name has to wait 1 minute, then 2, 4 ... up to {longest};" in words
    )
    for key in ("idle_minutes", "token_days"):
        assert f"`{key}` ({RULES.settings[key].default})" in words


def test_its_commands_exist() -> None:
    found = re.findall(r"astra (?:--\S+ \S+ )*([a-z]+)\b", PAGE.replace('adam" ssh', 'adam"'))
    assert len(found) > 10
    assert set(found) <= set(COMMANDS)
