"""Saved views of a list: chosen, saved and deleted in a panel over it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any, Generic

from rich.cells import cell_len, set_cell_size
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from dispatch.desk.desk import Desk
from dispatch.views import desk_views
from dispatch.views.lists import LISTS, MOST_COUNTED, checked, counted
from dispatch.views.row_types import ViewRow
from models.errors import InvalidInput
from screens.base import keys
from screens.base.app_protocol import Host
from screens.base.harmless_text import visible
from screens.base.keys import TITLES, key
from screens.dialogs.form import Field, FormModal
from screens.dialogs.modal import Modal
from screens.shell.row_actions import Done, RowActions
from screens.widgets.columns import Row
from screens.widgets.live_table import LiveTable
from screens.widgets.movable import Options
from screens.wording.text import short

MINE, EVERYBODY = "Only me", "Everybody"
WIDEST_NAME = 24
NONE_YET = "No saved views yet: s saves this list as one"


class ViewedList(RowActions[Row, Done], Generic[Row, Done]):
    """A list that views can be of."""

    @abstractmethod
    def present_view(self) -> ViewRow:
        """Return the list as it is now, without a name. Raises InvalidInput if no text describes it."""

    @abstractmethod
    def apply_view(self, view: ViewRow) -> None:
        """List what a view says, in its order."""

    def action_views(self) -> None:
        """Let the user choose a saved view of the list, and list what it finds."""

        def use(view: ViewRow) -> None:
            gone = apply_columns(self.table, view)
            self.host.remember(self._columns_key(self.table), [*self.table.own_choice])
            self.apply_view(view)
            self.table.focus()
            if gone:
                self.say(gone, severity="warning")

        place, host = self.NAME, self.host
        self.open_made(lambda: SavedViews(place, views_of(place, host), self.present_view), use)

    def view_now(self, text: str, sort: str = "", *, descending: bool = False) -> ViewRow:
        """Return the list as it is now, with this filter text and order."""
        return {
            "view_id": None,
            "name": "",
            "list": self.NAME,
            "filter": text,
            "columns": [*self.table.own_choice],
            "sort": sort,
            "descending": descending,
        }


def views_of(name: str, host: Host) -> list[ViewRow]:
    """Return the views of a place, the user's own first; those of no list are everywhere. Reads the desk."""
    known = [*host.views.all(), *desk_views.desk_views()]
    return [view for view in known if view["list"] == name or view["list"] not in LISTS]


def apply_columns(table: LiveTable[Any], view: ViewRow) -> str:
    """Show a view's columns; return in words which of them are gone."""
    known = {column.key for column in table.specs}
    gone = [name for name in view["columns"] if name not in known]
    table.choose([name for name in view["columns"] if name in known])
    return f"This list has no column {', '.join(gone)}" if gone else ""


