"""Events as sentences: ``claimed 413 (Ann) for Soren Baker``, to be read behind who did it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from dispatch.desk.event_chain import is_erased
from dispatch.desk.row_types import EventRow
from dispatch.desk.settings import described
from dispatch.desk.undo_chain import REVERSALS, UNDO
from dispatch.queries.agents import names_of
from dispatch.queries.wording import day, exact, plural, short_moment
from dispatch.reporting.moved_work import counted, moved_rows, words_of
from dispatch.reporting.named_changes import about
from dispatch.reporting.reversals import NOUNS
from dispatch.service.wording import CLOCKS, absence

Names = Mapping[int | None, str]
"""The names of agents by their numbers."""

CHECK = "issue.sweep"
CLOCK_ACTS = {
    "absence.cover": ("absence covered", "absences covered"),
    CHECK: ("clock check", "clock checks"),
    "agent.turn": ("presence change", "presence changes"),
    "booking.ask": ("claim asked about", "claims asked about"),
    "booking.expire": ("claim ended", "claims ended"),
    "booking.first_contact": ("first contact awaited", "first contacts awaited"),
    "booking.lapse": ("lead not claimed in time", "leads not claimed in time"),
    "booking.pass_on": ("claim passed on", "claims passed on"),
    "customer.forget": ("customer erased", "customers erased"),
    "issue.close": ("issue closed", "issues closed"),
    "issue.drain": ("round of waiting issues", "rounds of waiting issues"),
    "issue.let_go": ("round of issues passed on", "rounds of issues passed on"),
    "issue.train": ("training", "trainings"),
    "shuffle.recurring": ("shuffle", "shuffles"),
    "waiting.assign": ("round of waiting bookings", "rounds of waiting bookings"),
}
"""What one and several acts of the clock are called where they share a row of the log."""
SENTENCES = {
    "absence.add": "planned an absence of {agent}[ from {from_at}][ until {until_at}][; {moved}]",
    "absence.cover": "covered the work of {agent}, who is absent[: {moved}]",
    "absence.remove": "removed an absence of {agent}[ from {from_at}][ until {until_at}]",
    "absence.return": "gave {agent} back what others had covered[: {moved}]",
    "agent.add": "added {agent}",
    "agent.add_file": "added the agents of {file}",
    "agent.handover": "handed over {agent}'s work[ to {to}][: {moved}]",
    "agent.leave": "deactivated {agent}[; {moved}]",
    "agent.presence": "set {agent} to {presence}[ until {until_at}][; the absence is {absence}][; {moved}]",
    "agent.return": "reactivated {agent}",
    "agent.set": "edited {agent}",
    "agent.shift": "set the shift of {agent}[ to {hours}][; {moved}]",
    "agent.turn": "set {agent}[ from {from}][ to {to}], as planned[; {moved}]",
    "batch": "ran a batch of commands",
    "booking.ask": "asked {agent}: still working on {booking}?",
    "booking.cancel": "cancelled {booking}[: {reason}]",
    "booking.cancel_all": "cancelled {bookings}[: {reason}]",
    "booking.claim": "claimed {booking}[ for {agent}]",
    "booking.confirm": "confirmed {booking}[ for {agent}]",
    "booking.contact": "contacted {booking}[: {outcome}][, {attempt}][, {text}]"
    "[; follow-up {follow_up_at}][; closed, {reason}]",
    "booking.decline": "declined {booking}[ for {declined_by}][: {reason}][; now with {agent}][; {waits}]",
    "booking.edit": "edited {booking}[: {unsuited}][; now with {moved_to}]",
    "booking.expire": "released {booking}[ of {let_lapse_by}]: no answer about the claim[; now with {agent}]"
    "[; {waits}]",
    "booking.first_contact": "warned about {booking}: {percent} % of the time to the first contact used"
    "[, level {level}][; to be told: {to_tell}]",
    "booking.follow_up": "set the follow-up of {booking}[ to {follow_up_at}]",
    "booking.follow_up removed": "removed the follow-up of {booking}",
    "booking.follow_up_all": "set the follow-ups of {bookings}[ to {follow_up_at}]",
    "booking.follow_up_all removed": "removed the follow-ups of {bookings}",
    "booking.keep": "kept the claim on {booking}[ for {agent}]",
    "booking.lapse": "moved {booking}[: {not_claimed_by} did not claim it in time][; now with {agent}]"
    "[; {waits}]",
    "booking.note": "added a note to {booking}[: {text}]",
    "booking.pass_on": "passed on {booking}[ of {moved_from}, who is away][; now with {agent}][; {waits}]",
    "booking.prioritise_all": "set the priority of {bookings}[ to {priority}]",
    "booking.rate": "scored {booking}[: {score} of 5]",
    "booking.reassign": "reassigned {booking}[ to {agent}][: {reason}]",
    "booking.reassign_all": "reassigned {bookings}[ to {taker}][: {reason}]",
    "booking.release": "released {booking}[; now with {taker}][; {waits}]",
    "booking.release_all": "released {bookings}[; {moved}]",
    "booking.reopen": "reopened {booking}[: {reason}][; now with {taker}][; {waits}]",
    "cap.remove": "removed a cap[: {cap}]",
    "cap.set": "set a cap[: {cap}][, {was} before]",
    "customer.apart": "marked {customer} and customer {other_customer_id} as different people",
    "customer.edit": "edited {customer}",
    "customer.forget": "erased {customer}",
    "customer.merge": "merged customer {merged_customer_id} into {customer}",
    "desk.restore": "restored the desk[ from {file}]",
    "disposition.add": "added the outcome[ {disposition}][: {follows}]",
    "disposition.retire": "retired the outcome[ {disposition}]",
    "disposition.set": "set the outcome[ {disposition}][: {follows}]",
    "doctor.repair": "repaired the desk",
    "holiday.set": "set the holidays[ of {agent}][ to {region}]",
    "import": "imported[ {imported}]",
    "import.change": "updated[ {booking}][ {agent}][ {customer}] from a file"
    "[: {unsuited}][; now with {moved_to}]",
    "import.rows": "imported rows[: {imported}]",
    "import.rows_back": "removed imported rows",
    "issue.acknowledge": "acknowledged the escalation of {issue}",
    "issue.add_file": "took in the tickets of {file}",
    "issue.claim": "claimed {issue}[ for {agent}]",
    "issue.close": "closed {issue}[: {reason}]",
    "issue.close_all": "closed {issues}",
    "issue.drain": "assigned {assigned}[ to {taker}][: {shared}]",
    "issue.edit": "edited {issue}",
    "issue.escalate": "escalated {issue}[ to level {level}][: {reason}]",
    "issue.let_go": "passed on {issues}[ to {taker}][: {shared}]",
    "issue.note": "added a note to {issue}[: {text}]",
    "issue.open": "opened {issue}[ for {agent}]",
    "issue.prioritise_all": "changed the priority of {issues}",
    "issue.rate": "scored {issue}[: {score} of 5]",
    "issue.reassign": "reassigned {issue}[ to {agent}][: {reason}]",
    "issue.reassign_all": "reassigned {issues}[ to {taker}][: {reason}]",
    "issue.reopen": "reopened {issue}[: {reason}]",
    "issue.reply": "replied on {issue}[: {text}]",
    "issue.reply customer": "recorded the customer's answer on {issue}[: {text}]",
    "issue.resolve": "resolved {issue}[: {text}]",
    "issue.settle": "settled the escalation of {issue}[: {reason}]",
    "issue.status": "changed the status of {issue}",
    CHECK: "checked the clocks",
    "issue.take_in": "took in {issue}[ for {agent}]",
    "issue.train": "trained the rating model",
    "lead.add": "added lead {booking}[ for {agent}]",
    "lead.add_all": "added {leads}",
    "lead.add_file": "added the leads of {file}",
    "lead.file_again": "brought leads of a file back",
    "lead.file_back": "removed leads of a file",
    "setting.set": "set {key} to {new}",
    "shuffle": "evened out loads[: {moves} moved][; {moved}]",
    "shuffle.recurring": "evened out loads[: {moves} moved][; {moved}]",
    "token.add": "made a token for {login}[, good until {expires_at}]",
    "token.revoke": "revoked a token of {login}",
    "user.add": "added user {login}[ as {role}][, agent {is_agent}][, account {account}]",
    "user.disable": "disabled user {login}",
    "user.enable": "enabled user {login}",
    "user.passwd": "set a password for {login}[, and revoked {tokens}]",
    "user.set": "changed user {login}[, now {role}][, agent {is_agent}][, account {account}]",
    "value.add": "accepted {name} as {kind}",
    "value.rename": "renamed {value}",
    "value.retire": "retired {value}",
    "view.delete": "deleted a view[: {view}]",
    "view.save": "saved a view[: {view}]",
    "waiting.assign": "assigned {drained}[ to {taker}][: {shared}]",
    "waiting.assign returned": "passed on the work of agents who are away[: {moved}]",
    "weights.learn": "learned weights[, version {version}]",
    "weights.use": "put weights in use[: {weights}]",
}
"""What each command says behind its actor; a part in brackets is left out where a word of it is not known."""

PART = re.compile(r"\[([^\]]*)\]")
FIELD = re.compile(r"\{(\w+)\}")
OF_AGENTS = ("declined_by", "let_lapse_by", "moved_from", "moved_to", "not_claimed_by", "pulled_from", "to")
DESK = "desk"  # in the place of an agent: its policy finds one
COUNTED = {
    "agents": "agent",
    "assigned": "issue",
    "assignments": "assignment",
    "bookings": "booking",
    "drained": "waiting booking",
    "issues": "issue",
    "leads": "lead",
    "tokens": "token",
}
"""What the numbers and lists of a detail count."""
IMPORTED = ("agents", "bookings", "assignments")


def names_in(events: Iterable[EventRow], others: Iterable[int] = ()) -> dict[int | None, str]:
    """Return the names of every agent that some events are about, and of others. Reads the database."""
    ids = {number for event in events for number in _agents_of(event)}
    return names_of({*ids, *others} - {None})


def _agents_of(event: EventRow) -> Iterable[int | None]:
    detail = event["detail"]
    yield event["agent_id"]
    yield from (detail[key] for key in OF_AGENTS if isinstance(detail.get(key), int))
    yield from (number for one in detail.get("passed_on", []) for number in (one["from"], one["to"]))
    yield from moved_rows(event)


def sentence(event: EventRow, names: Names) -> str:
    """Describe an event; an undo or redo by what it reversed, an agent without a name by the number."""
    if event["command"] in REVERSALS:
        verb = "undid" if event["command"] == UNDO else "redid"
        return f"{verb} {_reversed(event, names)}{_passed_on(event, names)}"
    if event["command"] == CHECK:
        return "; ".join(alarms(event, names)) or SENTENCES[CHECK]
    return f"{_filled(event['command'], event, names)}{_passed_on(event, names)}"


def clock_acts(kinds: Mapping[str, int]) -> str:
    """Describe several acts of the clock by their commands: ``12 clock checks, 3 presence changes``."""
    return ", ".join(
        f"{number:,} {_act_word(kind, number)}" for kind, number in sorted(kinds.items(), key=_by_number)
    )


def _by_number(act: tuple[str, int]) -> tuple[int, str]:
    return -act[1], act[0]


def _act_word(command: str, number: int) -> str:
    one, several = CLOCK_ACTS.get(command, (command, command))
    return one if number == 1 else several


def _passed_on(event: EventRow, names: Names) -> str:
    """Return who goes on with issues whose holders are not there: "; Ada is offline, passed to Bob"."""
    return "".join(
        f"; {_name(one['from'], names)} {absence(one['presence'])}, "
        + (f"passed to {_name(one['to'], names)}" if one["to"] else "waits for an agent")
        for one in event["detail"].get("passed_on", [])
    )


def _reversed(event: EventRow, names: Names) -> str:
    """Return the noun for what an undo or redo reversed, with the number of its rows."""
    command = str(event["detail"].get("command", ""))
    words, rows = _words(event, names), Counter(key.partition(":")[0] for key in event["after"])
    for kind, noun in COUNTED.items():
        if count := rows["issues" if kind == "issues" else "bookings"]:
            words.setdefault(kind, plural(count, noun))
    return noun_for(command, words | about(command, event["detail"], event["before"], event["after"]))


def noun_for(command: str, words: Mapping[str, str]) -> str:
    """Return what an undo or redo of a command reverses: ``the claim on 413 (Ann)``."""
    return _in_template(NOUNS.get(command, command), words)  # a later version of Astra may know more


def _filled(command: str, event: EventRow, names: Names) -> str:
    detail = event["detail"]
    variant = "removed" if detail.get("follow_up_at", "") is None else detail.get("author")
    variant = variant or ("returned" if detail.get("returned") else None)
    template = SENTENCES.get(f"{command} {variant}") or SENTENCES.get(command)
    if template is None:  # only a later version of Astra knows it
        return command
    return _in_template(template, _words(event, names))


def _in_template(template: str, words: Mapping[str, str]) -> str:
    def optional(part: re.Match[str]) -> str:
        return part[1] if all(words.get(name) for name in FIELD.findall(part[1])) else ""

    def known(field: re.Match[str]) -> str:
        name = field[1]
        return words.get(name) or (f"{COUNTED[name]}s" if name in COUNTED else name.replace("_", " "))

    return FIELD.sub(known, PART.sub(optional, template))


def _words(event: EventRow, names: Names) -> dict[str, str]:
    """Return the words for the fields of a sentence; what is not known is missing or empty."""
    words = {
        key: _time(value, event["at"]) if key.endswith("_at") else _word(key, value, names)
        for key, value in event["detail"].items()
    }
    of_customer = f" ({event['customer_name']})" if event["customer_name"] else ""
    for kind in ("booking", "issue"):
        number = event[f"{kind}_id"]  # type: ignore[literal-required]
        if number is not None:
            words[kind] = f"{'' if kind == 'booking' else 'issue '}{number}{of_customer}"
    words["lead"] = f"lead {words['booking']}" if "booking" in words else ""
    if event["customer_id"] is not None:
        words["customer"] = f"customer {event['customer_id']}{of_customer}"
    if event["agent_id"] is not None:
        words["agent"] = _name(event["agent_id"], names)
    if "key" in words:
        words["new"] = described(event["detail"].get("new", "")) or "empty"
    words["imported"] = ", ".join(filter(None, (words.get(kind) for kind in IMPORTED)))
    return words | _moved_words(event, names)


def _moved_words(event: EventRow, names: Names) -> dict[str, str]:
    """Return who has the work that an event moved: ``taker`` alone, or what is ``shared`` by several."""
    moved = moved_rows(event)
    if not moved:
        return {}
    if [*moved] == [None]:
        return {"waits": "waits for an agent", "moved": words_of(moved, names)}
    if len(moved) > 1:
        return dict.fromkeys(("moved", "shared"), words_of(moved, names))
    taker, kinds = next(iter(moved.items()))
    is_told = event["detail"].get("to") == taker
    return {
        "taker": _name(taker, names) if taker is not None else "",
        "moved": counted(kinds) if is_told else words_of(moved, names),
    }


def _name(agent_id: int, names: Names) -> str:
    return names.get(agent_id) or f"agent {agent_id}"


def _word(key: str, value: Any, names: Names) -> str:
    if value is None or value in ("", [], {}, 0):
        return ""
    if key in COUNTED and isinstance(value, list | int):
        return plural(value if isinstance(value, int) else len(value), COUNTED[key])
    if key in OF_AGENTS and isinstance(value, int):
        return _name(value, names)
    if key in OF_AGENTS and value == DESK:
        return "the desk"
    if is_erased(value):
        return "erased"
    return str(value).replace("_", " ") if key == "outcome" else str(value)


def _time(value: Any, event_at: str) -> str:
    """Return a time that an event set, with its year where that is not the event's own."""
    if not isinstance(value, str):
        return ""
    return short_moment(value) if day(value)[-4:] == day(event_at)[-4:] else exact(value)


def alarms(event: EventRow, names: Names) -> list[str]:
    """Return what a check of the clocks raised, one line an issue and clock, one for its escalations."""
    last: dict[tuple[int, str], int] = {}
    for one in event["detail"].get("warnings", []):
        last[one["issue_id"], one["clock"]] = one["percent"]
    whom = names.get(event["agent_id"])
    lines = [
        f"warned {whom}: issue {number}, {_used(clock, percent)}"
        if whom
        else f"warned about issue {number}: {_used(clock, percent)}"
        for (number, clock), percent in last.items()
    ]
    raised: dict[tuple[int, int, str], list[str]] = {}
    for one in event["detail"].get("escalations", []):
        reasons = raised.setdefault((one["issue_id"], one["level"], one["told"]), [])
        reasons.append(one["trigger"].replace("_", " "))
    return lines + [
        f"escalated issue {number} to level {level} ({', '.join(reasons)}), {told} to be told"
        for (number, level, told), reasons in raised.items()
    ]


def _used(clock: str, percent: int) -> str:
    time = f"{CLOCKS.get(clock, clock.replace('_', ' '))} time"
    return f"{time} is over" if percent >= 100 else f"{percent}% of the {time} used"
