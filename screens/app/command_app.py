"""The part of the application with the command line, and the key that repeats its last command."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from textual.widgets import DataTable

from screens.app.distribution import DistributingApp
from screens.base import keys
from screens.base.line_history import LINES, LineHistory
from screens.dialogs.panel import Panel
from screens.dialogs.quit_warning import Leaving
from screens.shell.row_actions import RowActions

if TYPE_CHECKING:
    from screens.base.app_protocol import Host

NOTHING_TO_REPEAT = "Nothing to repeat: type a command first ({command_line})"


class CommandApp(DistributingApp):
    """An application with a command line that opens over everything, also over a half-filled form.

    Its modules are loaded when it is first used: a start has no need of the verbs.
    """

    @cached_property
    def lines(self) -> LineHistory:
        """The lines typed, in this run and before."""
        return LineHistory(self._command_host.recall(LINES, list[str]()))

    def action_command_line(self, text: str = "") -> None:
        """Open the line; one that is open stays, its text selected, also where its help is over it."""
        from screens.shell.command_line import CommandLine

        line = next((one for one in self.screen_stack if isinstance(one, CommandLine)), None)
        if line is not None:
            if isinstance(self.screen, Panel):
                self.screen.leave()
            line.select_text()
        elif isinstance(self.screen, Leaving):
            self.screen.tell("Stay or quit first")
        else:
            self.push_screen(CommandLine(text))

    def action_list_line(self) -> None:
        """Open the line by its letter, which only a list takes for a command."""
        if isinstance(self.focused, DataTable):
            self.action_command_line()

    def action_repeat(self) -> None:
        """Repeat the last command for the row under the cursor; one that cannot be undone is shown first."""
        from dispatch.command_line.grammar import parse
        from screens.shell.command_line import run_line, tell

        host, place = self._command_host, self.screen
        if not (isinstance(place, RowActions) and isinstance(self.focused, DataTable)):
            return
        line, row = parse(host.lines.last), place.chosen()
        if line.verb is None:
            place.say(keys.with_keys(self, NOTHING_TO_REPEAT), severity="warning")
        elif row is None:
            place.say(place.NOTHING_CHOSEN, severity="warning")
        elif f"{line.verb.noun}_id" != place.NUMBER:
            place.say(f"The last command is not for this list: {line.verb.name}", severity="warning")
        elif line.verb.is_final:
            self.action_command_line(line.about(row[place.NUMBER]))
        else:
            run_line(
                host,
                line.about(row[place.NUMBER]),
                lambda outcome: tell(host, outcome),
                lambda error: host.tell(f"Not done: {keys.refusal(self, error)}", severity="warning"),
            )

    @property
    def _command_host(self) -> Host:
        return cast("Host", self)
