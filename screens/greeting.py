"""The first minutes: the tour, and what an empty desk offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from textual.app import SystemCommand
from textual.screen import Screen

from dispatch import views
from screens.modals.first_steps import FirstSteps
from screens.modals.import_files import ImportFiles, counted
from screens.modals.tour import Tour
from screens.place import Place
from screens.steady_app import SteadyApp

if TYPE_CHECKING:
    from dispatch.match.features import Terms
    from screens.host import Host

Row = dict[str, Any]
SEEN = "tour.seen"


class GreetingApp(SteadyApp):
    """An application that helps whoever opens it for the first time."""

    lead: Terms | None = None

    @property
    def _host(self) -> Host:
        return cast("Host", self)

    def greet(self) -> None:
        """The tour for somebody who has never seen it, and the ways to begin where nothing is there yet."""
        if self._host.recall(SEEN, False):
            self._with_emptiness(self._offer_if_empty)
        else:
            self.action_tour()

    def action_tour(self) -> None:
        self._host.remember(SEEN, True)

        def closed(to_its_end: bool | None) -> None:
            if to_its_end:
                self._with_emptiness(self._offer_if_empty)

        self._open(Tour(), closed)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette offers the tour too."""
        yield SystemCommand("Tour", "The keys in five short pages", self.action_tour)
        yield from super().get_system_commands(screen)

    def action_first_steps(self) -> None:
        self._with_emptiness(self._offer)

    def _with_emptiness(self, work: Callable[[bool], object]) -> None:
        self._host.ask(views.is_unused, work, opens=True)

    def _offer_if_empty(self, is_empty: bool) -> None:
        if is_empty:
            self._offer(True)

    def _offer(self, is_empty: bool) -> None:
        def closed(action: str | None) -> None:
            if action is not None:
                self.call_later(self.run_action, action)

        self._open(FirstSteps(is_empty=is_empty), closed)

    def _open(self, modal: Any, closed: Callable[[Any], None]) -> None:
        if isinstance(self.screen, Place):
            self.push_screen(modal, closed)

    def action_import_files(self) -> None:
        def closed(result: Row | None) -> None:
            if result is not None:
                kept_out = len(result["quarantined"])
                self._host.tell(
                    f"Imported {counted(result)}" + (f"; {kept_out:,} kept out" if kept_out else "")
                )

        self._open(ImportFiles(), closed)

    def action_fill_demo(self) -> None:
        """Demo data for this desk, which refuses it unless it is empty."""
        self._host.perform(
            self._host.demo(), lambda made: self._host.tell(f"A demo desk: {counted(made)}. f1 helps")
        )

    def action_add_first_agent(self) -> None:
        from screens.roster import Roster

        self._host.go("roster")
        roster = self.screen
        if isinstance(roster, Roster):
            roster.call_later(roster.action_add_agent)
