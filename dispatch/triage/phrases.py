"""The cues of ``phrases.toml``: what people say when they mean one thing, whatever the message is about."""

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
# A question and what follows it up to the next word is matched in one way only (atomic, possessive): where
# both parts could take the blanks between, a page of questions that ends in a statement took for ever.
_ONLY_QUESTIONS = re.compile(rf"(?>{_GREETING}[^.?!]++\?\W*+)+{_POLITE}?\W*")


@lru_cache(maxsize=1)
def cues() -> dict[str, re.Pattern[str]]:
    """The name of every cue, and the pattern of all the ways to say it."""
    told: dict[str, list[str]] = tomllib.loads(
        files("dispatch.triage").joinpath("phrases.toml").read_text("utf-8")
    )
    return {name: _pattern(ways) for name, ways in told.items()}


def _pattern(ways: list[str]) -> re.Pattern[str]:
    said = "|".join(ways).replace("NOT", _NOT).replace("FEW", _FEW)
    return re.compile(rf"(?<!\w)(?:{said})", re.MULTILINE)


def cues_in(text: str) -> list[str]:
    """The cues that a plain text holds, in the order of the file; then its marks."""
    found = [name for name, pattern in cues().items() if pattern.search(text)]
    if "?" in text:
        found.append("?")
        if _ONLY_QUESTIONS.fullmatch(text):
            found.append("only asks")
    if "!" in text:
        found.append("!")
    return found
