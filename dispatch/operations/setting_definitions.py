"""Every setting of the desk: its purpose, its default, and how text becomes its value."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from zoneinfo import available_timezones

from dispatch.agents.absence import MOST_OWED, parse_credit
from dispatch.assignment.customer_owner import OFF, OPEN, OWNERS, SELLER
from dispatch.assignment.eligibility import department_map
from dispatch.assignment.policies import POLICIES
from dispatch.assignment.policies.round_robin import CONTINUE, STARTS
from dispatch.desk.settings import Definition, Unread
from dispatch.inputs import amounts
from dispatch.inputs.countries import country_code, nearest_country
from dispatch.inputs.times import hours
from dispatch.queries.next_steps import ROTTEN_DAYS
from dispatch.queries.order_of_work import TARGET_MINUTES, parse_minutes
from dispatch.service.sla import targets
from models import calendars, ramp

LONGEST_CONTACT = 100


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return parse


def _week(text: str) -> str:
    week = hours.parsed(text)
    if week.days_off:  # a setting of their own
        raise ValueError(text)
    return hours.written(week)


def _days(text: str) -> str:
    return " ".join(sorted({date.fromisoformat(day).isoformat() for day in text.replace(",", " ").split()}))


def _contact(text: str) -> str:
    if not 0 < len(text.strip()) <= LONGEST_CONTACT or not text.isprintable():
        raise ValueError(text)
    return text.strip()


def _switch(text: str) -> bool:
    word = text.strip().casefold()
    if word not in SWITCHES:
        raise ValueError(text)
    return SWITCHES[word]


def _one_of(words: Collection[str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return parse


def _owner(text: str) -> str:
    """Return whose a customer's leads are; the setting was a switch, whose words are still read."""
    word = text.strip().casefold()
    if word in OWNERS:
        return word
    return SELLER if _switch(text) else OFF


def _zone(text: str) -> str:
    """Return a zone's name; in any case, as people type it."""
    name = text.strip()
    try:
        calendars.zone_named(name)
    except ValueError:
        known = {one.casefold(): one for one in available_timezones()}
        typed = name.casefold().replace(" ", "_")
        if typed not in known:
            raise Unread(text, near=_nearest(typed, known)) from None
        name = known[typed]
        calendars.zone_named(name)
    return name


def _nearest(typed: str, known: Mapping[str, str]) -> str:
    """Return the zone meant: most people know its city alone."""
    from difflib import get_close_matches  # 10 ms, and only needed here

    cities = {name.rpartition("/")[2]: zone for name, zone in known.items()}
    near = [*get_close_matches(typed, known, 1), *get_close_matches(typed.rpartition("/")[2], cities, 1)]
    return {**cities, **known}[near[0]] if near else ""


def _country(text: str) -> str:
    try:
        return country_code(text)
    except ValueError:
        raise Unread(text, near=nearest_country(text)) from None


def _departments(text: str) -> str:
    if text.strip().casefold() in ("", "off"):
        return ""
    return "; ".join(f"{name}={department}" for name, department in department_map(text).items())


def _number(
    key: str,
    default: int,
    low: int,
    high: int,
    help: str,
    *,
    fixed: bool = False,
    first: int | None = None,
) -> Definition:
    accepted = f"a whole number from {low} to {high}"
    return Definition(key, default, help, _whole(low, high), accepted, fixed, first)


def _minutes(key: str, default: str, help: str) -> Definition:
    accepted = f"five whole numbers, none smaller than the one before: {default}"
    return Definition(key, default, help, parse_minutes, accepted)


SWITCHES = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}
MOST_MINUTES = 100_000  # ten weeks
MOST_AGENTS = 100_000


def _weights(text: str) -> str:
    if text not in ("published", "learned") and not re.fullmatch("[1-9][0-9]{0,17}", text):
        raise ValueError(text)
    return text


