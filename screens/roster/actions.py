"""Actions on the agent under the cursor, and on the whole roster."""

from __future__ import annotations

from textual.screen import ModalScreen

from dispatch import agents, queries
from dispatch.agents.cover import check_covered
from dispatch.agents.handover import check_holder
from dispatch.agents.planned_absences import choosable, list_absences
from dispatch.agents.row_types import AbsenceRow, CoverRow
from dispatch.queries.row_types import AgentRow
from screens.base.textual_internals import rename_action
from screens.roster.absence_forms import (
    absence_form,
    absence_removal_form,
    cover_form,
    given_back,
    planned,
)
from screens.roster.agent_forms import add_agent_form, edit_agent_form
from screens.roster.fairness_panel import fairness_panel
from screens.roster.presence import open_presence
from screens.roster.presence_forms import handover_form, leaving_form, shift_form
from screens.shell.row_actions import RowActions, Said, on_chosen
from screens.wording.consequences import handed_over
from screens.wording.text import short


def is_here(row: AgentRow) -> bool:
    return row["left_at"] is None


def _has_work(row: AgentRow) -> bool:
    return is_here(row) and row["load"] + row["issue_load"] > 0


class AgentActions(RowActions[AgentRow, AgentRow]):
    NUMBER = "agent_id"
    ENTER = "open_row"
    POSSIBLE = {
        **dict.fromkeys(("presence", "shift", "add_absence", "remove_absence", "end_cover"), is_here),
        "hand_over": _has_work,
    }
    NOTHING_CHOSEN = "No agent selected"

    _leaving = "Deactivate"
    everybody: list[AgentRow]
    """All agents, those who have left included."""

    def show_agent(self, agent_id: int) -> None:
        """List everybody, and put the cursor on this agent."""
        raise NotImplementedError

    def describe_done(self, word: str, row: AgentRow) -> Said:
        return f"{word}: {row['name']}, agent {row['agent_id']}", ""

    @property
    def policy(self) -> str:
        """The policy in force."""
        return str(self.backend.desk.settings["policy"])

    def name_verbs(self) -> None:
        row = self.chosen()
        verb = "Reactivate" if row is not None and not is_here(row) else "Deactivate"
        if verb != self._leaving:
            self._leaving = verb
            rename_action(self, "leave", verb)
            self.refresh_bindings()

    @on_chosen
    def action_bookings(self, row: AgentRow) -> None:
        self.host.show_bookings(f"agent:{row['agent_id']}")

    def action_add_agent(self) -> None:
        def added(agent: AgentRow) -> None:
            self.say_done(*self.describe_done("Added", agent))
            self.show_agent(agent["agent_id"])

        self.open(add_agent_form(self.backend.values, self.policy), added)

    @on_chosen
    def action_edit_agent(self, row: AgentRow) -> None:
        self._open(edit_agent_form(row, self.backend.values, self.policy), "Saved")

    @on_chosen
    def action_leave(self, row: AgentRow) -> None:
        if row["left_at"] is not None:
            self.do_with(row, "reactivated", agents.come_back, _name_first)
        elif row["load"]:
            self.open(
                leaving_form(row), lambda agent: self.say_done(*handed_over(agent, {}, "; deactivated"))
            )
        else:
            what = f"deactivate {short(row['name'])} ({row['agent_id']})"
            self.host.ask_again(
                "agent.leave", what, lambda: self.do_with(row, "deactivated", agents.leave, _name_first)
            )

    @on_chosen
    def action_presence(self, row: AgentRow) -> None:
        open_presence(self, row)

    @on_chosen
    def action_hand_over(self, row: AgentRow) -> None:
        def make() -> ModalScreen[AgentRow | None]:
            latest = queries.agent(row["agent_id"])
            check_holder(latest["name"], latest["load"] + latest["issue_load"])
            return handover_form(latest, choosable())

        names = {agent["agent_id"]: agent["name"] for agent in self.everybody}
        self.open_made(make, lambda agent: self.say_done(*handed_over(agent, names)))

    @on_chosen
    def action_shift(self, row: AgentRow) -> None:
        self._open(shift_form(row), "Shift hours set")

    @on_chosen
    def action_add_absence(self, row: AgentRow) -> None:
        def make() -> ModalScreen[AbsenceRow | None]:
            return absence_form(row, [one for one in choosable() if one["agent_id"] != row["agent_id"]])

        self.open_made(make, lambda absence: self.say_done(*planned(absence)))

    @on_chosen
    def action_remove_absence(self, row: AgentRow) -> None:
        desk = self.backend.desk
        self.open_made(
            lambda: absence_removal_form(row, list_absences(desk.now(), row["agent_id"])),
            lambda absence: self.say_done(f"Removed: the absence of {absence['agent_name']}"),
        )

    @on_chosen
    def action_end_cover(self, row: AgentRow) -> None:
        def make() -> ModalScreen[CoverRow | None]:
            check_covered(row["agent_id"], row["name"])
            return cover_form(row)

        self.open_made(make, lambda done: self.say_done(*given_back(done)))

    def action_fairness(self) -> None:
        desk = self.backend.desk
        self.open_made(lambda: fairness_panel(desk))

    @on_chosen
    def action_copy(self, row: AgentRow) -> None:
        self.copy(f"Agent {row['agent_id']}, {row['name']}, {row['department']}, {row['email'] or ''}")

    def _open(self, form: ModalScreen[AgentRow | None], word: str) -> None:
        self.open(form, lambda agent: self.say_done(*self.describe_done(word, agent)))


def _name_first(word: str, row: AgentRow) -> Said:
    return f"{row['name']} {word}", ""
