"""The first minutes: the tour, and the choices for an empty desk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from textual.app import SystemCommand
from textual.screen import Screen

from dispatch import queries
from dispatch.operations.row_types import ImportResult
from screens.app.first_steps import WAYS, FirstSteps
from screens.app.import_files import ImportFiles, counted
from screens.app.tour import Tour
from screens.app.undoing import UndoingApp
from screens.dialogs.modal import Modal
from screens.dispatch.lead_file import LeadFileForm
from screens.shell.desk_screen import Place
from screens.wording.events import describe_loaded

if TYPE_CHECKING:
    from dispatch.matching.features import Terms
    from screens.base.app_protocol import Host

SEEN = "tour.seen"
AT_START_S = 15.0
FILES = "CSV, JSON, SQL, .xlsx: match its columns, check the first rows, then import"


class GreetingApp(UndoingApp):
    """An application that helps first-time users."""

    lead: Terms | None = None

    @property
    def _host(self) -> Host:
        return cast("Host", self)

    def tell_at_start(self, problems: Sequence[str], *, is_new: bool) -> None:
        """Announce a desk that was just made, and the problems of the configuration."""
        backend = self._host.backend
        if is_new or backend.desk.is_new:
            self._host.tell(f"Made a new desk: {backend.address}", seconds=AT_START_S)
        if problems:
            self._host.tell("\n".join(problems), severity="warning", seconds=AT_START_S)

    def tell_of_replacement(self, is_same_desk: bool) -> None:
        """Say that the file which has taken the desk's place is shown now."""
        self._host.tell(describe_loaded(self._host.backend.name, is_same_desk))

    def greet(self) -> None:
        """Show the tour to a new user, the first steps where the desk is empty, and what was interrupted."""
        self._host.ask(_unfinished, self._tell_of_unfinished)
        if self._host.recall(SEEN, False):
            self._offer_ways(only_if_empty=True)
        else:
            self.action_tour()

    def _tell_of_unfinished(self, events: list[int]) -> None:
        for event_id in events:
            self._host.tell(
                f"An import or demo is unfinished: run it again, or undo event {event_id} in the log",
                severity="warning",
                seconds=AT_START_S,
            )

    def action_tour(self) -> None:
        self._host.remember(SEEN, True)

        self._open(Tour(), lambda _: self._offer_ways(only_if_empty=True))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Add the tour and the import to the palette."""
        yield SystemCommand("Tour", "The keys in five short pages", self.action_tour)
        yield SystemCommand("Leads from a file", FILES, self.action_lead_file)
        yield SystemCommand(
            "Possible duplicates", "Customers who may be one, to merge", self.action_duplicates
        )
        yield SystemCommand("Import files", WAYS["import_files"][1], self.action_import_files)
        yield from super().get_system_commands(screen)

    def action_first_steps(self) -> None:
        self._offer_ways()

    def _offer_ways(self, *, only_if_empty: bool = False) -> None:
        def offer(is_empty: bool) -> None:
            if is_empty or not only_if_empty:
                ways = FirstSteps(is_empty=is_empty)
                self._open(ways, lambda action: self.call_later(self.run_action, action))

        self._host.ask(queries.is_unused, offer, opens=True)

    def _open(self, modal: Modal[Any], then: Callable[[Any], object]) -> None:
        if isinstance(self.screen, Place):
            self.screen.open(modal, then)

    def action_import_files(self) -> None:
        def imported(result: ImportResult) -> None:
            rejected = len(result["quarantined"])
            more = f"; {rejected:,} rejected" if rejected else ""
            self._host.tell_done(f"Imported {counted(result)}{more}")

        self._open(ImportFiles(), imported)

    def action_lead_file(self) -> None:
        """Take in a file of leads, after a look at its columns and first rows."""
        self._open(LeadFileForm(), self._host.tell_done)

    def action_duplicates(self) -> None:
        """List customers who may be one person."""
        from screens.customers.duplicates import Duplicates  # a start need not wait for it

        self._open(Duplicates(), lambda _: None)

    def action_fill_demo(self) -> None:
        """Fill this desk with demo data; refused unless the desk is empty."""
        self._host.perform(
            self._host.demo(), lambda made: self._host.tell_done(f"Demo loaded: {counted(made)}")
        )

    def action_add_first_agent(self) -> None:
        from screens.roster.screen import Roster

        self._host.go("roster")
        roster = self.screen
        if isinstance(roster, Roster):
            roster.call_later(roster.action_add_agent)


def _unfinished() -> list[int]:
    """Return the events of imports and demos that were interrupted. Reads the database."""
    from dispatch.operations import import_record  # a start need not wait for it

    return [head.event_id for head in import_record.unfinished()]
