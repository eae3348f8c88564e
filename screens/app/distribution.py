"""The part of the application that runs timed work and offers the policies and the shuffle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.screen import Screen

from dispatch.assignment.policies import POLICIES
from dispatch.assignment.row_types import Shuffled
from dispatch.bookings import dispositions
from dispatch.bookings.dispositions import DispositionRow
from dispatch.operations.notices.hook import Hook
from dispatch.operations.sweep_record import unswept_since
from dispatch.queries.caps import list_caps
from dispatch.queries.row_types import CapRow
from dispatch.queries.wording import plural
from models.base import Json
from models.errors import DatabaseUnavailable
from screens.app.cap_forms import NO_CAPS, Choices, cap_form, cap_removal_form, caps_panel, choices
from screens.app.onboarding import AT_START_S, GreetingApp
from screens.app.policy_forms import policy_form, shuffle_form
from screens.app.value_lists import ValueLists, lines
from screens.bookings.outcome_forms import (
    outcome_addition_form,
    outcome_form,
    outcome_retirement_form,
    outcomes_panel,
)
from screens.dialogs.form import FormModal
from screens.dialogs.panel import Panel
from screens.roster.actions import AgentActions, is_here
from screens.roster.fairness_panel import fairness_panel
from screens.wording.outcomes import outcome_label
from screens.wording.reasons import policy_word

if TYPE_CHECKING:
    from screens.base.app_protocol import Host

SWEEP_EVERY_S = 25
HOOK_MAY_TAKE_S = 1.0  # when the application ends
OF_ANOTHER = ("locked", "replaced")  # another terminal is writing: the next sweep does it

READ_ONLY = "Read only: nothing can be changed here"


class DistributingApp(GreetingApp):
    """An application that runs timed work and lets its user choose how leads are assigned.

    ``sweeps_by_itself`` is off for tests of one moment; ``sweep()`` can be called at any time.
    """

    sweeps_by_itself = True
    _hook: Hook | None = None
    _last_error = ""
    """The sweeper's last error, shown once however often it recurs."""

    def on_mount(self) -> None:
        why = self._host.backend.desk.why_read_only
        if why:
            self._host.tell(f"{READ_ONLY}: {why}", seconds=AT_START_S)
            self.look_at_sweeps()
            self.set_interval(SWEEP_EVERY_S, self.look_at_sweeps)
        elif self.sweeps_by_itself:
            if self._host.backend.absence:
                self._host.tell(self._host.backend.absence, seconds=AT_START_S)
            self.call_after_refresh(self.sweep)
            self.set_interval(SWEEP_EVERY_S, self.sweep)

    def tell_by(self, command: str | None) -> None:
        """Run a command of the user's own for what happens at the desk, if there is one."""
        if command is not None:
            backend = self._host.backend
            self._hook = Hook(command, self._host.my_agent_id, lambda: closing(backend.open_another()))

    def tell_others(self) -> None:
        """Let the user's command know what is new, in a thread of its own."""
        if self._hook is not None:
            self._hook.kick()

    async def stop_telling(self) -> None:
        if self._hook is not None:
            await asyncio.to_thread(self._hook.finish, HOOK_MAY_TAKE_S)

    def look_at_sweeps(self) -> None:
        """Look up when the desk was last swept; the place in sight shows it if that is too long ago."""
        backend = self._host.backend

        def found(since: str) -> None:
            backend.unswept_since, place = since, self._host.place
            if place is not None and place.is_laid_out:
                place.show_time()

        # a desk that cannot be reached has a bar of its own
        self._host.ask(lambda: unswept_since(backend.desk), found, lambda _: None)

    def sweep(self) -> None:
        """Do what is due in the writing thread, unless a command is already queued there."""
        self._host.inbox.remind()
        self.tell_others()
        if self.is_busy(frozenset({"command", "sweep"})):
            self.look_at_sweeps()  # after the sweep otherwise: what it is about to do is not late
        else:
            self.run_worker(self._sweep(), group="sweep")

    async def _sweep(self) -> None:
        host: Host = self._host
        try:
            done = await host.backend.sweep()
        except Exception as error:  # noqa: BLE001  # shown in a panel or on the message line, once
            passes = isinstance(error, DatabaseUnavailable) and error.code in OF_ANOTHER
            if not passes and self._last_error != repr(error):
                self._last_error = repr(error)
                host.report(error)
        else:
            self._last_error = ""
            if done is not None:
                for problem in filter(None, (done["training_problem"], done["backup_problem"])):
                    host.tell(problem, severity="warning")
            await host.look_for_changes()
        self.look_at_sweeps()

    def action_policy(self, name: str = "") -> None:
        """Choose who gets the next lead; the form shows how the last leads would have gone."""
        current: str = self._host.backend.desk.settings["policy"]

        def chosen(result: Json) -> None:
            self._host.tell_done(f"Policy: {policy_word(result['value'])}, at every terminal")

        self._open(policy_form(current, name or current), chosen)

    def action_shuffle(self) -> None:
        """Even out the loads, after a preview of what would move."""

        def moved(result: Shuffled) -> None:
            count = plural(len(result["moves"]), "booking")
            if result["moves"]:
                self._host.tell_done(f"Moved {count}")
            else:
                self._host.tell("Loads are already even")

        self._open(shuffle_form(), moved)

    def action_cap(self) -> None:
        """Limit the leads that agents get in a window, at first of the one under the cursor in Roster."""
        desk, place = self._host.backend.desk, self._host.place
        row = place.chosen() if isinstance(place, AgentActions) else None
        agent_id = row["agent_id"] if row is not None and is_here(row) else None

        def set_one(row: CapRow) -> None:
            self._host.tell_done(f"Cap {row['cap_id']}: {row['words']}")

        def offer(found: Choices) -> None:
            self._open(cap_form(found, agent_id), set_one)

        self._host.ask(lambda: choices(desk), offer, opens=True)

    def action_caps(self) -> None:
        """List the caps, and how many agents are at each."""
        self._host.ask(caps_panel, self._show, opens=True)

    def action_shares(self) -> None:
        """Show who got how many leads, beside what they were entitled to."""
        desk = self._host.backend.desk
        self._host.ask(lambda: fairness_panel(desk), self._show, opens=True)

    def _show(self, panel: Panel) -> None:
        self._open(panel, lambda _: None)

    def action_lists(self) -> None:
        """Show the lists of accepted values, to add to them, rename and retire."""
        self._host.ask(
            lambda: ValueLists(lines()), lambda modal: self._open(modal, lambda _: None), opens=True
        )

    def action_remove_cap(self) -> None:
        """Choose a cap and remove it."""

        def removed(row: CapRow) -> None:
            self._host.tell_done(f"Removed cap {row['cap_id']}: {row['words']}")

        def choose(caps: list[CapRow]) -> None:
            if caps:
                self._open(cap_removal_form(caps), removed)
            else:
                self._host.tell(NO_CAPS)

        self._host.ask(list_caps, choose, opens=True)

    def action_outcomes(self) -> None:
        """List the outcomes of contacts."""
        self._host.ask(outcomes_panel, self._show, opens=True)

    def _with_outcomes(self, form: Callable[[list[DispositionRow]], FormModal[DispositionRow]]) -> None:
        """Open a form about the outcomes that are offered."""

        def offer(rows: list[DispositionRow]) -> None:
            self._open(form(rows), self._tell_outcome)

        self._host.ask(dispositions.listing, offer, opens=True)

    def _tell_outcome(self, row: DispositionRow) -> None:
        words = "retired" if row["retired"] else row["words"]
        self._host.tell_done(f"{outcome_label(row['name'])}: {words}")

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Add the policies, the caps and the shuffle to the palette."""
        yield from super().get_system_commands(screen)
        for policy in POLICIES.values():
            yield SystemCommand(
                f"Policy: {policy_word(policy.name)}",
                policy.help,
                lambda name=policy.name: self.action_policy(name),
            )
        yield SystemCommand("Cap: set", "Limit the leads an agent gets an hour, day or week", self.action_cap)
        yield SystemCommand("Cap: remove", "Remove a limit on leads", self.action_remove_cap)
        for verb, about, form in (
            ("add", "Add an outcome of the desk's own", lambda _: outcome_addition_form()),
            ("set", "When the next attempt is, how many there are, and what then", outcome_form),
            ("retire", "Offer an outcome no more", outcome_retirement_form),
        ):
            yield SystemCommand(f"Outcome: {verb}", about, partial(self._with_outcomes, form))
        for title, about, show in (
            (
                "Who got how many leads",
                "Fair shares: today, 7 and 30 days",
                self.action_shares,
            ),
            ("Outcomes", "The results of contacts, and what follows each", self.action_outcomes),
            ("Caps", "The limits on leads an agent gets; who is at one", self.action_caps),
            ("Lists", "Methods, sources, destinations, …: add, rename, retire", self.action_lists),
            ("Policy", "Who gets the next leads: by rank, in turn, by share", self.action_policy),
        ):
            yield SystemCommand(title, about, show)
        yield SystemCommand("Shuffle", "Even out the loads; shows the moves first", self.action_shuffle)
