"""The application and its screens."""

from __future__ import annotations

from typing import Any

from textual import events, on
from textual.app import App
from textual.binding import BindingsMap
from textual.dom import DOMNode
from textual.reactive import Reactive
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget
from textual.widgets import DataTable, OptionList
from textual.widgets._select import SelectOverlay

from screens.base.textual_internals.key_names import is_character
from screens.base.textual_internals.terminal import SteadyTerminal


def all_screens(app: App[Any]) -> list[Screen[Any]]:
    """Return the screens of every mode, not only of the one in sight."""
    return [screen for stack in app._screen_stacks.values() for screen in stack]


def begin_in(app: App[Any], mode: str) -> None:
    """Let an application that is still loading begin in another mode than the one it was made for."""
    del app._screen_stacks[app._current_mode]
    app._current_mode = mode
    app._screen_stacks[mode] = []


def forget_copied(app: App[Any]) -> None:
    """Forget what was copied or cut in the application; the terminal's own clipboard stays as it is."""
    app._clipboard = ""


def adopt_styles(screen: Screen[Any]) -> None:
    """Mark a new screen as styled by the application's present style sheets.

    Its widgets are styled as they are mounted; Textual would parse every sheet again for it, twice (0.2 s).
    """
    screen._css_update_count = screen.app._css_update_count


class SteadyScreen(Screen[ScreenResultType]):
    """Runs callbacks that wait for a refresh once it is laid out; Textual runs them early during a batch.

    It keeps its styles while another screen covers it, and a moved focus repaints the two widgets concerned
    instead of the whole screen: any change of a style is applied at once, to hidden screens as well.

    Typing is never a command: a key that is a character reaches the screen and the application only while
    a list has the focus. On a button, in a text to scroll, or without a focus, a letter does nothing.
    """

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    @on(events.ScreenResume)
    def keep_styles(self, event: events.ScreenResume) -> None:
        event.refresh_styles = False

    def takes_letters(self) -> bool:
        """Return whether characters are keys of the screen: a list has the focus, not a field's open one."""
        is_of_a_field = isinstance(self.focused, SelectOverlay)
        return isinstance(self.focused, DataTable | OptionList) and not is_of_a_field

    @property
    def _binding_chain(self) -> list[tuple[DOMNode, BindingsMap]]:
        chain = super()._binding_chain
        if not self.takes_letters():
            for node, bindings in chain:
                if isinstance(node, Screen | App):
                    for key in filter(is_character, [*bindings.key_to_bindings]):
                        del bindings.key_to_bindings[key]
        return chain

    async def _invoke_and_clear_callbacks(self) -> None:
        if not (self.is_current and (self.app._batch_count or self._layout_required)):
            await super()._invoke_and_clear_callbacks()


class SteadyBatches(SteadyTerminal):
    """Runs the callbacks that a batch of updates held up as soon as the batch ends."""

    def _end_batch(self) -> None:
        super()._end_batch()
        if not self._batch_count and self.screen_stack:
            self.screen.check_idle()
