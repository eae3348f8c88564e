"""The countries of ISO 3166-1, with the names that the database of time zones gives them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

KNOWN_AS = {"UK": "GB"}


@cache
def countries() -> dict[str, str]:
    """Return the countries' names by their codes of two letters."""
    lines = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


def country_code(text: str) -> str:
    """Return the code of a country, given by its code or its name; "" for none. Raises ValueError."""
    code = KNOWN_AS.get(text.strip().upper(), text.strip().upper())
    if code in ("", "OFF"):
        return ""
    if code in countries():
        return code
    for found, name in countries().items():
        if name.upper() == code:
            return found
    raise ValueError(text)


def nearest_country(text: str) -> str:
    """Return the name of the country that was probably meant, or ""."""
    from difflib import get_close_matches  # 10 ms, and only needed here

    names = {name.upper(): name for name in countries().values()}
    near = get_close_matches(text.strip().upper(), names, 1)
    return names[near[0]] if near else ""