DEFINITIONS = {
    definition.key: definition
    for definition in (
        Definition("policy", "rank", "who gets the next lead", _one_of(POLICIES), "a policy's name"),
        Definition(
            "round_robin_start",
            CONTINUE,
            "who gets the first lead of a new trip in round robin: the next in turn, or the lowest number",
            _one_of(STARTS),
            " or ".join(STARTS),
        ),
        Definition(
            "match_weights",
            "learned",
            "weights of the match score; training does not change it",
            _weights,
            "published, learned, default, or a version's number",
        ),
        _minutes(
            "lead_target_minutes",
            TARGET_MINUTES,
            "working minutes to a lead's first contact, CRITICAL to LOW; waiting work is in this order",
        ),
        _minutes(
            "sla_first_response_minutes",
            targets.FIRST_RESPONSE_MINUTES,
            "minutes to an issue's first answer, CRITICAL to LOW; for new issues",
        ),
        _minutes(
            "sla_resolution_minutes",
            targets.RESOLUTION_MINUTES,
            "minutes to an issue's resolution, CRITICAL to LOW; for new issues",
        ),
        Definition(
            "sla_hours",
            hours.ROUND_THE_CLOCK,
            "when clocks run, in the zone given or the desk's; for leads, and for new issues",
            _week,
            f"{hours.ROUND_THE_CLOCK}, or {hours.EXAMPLES}",
        ),
        Definition(
            "sla_holidays",
            "",
            "days on which no clock runs, where sla_hours has hours; for leads, and for new issues",
            _days,
            "days such as 2082-12-25 2082-12-26, or an empty text",
        ),
        _number("reopen_days", 14, 0, 3650, "days after its end in which an issue can be reopened"),
        _number("close_after_days", 14, 0, 3650, "days until a resolved issue is closed; 0: never"),
        Definition(
            "escalation_contact",
            "head of service",
            "who is to be notified of an escalation at level 3",
            _contact,
            "a name of 1 to 100 characters",
        ),
        _number(
            "retention_days",
            0,
            0,
            36_500,
            "days without activity before a customer is erased; 0: never",
        ),
        _number("rating_prior_answers", 20, 0, 100_000, "answers that an imported average rating counts as"),
        _number("default_capacity", 10, 0, 100_000, "capacity of a new agent, in open bookings and issues"),
        Definition(
            "absence_credit",
            "none",
            "leads owed to an agent who was absent, under share and balanced; full: all that was missed",
            parse_credit,
            f"none, full, or a whole number from 1 to {MOST_OWED}",
        ),
        _number(
            "year_shift",
            56,
            0,
            1000,
            "years the desk is ahead of today; fixed when the desk is created",
            fixed=True,
        ),
        Definition(
            "departments",
            "",
            "which department gets a destination or package; empty: any",
            _departments,
            "off, or pairs such as Mars=Premium Bookings; Ringside Cruise=Luxury Voyages",
        ),
        Definition(
            "owner",
            OPEN,
            "who gets a known customer's lead: the agent of an open booking, or else the last seller",
            _owner,
            "off, open (the first alone) or seller (both); on means seller",
        ),
        Definition(
            "zone",
            "UTC",
            "the zone in which hours, days and weeks of caps are reckoned",
            _zone,
            "UTC, or the name of a zone such as Europe/Berlin or America/New_York",
        ),
        Definition(
            "country",
            "",
            "the country of phone numbers without a code: 0171 1 is +49 171 1; empty: none",
            _country,
            "off, or a country by its code or name, such as DE, GB or US",
        ),
        _number("drain_seconds", 0, 0, 600, "seconds in which agents sign on to share waiting work; 0: off"),
        Definition(
            "ramp",
            "",
            "leads an hour for agents who are new or come back after days; empty: off",
            lambda text: str(ramp.parse_ramp(text) or ""),
            ramp.ACCEPTED,
        ),
        Definition(
            "durability",
            "full",
            "full: what was answered is on the disk; normal: quicker, a power cut may lose half a minute",
            _one_of(("full", "normal")),
            "full or normal",
        ),
        Definition(
            "currency",
            "USD",
            "the currency of all amounts: shown with them, and changes none",
            amounts.currency_sign,
            "off, or a code or sign of at most 8 letters, such as EUR, € or credits",
        ),
        _number(
            "drain_before",
            0,
            0,
            1_440,
            "minutes before the end of a shift in which an agent gets no new work; 0: off",
        ),
        _number(
            "cover_minutes",
            240,
            0,
            MOST_MINUTES,
            "minutes into an absence before claimed bookings go to the substitute as cover",
        ),
        Definition("pull", False, "agents may claim each other's unclaimed work", _switch, "on or off"),
        _number("decline_minutes", 30, 0, MOST_MINUTES, "minutes before declined work is offered again"),
        _number(
            "offer_minutes",
            0,
            0,
            MOST_MINUTES,
            "minutes to claim an offered booking; 0: no limit",
            first=15,
        ),
        _number("min_present", 1, 0, MOST_AGENTS, "others available before missed offers set an agent away"),
        _number("contact_hours", 4, 0, 2_000, "hours to contact a claimed customer; 0: no limit"),
        _number("keep_minutes", 30, 1, MOST_MINUTES, "minutes to answer before the claim is released"),
        _number(
            "rotten_days",
            ROTTEN_DAYS,
            0,
            365,
            "working days without a sign of work on a claim until it is rotten; 0: never",
        ),
        _number("contact_within_minutes", 60, 1, MOST_MINUTES, "minutes in which a contact is a success"),
        Definition("backup_daily", True, "the sweep copies the desk every day", _switch, "on or off"),
        _number("backup_keep", 7, 1, 1_000, "automatic backups to keep; older ones are deleted"),
        _number("backup_warn_days", 2, 0, 3650, "days without a backup before the doctor warns; 0: never"),
        _number(
            "shuffle_seconds",
            0,
            0,
            1_000_000,
            "seconds between two shuffles; 0: only by hand",
            first=300,
        ),
        _number(
            "same_row_days",
            7,
            0,
            3650,
            "days in which a file's row with a phone or e-mail is known again; 0: never",
        ),
        _number(
            "idle_minutes", 15, 0, 1_440, "minutes without a key until a signed-in session ends; 0: never"
        ),
        _number("token_days", 90, 1, 3_650, "days until a new token expires"),
        _number("dwell_minutes", 10, 0, MOST_MINUTES, "minutes before the shuffle may move a booking"),
        _number("cooldown_minutes", 60, 0, MOST_MINUTES, "minutes before it may move the same one again"),
    )
}
