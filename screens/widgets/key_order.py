"""The order of the verbs on the key line, and their groups: what is done most comes first."""

from __future__ import annotations

GROUPS: tuple[tuple[str, ...], ...] = (
    (
        *("filter.apply", "filter.clear"),
        *("form.assign", "form.several", "form.clear"),
        *("booking.next", "booking.claim", "booking.contact", "booking.confirm", "booking.cancel"),
        *("issue.claim", "issue.reply", "issue.resolve", "issue.close"),
        *("agent.presence", "agent.bookings", "agent.edit", "agent.add"),
        *("log.booking", "log.undo", "log.redo"),
        *("insights.open", "insights.use", "insights.train", "insights.report"),
        "back",
    ),
    (
        *("booking.reassign", "booking.release", "booking.decline", "booking.keep", "booking.reopen"),
        *("issue.open", "issue.escalate", "issue.reassign", "issue.wait", "issue.acknowledge"),
        *("issue.settle", "issue.reopen"),
        *("agent.handover", "agent.shift", "agent.leave", "absence.add", "absence.remove", "absence.return"),
    ),
    (
        *("booking.follow_up", "booking.note", "booking.edit", "booking.rate"),
        *("issue.note", "issue.category", "issue.edit", "issue.rate"),
    ),
    (
        *("why", "why.letter", "why.not", "issue.why", "match.parts"),
        *("booking.customer", "issue.customer", "booking.issue", "issue.booking", "copy"),
        *("booking.log", "issue.log"),
    ),
    ("mark", "mark.range", "mark.all"),
    (
        *(
            "filter",
            "queue.view",
            "service.view",
            "insights.view",
            "roster.view",
            "log.view",
            "service.board",
        ),
        *("sort", "sort.reverse", "columns", "desk.agent", "views", "export"),
    ),
    (
        "undo",
        "undo.letter",
        "redo",
        "redo.letter",
        "repeat",
        "command_line",
        "command_line.letter",
        "find",
        "log",
    ),
)
"""The bindings' ids; a verb keeps its place whatever key it has. The others are in help and palette."""

PLACES = {identifier: number for number, identifier in enumerate(one for group in GROUPS for one in group)}
GROUP_OF = {identifier: number for number, group in enumerate(GROUPS) for identifier in group}
LAST = len(PLACES), len(GROUPS)


def place_of(identifier: str | None) -> tuple[int, int]:
    """Return a binding's place on the line, and its group; one that is in no group comes last."""
    name = identifier or ""
    return (PLACES[name], GROUP_OF[name]) if name in PLACES else LAST
