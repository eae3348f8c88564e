"""The part of the application that offers its commands by name, and its themes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from textual.screen import Screen

from screens.app.command_app import CommandApp
from screens.base.keys import TITLES
from screens.base.search_words import INSTEAD_OF_TEXTUALS, KEY_OF, aliases_of
from screens.shell.help import Verb, verbs, verbs_elsewhere
from screens.shell.jumps import Jump
from screens.shell.palette import Entry, Palette


class PaletteApp(CommandApp):
    """An application with a palette; the theme that is chosen there is kept for the user."""

    has_title = True
    """Whether the window's title is shown: a preference of the user."""

    _kept_theme = ""

    def on_mount(self) -> None:
        self._kept_theme = self.theme
        self.theme_changed_signal.subscribe(self, lambda theme: self._theme_changed(theme.name))

    def show_desk_title(self, waiting: int) -> None:
        """Show in the window's title which place this is, and how much work needs somebody."""
        place = self._host.place
        if place is not None and self.has_title:
            new = len(self._host.inbox.unseen)
            counts = [f"{number} {word}" for number, word in ((waiting, "waiting"), (new, "new")) if number]
            self.show_window_title(
                f"Astra - {TITLES[place.NAME]}" + (f" ({', '.join(counts)})" if counts else "")
            )

    def keep_theme(self, name: str) -> None:
        """Keep the theme for the user's next run."""

    def _theme_changed(self, name: str) -> None:
        is_preview = not self.screen_stack or isinstance(self.screen, Palette)
        if not is_preview and name != self._kept_theme:
            self._kept_theme = name
            self.keep_theme(name)

    def action_command_palette(self) -> None:
        """Open the palette, or close it."""
        if isinstance(self.screen, Palette):
            self.screen.action_close()
        else:
            self.push_screen(Palette(self.palette_entries(self.screen), self._way_to), self._run_entry)

    def _run_entry(self, entry: Entry | None) -> None:
        """Run the chosen entry, now that the palette is closed."""
        if entry is not None:
            self.call_later(entry.run)

    def palette_entries(self, screen: Screen[Any]) -> list[Entry]:
        """Return every verb of a screen, the commands without a key, the themes, and verbs elsewhere."""
        here = verbs(screen)
        there = verbs_elsewhere(self, here)
        keys = {verb.binding.id: verb.shown_keys for verb in (*here, *there)}
        left_out = {"palette", *KEY_OF.values()}
        own = [self._entry_of(verb) for verb in here if verb.binding.id not in left_out]
        elsewhere = [self._entry_of(verb) for verb in there if verb.binding.id not in left_out]
        others = [
            Entry(
                one.title,
                one.help,
                one.callback,
                keys.get(KEY_OF.get(one.title, ""), ""),
                aliases=aliases_of(one.title),
            )
            for one in self.get_system_commands(screen)
        ]
        themes = [
            Entry(
                f"Theme: {name}",
                "Shown while the cursor is here",
                partial(self._use_theme, name),
                theme=name,
                aliases=aliases_of(f"Theme: {name}"),
            )
            for name in sorted(self.available_themes)
        ]
        commands = [each for each in others if each.title not in INSTEAD_OF_TEXTUALS]
        return [*own, *commands, *themes, *elsewhere]

    def _entry_of(self, verb: Verb) -> Entry:
        return Entry(
            verb.binding.description,
            verb.sentence,
            partial(self.run_action, verb.binding.action, verb.node),
            verb.shown_keys,
            verb.is_possible,
            aliases=verb.aliases,
            is_only_sought=bool(verb.place),
        )

    def _use_theme(self, name: str) -> None:
        self.theme = name

    def _way_to(self, jump: Jump) -> Callable[[], object]:
        """Return what shows the row that the palette found."""
        ways = {
            "booking": self._host.show_booking,
            "issue": self._host.show_issue,
            "agent": self._host.show_agent,
            "customer": self._open_customer,
        }
        return partial(ways[jump.kind], jump.number)

    def _open_customer(self, customer_id: int) -> None:
        place = self._host.place
        if place is not None:
            place.open_customer(customer_id)