class SavedViews(Modal[ViewRow | None]):
    """The saved views of a place with the number of rows of each; closes with the one chosen."""

    FRAME = "columns"
    BINDINGS = [
        key("views.close", "escape", "Close", "Back to the list"),
        key("views.use", "enter", "Use", "List what the view finds", "use"),
        key("views.save", "s", "Save", "Save this list as a view"),
        key("views.delete", "x,delete", "Delete", "Delete the view; press twice"),
    ]

    def __init__(self, place: str, views: list[ViewRow], present: Callable[[], ViewRow]) -> None:
        super().__init__("Saved views")
        self._place = place
        self._views = views
        self._present = present
        self._doomed = ""

    def body(self) -> ComposeResult:
        yield Options(compact=True, markup=False)
        yield Static(id="told")

    def on_mount(self) -> None:
        self._show(self._views)
        self._count()

    def _count(self) -> None:
        desk, views = self.backend.desk, self._views
        reading = self.backend.filter_reading(self.host.my_agent_id)
        self.ask_newest(
            "counts", lambda: [counted(desk, view, reading) for view in views], self._show, beside=True
        )

    def _show(self, views: list[ViewRow]) -> None:
        options = self.query_one(Options)
        here, self._views = options.highlighted or 0, views
        width = min(WIDEST_NAME, max((cell_len(view["name"]) for view in views), default=0))
        options.set_options(Option(Content(_line(view, width))) for view in views)
        options.highlighted = min(here, len(views) - 1) if views else None
        self.refresh_bindings()
        if not views:
            self._say(NONE_YET)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to use or delete a view only where there is one."""
        return bool(self._views) if action in ("use", "delete") else super().check_action(action, parameters)

    def _say(self, text: str) -> None:
        self.query_one("#told", Static).update(Content(text))

    @property
    def _chosen(self) -> ViewRow | None:
        here = self.query_one(Options).highlighted
        return None if here is None else self._views[here]

    @on(Options.OptionHighlighted)
    def _moved(self) -> None:
        view = self._chosen
        if view is not None and view["name"] != self._doomed:  # the counts may come between the two keys
            self._doomed = ""
            self._say(keys.sentence(view.get("problem", "")) or f"enter lists {visible(view['name'])}")

    @on(Options.OptionSelected)
    def action_use(self) -> None:
        view = self._chosen
        if view is not None and not view.get("problem"):
            self.leave(view)

    def action_save(self) -> None:
        try:
            view = self._present()
        except InvalidInput as error:
            self._say(keys.refusal(self.app, error))
            return
        self.open(_save_form(view, self.host, self._place), self._saved)

    def action_delete(self) -> None:
        view = self._chosen
        if view is None:
            return
        if self._doomed != view["name"]:
            self._doomed = view["name"]
            whose = "your view" if view["view_id"] is None else "the desk's view"
            self._say(f"Delete {whose} {visible(view['name'])}? x again deletes it")
            return

        def deleted(_: None) -> None:
            self._tell("Removed", view)
            self._read_again()

        self.host.perform(partial(_delete, self.host, view), deleted)

    def _saved(self, view: ViewRow) -> None:
        self._tell("Saved", view)
        self._read_again(view)

    def _tell(self, word: str, view: ViewRow) -> None:
        """Say what was done; only the desk's views are undone by a key, as commands are."""
        say = self.say if view["view_id"] is None else self.say_done
        say(f"{word}: view {view['name']}")

    def _read_again(self, saved: ViewRow | None = None) -> None:
        """Read the views again; the cursor goes to the one ``saved``."""

        def show(views: list[ViewRow]) -> None:
            self._show(views)
            places = [
                place for place, view in enumerate(views) if saved is not None and _is_same(view, saved)
            ]
            if places:
                self.query_one(Options).highlighted = places[0]
            self._count()

        self._doomed = ""
        self.ask_newest("views", lambda: views_of(self._place, self.host), show)


def _is_same(view: ViewRow, other: ViewRow) -> bool:
    return (view["name"], view["view_id"]) == (other["name"], other["view_id"])


def _line(view: ViewRow, width: int) -> str:
    count = view.get("count")
    told = "" if count is None else f"{count:,}{'+' if count == MOST_COUNTED else ''}"
    whose = "own" if view["view_id"] is None else "desk"
    rest = f"! {view['problem']}" if view.get("problem") else view["filter"] or "everything"
    name = set_cell_size(short(visible(view["name"]), width), width)
    return f"{name}  {told:>7}  {whose:<4}  {visible(rest)}"


def _delete(host: Host, view: ViewRow, desk: Desk) -> None:
    if view["view_id"] is None:
        host.views.delete(view["name"])
    else:
        desk_views.delete(desk, view["name"])


def _save_form(view: ViewRow, host: Host, place: str) -> FormModal[ViewRow]:
    """Ask for the name, and whether everybody at the desk gets it."""

    def command(desk: Desk, given: dict[str, str]) -> ViewRow:
        if given["whose"] == EVERYBODY:
            columns, text, sort = tuple(view["columns"]), view["filter"], view["sort"]
            return desk_views.save(
                desk, given["name"], view["list"], text, columns, sort, descending=view["descending"]
            )
        return host.views.save(checked({**view, "name": given["name"]}, host.backend.filter_reading()))

    fields = (
        Field("name", "Name", required=True, called="view name"),
        Field("whose", "For", MINE, (MINE, EVERYBODY)),
    )
    about = f"{TITLES[place]}: {view['filter'] or 'everything'}"
    return FormModal("Save the list as a view", fields, command, submit="Save view", about=about)
