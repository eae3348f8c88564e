"""Ways to every place and modal, for golden screens and tests of all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from textual import events
from textual.keys import _character_to_key, key_to_character
from textual.widgets import Input, TextArea

from astra_tui.app import AstraApp
from screens.shell.marked_list import MarkedList
from screens.widgets.live_table import LiveTable

Scene = Callable[[AstraApp], Awaitable[None]]


LETTER_S, PAUSE_S = 0.05, 1.0
"""Between two keys that are pressed together, and before the first of them."""
LAST_TYPED: WeakKeyDictionary[AstraApp, float] = WeakKeyDictionary()


async def press(app: AstraApp, *keys: str) -> None:
    """Type all keys at once, as fast hands do after a pause; the application handles them one by one."""
    at = LAST_TYPED.get(app, monotonic()) + PAUSE_S
    for key in keys:
        name = _character_to_key(key) if len(key) == 1 else key
        event = events.Key(name, key if len(key) == 1 else key_to_character(key))
        at += LETTER_S
        event.time = LAST_TYPED[app] = at
        event.set_sender(app)
        app.post_message(event)
    await app.settle()


def pressed(*keys: str) -> Scene:
    """A scene reached by keys."""

    async def scene(app: AstraApp) -> None:
        await press(app, *keys)

    return scene


async def fill_in(app: AstraApp, **values: str) -> None:
    """Fill in the fields of a form by their ids."""
    for field, value in values.items():
        widget: Any = app.screen.query_one(f"#{field}")
        if value or isinstance(widget, Input):
            widget.value = value
        else:
            widget.clear()
    await app.settle()


LEAD = {
    "customer": "Kate Nguyen",
    "method": "Text",
    "source": "Organic",
    "destination": "Mars",
    "launch": "Dallas-Fort Worth Launch Complex",
    "requests": "a dome with a view",
}


async def type_lead(app: AstraApp) -> None:
    await press(app, "f2")
    await fill_in(app, **LEAD)


async def assign_nothing(app: AstraApp) -> None:
    await press(app, "f2")
    await fill_in(app, customer="Kate Nguyen", method="Text", source="", requests="")
    await press(app, "f9")


async def filter_queue(app: AstraApp) -> None:
    await press(app, "f4", "escape", "v", "v", "slash")
    app.screen.query_one("#filter", Input).value = "to:mars emil"
    await press(app, "enter")


async def refuse_a_filter(app: AstraApp) -> None:
    """Paste the text: a list follows typing that pauses, as it does on a busy machine."""
    await press(app, "h", "slash")
    app.post_message(events.Paste("since:x"))
    await app.settle()


async def refuse_cancelling(app: AstraApp) -> None:
    await press(app, "f4", "escape", "home", "x", "f9")


SEVERAL = """name,method,source,destination,launch,phone
Nora Quist,Text,Organic,Mars,Sydney Stellar Port,+49 711 77
[/] Ola,Text,Organic,Pluto,Sydney Stellar Port,call me
山田 花子,Phone Call,Bought,Titan,Tokyo Spaceport Terminal,
Ida,Text,Organic"""


async def ask_whose(app: AstraApp) -> None:
    await type_lead(app)
    await press(app, "f9")


async def paste_several(app: AstraApp) -> None:
    await press(app, "f2")
    app.post_message(events.Paste(SEVERAL))
    await app.settle()


async def quit_with_a_lead(app: AstraApp) -> None:
    await type_lead(app)
    await press(app, "ctrl+q")


PLACES: dict[str, Scene] = {
    "dispatch": pressed("f2"),
    "lead": type_lead,
    "lead-refused": assign_nothing,
    "roster": pressed("f3"),
    "queue": pressed("f4", "escape", "home"),
    "queue-filtered": filter_queue,
    "my-desk": pressed("f5"),
    "why": pressed("f4", "escape", "home", "enter"),
    "service": pressed("f6", "escape", "home"),
    "service-figures": pressed("f6", "B"),
    "insights": pressed("f7", "home"),
    "log": pressed("f4", "h", "home", "down", "down"),
    "customer": pressed("f4", "escape", "end", "i"),
    "find-customer": pressed("f4", "ctrl+f", "k"),
}


async def type_an_issue(app: AstraApp) -> None:
    await press(app, "f6", "escape", "I")
    text = "[/] I was charged $300 twice for booking 4. Please send it back today, this is unacceptable."
    app.screen.query_one("#text", TextArea).text = text
    await app.settle()


async def open_an_unsure_issue(app: AstraApp) -> None:
    await press(app, "f6", "escape", "I", *"hm", "f9")


async def reply_to_an_issue(app: AstraApp) -> None:
    await press(app, "f6", "escape", "home", "t")
    await fill_in(app, then="Wait for customer")
    app.screen.query_one("#text", TextArea).text = "[/] hello"
    await app.settle()


async def weigh_up(app: AstraApp) -> None:
    await type_lead(app)
    app.screen.query_one("#latest").focus()
    await press(app, "equals_sign")


def insights(section: str) -> Scene:
    """A section of Insights; the bookings section again for later scenes."""

    async def scene(app: AstraApp) -> None:
        await press(app, "f2", "ctrl+l", "f7")
        getattr(app.screen, "show_section")(section)  # noqa: B009  # any place's type has none
        await app.settle()

    return scene


PLACES |= {
    f"insights-{section}": insights(section)
    for section in ("alerts", "bookings", "agents", "match", "weights")
}


async def take_the_tour(app: AstraApp) -> None:
    await press(app, "f2")
    app.action_tour()
    await press(app, "enter", "enter")


async def read_help_to_the_end(app: AstraApp) -> None:
    await press(app, "f4", "f1")
    panel = app.screen.query_one("#help-text")
    panel.scroll_to(y=panel.max_scroll_y, animate=False)
    await app.settle()


async def choose_policy(app: AstraApp) -> None:
    await press(app, "f2")
    app.action_policy("balanced")
    await app.settle()


async def look_at_shuffle(app: AstraApp) -> None:
    await press(app, "f3")
    app.action_shuffle()
    await app.settle()


MARKED = ("f4", "escape", "home", "space", "down", "down", "M")

MODALS: dict[str, Scene] = {
    "presence": pressed("f3", "end", "p", "o"),
    "handover": pressed("f3", "end", "R"),
    "shift": pressed("f3", "end", "S", *"daily 8-11"),
    "absence": pressed("f3", "end", "O", "tab", *"fri", "tab", *"course", "tab", *"nova"),
    "leaving": pressed("f3", "end", "X"),
    "queue-marked": pressed(*MARKED),
    "batch-cancel": pressed(*MARKED, "x"),
    "batch-reassign": pressed(*MARKED, "r", *"zion"),
    "why-not": pressed("f4", "escape", "home", "down", "W", *"nova", "enter"),
    "policy": choose_policy,
    "shuffle": look_at_shuffle,
    "score": weigh_up,
    "columns": pressed("f4", "escape", "comma", *("down",) * 7, "space"),
    "fill": pressed("f2", "ctrl+n"),
    "import": pressed("f2", "ctrl+n", "enter", "f9"),
    "tour": take_the_tour,
    "help-queue": read_help_to_the_end,
    "confirm": pressed("f4", "escape", "home", "down", "down", "f"),
    "cancel-refused": refuse_cancelling,
    "reassign": pressed("f4", "escape", "home", "r"),
    "edit": pressed("f4", "escape", "home", "down", "e"),
    "contact": pressed("f4", "escape", "home", "down", "t"),
    "follow-up": pressed("f5", "home", "F"),
    "agent": pressed("f3", "home", "down", "e"),
    "pick-agent": pressed("f5", "at"),
    "merge-pick": pressed("f4", "escape", "end", "i", "m"),
    "merge": pressed("f4", "escape", "end", "i", "m", *"kate", "enter"),
    "log-refused": refuse_a_filter,
    "known-customer": ask_whose,
    "several": paste_several,
    "issue": pressed("f6", "escape", "home", "enter"),
    "issue-why": pressed("f6", "escape", "home", "down", "w"),
    "issue-reply": reply_to_an_issue,
    "issue-category": pressed("f6", "escape", "home", "C"),
    "new-issue": type_an_issue,
    "new-issue-unsure": open_an_unsure_issue,
    "quit": quit_with_a_lead,
    "help-dispatch": pressed("f2", "f1"),
    "help-roster": pressed("f3", "f1"),
    "palette": pressed("f3", "ctrl+p"),
}


def said(app: AstraApp) -> list[str]:
    """What the application says at present, refusals with their hints: in the toast, and on the line."""
    lines = (app.messages.newest(is_loud_too=False), app.messages.newest(is_loud_too=True))
    shown = [*app.messages.loud, *(line for line in lines if line is not None)]
    return list(dict.fromkeys(message.whole for message in shown))


async def leave(app: AstraApp) -> None:
    """Close the screens above the place, dismiss toasts, and show the default columns."""
    if app.screen.query("#figures") and app.screen.query_one("#figures").has_focus:
        await press(app, "B")
    while len(app.screen_stack) > 1:
        await press(app, "escape")
    if isinstance(app.screen, MarkedList):
        app.screen.unmark_all()
    for table in app.screen.query(LiveTable):
        table.choose([])
    app.clear_notifications()
    await app.settle()
