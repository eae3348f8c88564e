"""The words by which people look for a key or a command that is called otherwise here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.binding import Binding

from screens.base import keys

ALIASES: Mapping[str, str] = {
    "absence.add": "holiday vacation leave away sick substitute cover calendar",
    "absence.remove": "back early cancel",
    "absence.return": "substitute back give work",
    "agent.add": "new employee staff hire",
    "agent.edit": "weight share quota limit maximum capacity skills languages rating name",
    "agent.handover": "transfer move pass reassign all",
    "agent.leave": "delete remove fire dismiss quit leave return",
    "agent.presence": "pause break leave away absent sick lunch offline busy available",
    "agent.shift": "working hours rota schedule",
    "back": "escape unmark deselect reset",
    "booking.cancel": "delete remove lost refuse close",
    "booking.contact": "call phone ring text reached",
    "booking.customer": "person client merge phone e-mail",
    "booking.decline": "refuse reject transfer hand over",
    "booking.edit": "change priority urgent vip important destination price quote",
    "booking.follow_up": "remind reminder call back callback later tomorrow postpone snooze due",
    "booking.keep": "extend",
    "booking.note": "comment remark tag label memo",
    "booking.reassign": "transfer hand over move pass give swap change agent",
    "booking.release": "unclaim give back return",
    "booking.reopen": "restore again",
    "columns": "hide width order",
    "command_line": "type console",
    "copy": "clipboard phone e-mail",
    "export": "csv tsv json excel download save file",
    "filter": "search find query",
    "find": "search lookup phone",
    "form.begin": "half-typed draft unfinished continue",
    "form.clear": "half-typed draft unfinished delete remove discard reset",
    "form.several": "paste many bulk multiple",
    "help": "shortcuts keyboard hotkeys mouse how",
    "issue.edit": "change vip tier important urgent",
    "issue.escalate": "urgent manager boss",
    "issue.note": "comment remark tag label memo",
    "issue.reassign": "transfer hand over move pass give swap change agent",
    "issue.wait": "hold stop later",
    "log": "history audit who changed",
    "mark": "select tag choose",
    "mark.all": "select every",
    "messages": "notifications errors missed",
    "palette": "search menu",
    "quit": "exit close stop leave",
    "redo": "again back",
    "retry": "reload update reconnect",
    "roster.fairness": "fair share limit reports statistics",
    "sort": "order rank",
    "undo": "back revert mistake wrong restore delete remove",
    "views": "save bookmark favourite delete remove",
    "why": "reason explain",
    "zoom": "full width bigger",
    "Cap: remove": "delete limit maximum quota",
    "Cap: set": "limit maximum quota most per hour daily",
    "Caps": "limit maximum quota fair share",
    "Import files": "csv excel json load",
    "Leads from a file": "csv excel import upload",
    "Policy": "fair share weight quota maximum limit priority distribution assignment rule",
    "Shuffle": "even balance fair move rebalance redistribute",
    "Tour": "mouse introduction tutorial learn start",
    "Who got how many leads": "fair share weight quota evenness statistics report",
}
"""By the id of a binding, or the title of a command that has no key."""
SHARED: Mapping[str, str] = {
    "Policy: ": "distribution assignment rule",
    "Theme: ": "colour color dark light contrast appearance mode",
}
"""The same for all titles with a beginning."""

ELSEWHERE: Mapping[str, Sequence[Binding]] = {
    "dispatch": keys.FORM,
    "roster": [*keys.ROSTER, *keys.LIST],
    "queue": [*keys.BOOKING, *keys.WHY, *keys.QUEUE, *keys.LIST],
    "service": keys.SERVICE,
    "insights": keys.INSIGHTS,
}
"""The keys of each place, that are found from the other places too."""

INSTEAD_OF_TEXTUALS = ("Quit", "Theme", "Keys")
"""Textual's commands that the palette has in Astra's own form."""
KEY_OF: Mapping[str, str] = {"Who got how many leads": "roster.fairness"}
"""The commands of every place that one place has a key for: one entry of the palette stands for both."""


def aliases_of(name: str) -> str:
    """Return the further words for a binding's id or a command's title."""
    shared = (words for beginning, words in SHARED.items() if name.startswith(beginning))
    return " ".join((ALIASES.get(name.removesuffix(".letter"), ""), *shared)).strip()


def is_meant(word: str, aliases: str) -> bool:
    """Return whether a word begins one of the further words."""
    return any(alias.startswith(word) for alias in aliases.split())
