"""The cues of ``phrases.toml``: different phrases with one meaning, on any subject."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

_NOT = (
    r"(?:\w+n't|not|never|cannot|cant|dont|doesnt|didnt|wont|isnt|wasnt|no longer"
    r"|unable to|refuses? to|failed to)"
)
_FEW = r"(?:\s+[\w'-]+){0,3}\s+"
_POLITE = r"(?:thanks|thank you|thx)"
_GREETING = rf"(?:\W*(?:hi|hello|hey|good \w+|dear \w+|{_POLITE})\b[^.?!]{{0,12}}[.!,])?"
# A question and what follows it up to the next word matches in one way only (atomic, possessive): if
# both parts could take the spaces between, a page of questions ending in a statement took for ever.
_ONLY_QUESTIONS = re.compile(rf"(?>{_GREETING}[^.?!]++\?\W*+)+{_POLITE}?\W*")


@lru_cache(maxsize=1)
def cues() -> dict[str, re.Pattern[str]]:
    """Return every cue's name, and the pattern of all its phrases."""
    listed: dict[str, list[str]] = tomllib.loads(
        files("dispatch.triage").joinpath("phrases.toml").read_text("utf-8")
    )
    return {name: _pattern(ways) for name, ways in listed.items()}


def _pattern(ways: list[str]) -> re.Pattern[str]:
    pattern = "|".join(ways).replace("NOT", _NOT).replace("FEW", _FEW)
    return re.compile(rf"(?<!\w)(?:{pattern})", re.MULTILINE)


def cues_in(text: str) -> list[str]:
    """Return the cues in a plain text, in the order of the file, then its punctuation marks."""
    found = [name for name, pattern in cues().items() if pattern.search(text)]
    if "?" in text:
        found.append("?")
        if _ONLY_QUESTIONS.fullmatch(text):
            found.append("only asks")
    if "!" in text:
        found.append("!")
    return found
