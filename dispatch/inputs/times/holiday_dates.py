"""Holidays of a region, from the package ``holidays``, or of a file of dates: days of the desk with names.

The package is slow to import and seldom needed, so that is done where its dates are asked for.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import date

from dispatch.inputs import validation
from models.errors import InvalidInput

FROM_FILE = "file"
YEARS = 10  # of a region, from the last year on
MOST_DAYS = 2000
MOST_NAMED = 8
ANY = "DE, DE-BY, US, US-NY"
EXAMPLE = "one date a line, a name may follow: 2082-12-25 Christmas Day"

_LINE = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[\s,;]+(?P<name>.*))?")


def of_region(region: str, year: int, year_shift: int) -> tuple[str, dict[str, str]]:
    """Return a region's code, and its holidays by the desk's dates, from the year before ``year`` on.

    Raises InvalidInput for a region that is not known, naming the nearest.
    """
    from holidays import country_holidays  # see above

    code = _code(region)
    country, _, part = code.partition("-")
    real = range(year - year_shift - 1, year - year_shift + YEARS)
    found = country_holidays(country, subdiv=part or None, years=real, language=_language(country))
    days = {_shifted(day, year_shift): str(name)[: validation.NAME_LENGTH] for day, name in found.items()}
    return code, dict(sorted(days.items()))


def of_lines(lines: Iterable[str], year: int) -> dict[str, str]:
    """Return the dates of a file by day, of the desk whose year is given. Raises InvalidInput."""
    days: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        text = line.lstrip("\ufeff").partition("#")[0].strip()
        if text:
            day, name = _read(number, text, year)
            days.setdefault(day, name)
    if not days:
        raise InvalidInput("file", "there is no date in the file", EXAMPLE)
    if len(days) > MOST_DAYS:
        raise InvalidInput("file", f"there are more than {MOST_DAYS:,} dates in the file", EXAMPLE)
    return dict(sorted(days.items()))


def _read(number: int, text: str, year: int) -> tuple[str, str]:
    found = _LINE.fullmatch(text)
    try:
        day = date.fromisoformat(found["day"]) if found else None
    except ValueError:
        day = None
    if found is None or day is None:
        raise InvalidInput("file", f"line {number}: {validation.excerpt(text)} is no date", EXAMPLE)
    if day.year < year - 1:
        problem = f"line {number}: {day} has passed: it is {year} at this desk"
        raise InvalidInput("file", problem, "give the desk's own dates")
    name = validation.optional_text(found["name"] or "", "name")
    return day.isoformat(), name or "holiday"


def _code(region: str) -> str:
    """Return a region as the package calls it: ``DE``, ``DE-BY``, in any case."""
    typed = validation.stripped(region, "region")
    codes = {code.casefold(): code for code in _codes()}
    words = codes | _countries()
    word = typed.casefold().replace("_", "-")
    if (code := words.get(word) or codes.get(word.replace(" ", "-"))) is not None:
        return code
    near = difflib.get_close_matches(word, words, n=MOST_NAMED, cutoff=0.5)
    country, dash, _ = word.partition("-")
    parts = [one for one in codes if one.startswith(f"{country}-")] if dash else []
    near = difflib.get_close_matches(word, parts, n=MOST_NAMED, cutoff=0) or near
    nearest = list(dict.fromkeys(words[one] for one in near))
    problem = f"{validation.excerpt(typed)} is not a region with known holidays"
    raise InvalidInput("region", problem, f"nearest: {', '.join(nearest[:MOST_NAMED]) or ANY}")


def _codes() -> Iterable[str]:
    from holidays import list_supported_countries

    for country, parts in list_supported_countries(include_aliases=False).items():
        yield country
        yield from (f"{country}-{part}" for part in parts)


def _countries() -> dict[str, str]:
    """The codes of countries by their names: ``germany``."""
    from holidays.registry import COUNTRIES

    return {name.replace("_", " "): codes[1] for name, codes in COUNTRIES.items()}


def _language(country: str) -> str | None:
    from holidays import list_localized_countries

    languages = list_localized_countries().get(country, ())
    return next((one for one in languages if one.startswith("en")), None)


def _shifted(day: date, years: int) -> str:
    """A date so many years later; 29 February becomes 1 March in a year without one."""
    try:
        return day.replace(year=day.year + years).isoformat()
    except ValueError:
        return date(day.year + years, 3, 1).isoformat()
