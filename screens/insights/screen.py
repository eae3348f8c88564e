"""Insights: figures of bookings and sales, and whether to trust the match score."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from rich.text import Text
from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher, DataTable, Static

from dispatch.inputs.filters.filter_language import Pair, format_filter
from dispatch.matching import weights
from dispatch.matching.row_types import WeightsRow
from dispatch.queries.wording import moment
from dispatch.reporting import booking_figures
from dispatch.reporting.pulse import DAYS
from models.base import Json
from models.errors import DeskError
from screens.base import figures, keys
from screens.base.keys import key_of, said
from screens.fields.type_ahead import next_of
from screens.insights.columns import AGENTS, ALERTS, FIGURES, WEIGHTS, says_nothing
from screens.insights.pulse import WIDE, pulse_text
from screens.insights.sections import (
    EMPTY,
    OF_A_PERIOD,
    READ,
    SECTIONS,
    TEXTS,
    VERBS,
    Felt,
    Found,
    ToRead,
    of_period,
)
from screens.insights.training import Training
from screens.matching.panels import evidence_text, way_to_train, weights_panel, weights_text, written_panel
from screens.matching.report_form import ReportOrder, report_form
from screens.widgets.live_table import LiveTable
from screens.widgets.steady_text import SteadyText
from screens.widgets.view_tabs import ViewTabs

if TYPE_CHECKING:
    from screens.base.key_queue import SteadyApp

MARGIN = 4
AROUND = 4  # rows that are not the pulse's: bar, views, blank line and keys
SLOW_S = 0.3  # slower reads are announced
WORDS = "words"
OF_THE_ROW = frozenset({"open_row", "use_weights", "copy"})
FILTERS = {
    booking_figures.STATUS: "status",
    booking_figures.DESTINATION: "to",
    booking_figures.SOURCE: "source",
    booking_figures.METHOD: "method",
}


class Insights(Training):
    """Figures and plots; each section is computed when it is opened, beside everything else."""

    NAME = "insights"
    FIGURES = (figures.COUNTED, figures.SHRUNK, figures.IN_TIME, figures.EVIDENCE, figures.IMPORTANCE)
    HELP = (
        "See how the desk is doing. Pulse shows 30 days of leads, their outcomes, and what is open. "
        "{insights.view} shows the next view: bookings, agents, match score, weights, alerts. {alerts} shows "
        "what is late or stuck, from anywhere. {insights.open} goes to an alert's booking, issue or agent, "
        "lists a figure's bookings in Queue, or shows weights. {insights.period} compares bookings and "
        "agents of the last 30 days with the 30 before. {insights.train} learns weights from past outcomes "
        "(again stops it), {insights.use} puts the weights under the cursor in use. {insights.report} writes "
        "a report. The match plot is for the lead in Dispatch's form, or else for the latest lead."
    )
    BINDINGS = [*keys.INSIGHTS]
    AUTO_FOCUS = ""  # passed to a section once it is there

    _switcher = getters.query_one(ContentSwitcher)

    def __init__(self) -> None:
        super().__init__()
        self._section = "pulse"
        self._shown: set[str] = set()
        self._is_ready = False
        self._held: list[events.Key] = []
        self._text = Text()
        self._days: int | None = None
        self._pulse: Felt | None = None
        self._decided = 0

    def body(self) -> ComposeResult:
        with Horizontal(id="sections", classes="headline"):
            yield ViewTabs()
            yield SteadyText(id="hint")
        with ContentSwitcher(initial=WORDS):
            with ToRead(id=WORDS):
                yield SteadyText()
            with ToRead(id="pulse"):
                yield SteadyText(id="pulse-text")
            yield LiveTable(FIGURES, "key", sorts=False, id="bookings")
            yield LiveTable(AGENTS, "agent_id", id="agents")
            with ToRead(id="match"):
                yield SteadyText(id="evidence")
            with Vertical(id="weights-section"):
                yield LiveTable(WEIGHTS, "name", id="weights")
                yield SteadyText(id="weights-shown")
            yield LiveTable(ALERTS, "key", sorts=False, id="alerts")

    def on_mount(self) -> None:
        self.query_one(ViewTabs).styles.width = sum(len(name) + 2 for name in SECTIONS.values())
        self._mark_section()
        self._put_in_sight()

    def look_up(self) -> Callable[[], None]:
        return lambda: None  # the figures are read beside, for one section at a time

    def show(self, data: None) -> None:
        self._work_out()

    def _work_out(self) -> None:
        """Read the section in sight; a change meanwhile has it read once more."""
        section, desk, lead = self._section, self.backend.desk, self.host.lead

        def again() -> None:
            if section == self._section:
                self._work_out()

        def refused(error: DeskError) -> None:
            self._held.clear()
            self.host.report(error)
            if self.is_laid_out and section == self._section not in self._shown:
                retry = key_of(self.app, "retry")
                self._say_instead(f"Not loaded. {said(error)}. {retry} tries again.")
                self._is_ready = True  # nothing is coming that a key could wait for

        days = self._days if section in OF_A_PERIOD else None
        self.ask_in_turn(
            section,
            lambda: READ[section](desk, lead) if days is None else of_period(section, desk, days),
            partial(self._fill, section),
            again,
            refused,
            opens=section not in self._shown,
        )
        self.set_timer(SLOW_S, self._show_hint)

    @on(events.Resize)
    def _draw_pulse(self) -> None:
        """Draw the pulse into the present room."""
        if self._pulse is not None:
            width, height = self.size
            self.query_one("#pulse-text", Static).update(self._drawn(width - MARGIN, height - AROUND))

    def _drawn(self, width: int, height: int = 0) -> Text:
        assert self._pulse is not None
        pulse, now, made_of = self._pulse
        return pulse_text(pulse, now, width, made_of, height)

    def _fill(self, section: str, found: Found) -> None:
        self._shown.add(section)
        if section == "pulse":
            self._pulse = found
            self._draw_pulse()
        elif section == "match":
            summary, seen, is_latest = found
            self._text = evidence_text(summary, seen, is_latest, key_of(self.app, "insights.train"))
            self.query_one("#evidence", Static).update(self._text)
        else:
            rows, self._decided = found if section == "weights" else (found, self._decided)
            table = self.query_one(f"#{section}", LiveTable)
            table.marks_changes = False  # sums change with every booking
            table.leave_out(says_nothing(section, rows))
            table.show_rows(rows)
            self._show_weights()
        self._show_hint()
        if section == self._section:
            self._put_in_sight()

    def _put_in_sight(self) -> None:
        """Show the section, or a line where it is not there yet or has no rows."""
        section = self._section
        if section not in self._shown:
            self._say_instead(f"Loading the {SECTIONS[section].lower()}…")
        elif section in EMPTY and self._is_empty(section):
            self._say_instead(keys.with_keys(self.app, EMPTY[section]))
            self._go_on(section)
        elif self._switcher.current != self._holder:
            self._is_ready = False
            self.set_focus(None)
            self._switcher.current = self._holder
            self.call_after_refresh(self._go_on, section)  # before, a table has no rows to choose from

    @property
    def _holder(self) -> str:
        """The id of what holds the section: of weights also what they are."""
        return "weights-section" if self._section == "weights" else self._section

    def _is_empty(self, section: str) -> bool:
        if section == "pulse":
            return self._pulse is None
        return self._days is None and not self.query_one(f"#{section}", LiveTable).rows_shown

    def _go_on(self, section: str) -> None:
        """Replay the keys typed for the section, now that it is laid out."""
        if section != self._section:
            return
        self._is_ready = True
        if self._switcher.current == self._holder:
            self.set_focus(self.query_one(f"#{section}"))
        else:
            self.set_focus(self.query_one(f"#{WORDS}"))
        held, self._held = self._held, []
        cast("SteadyApp", self.app).type_again(*held)

    def _say_instead(self, words: str) -> None:
        self._is_ready = False
        self.query_one(f"#{WORDS} > Static", Static).update(Content(words))
        self._switcher.current = WORDS
        self.set_focus(None)

    def on_key(self, event: events.Key) -> None:
        """Keep what is typed for a section until it is there; pass other keys on."""
        active = self.active_bindings.get(event.key)
        if not self._is_ready and (active is None or active.binding.action in OF_THE_ROW):
            event.stop()
            self._held.append(event)

    @on(events.ScreenSuspend)
    def _gone_elsewhere(self) -> None:
        self._held.clear()

    def show_section(self, section: str) -> None:
        """Show one of SECTIONS."""
        self._section = section
        self._held.clear()
        self._mark_section()
        self._put_in_sight()
        self._work_out()

    def is_of_use(self, action: str) -> bool:
        return self._section in VERBS.get(action, SECTIONS)

    def is_possible(self, action: str) -> bool:
        """Whether there is a row to open, and weights that are not selected yet."""
        row = self._row if action in ("open_row", "use_weights") else {}
        return row is not None and not (action == "use_weights" and row.get("in_use"))

    def _mark_section(self) -> None:
        self.refresh_bindings()
        self.query_one(ViewTabs).show([*SECTIONS.values()], SECTIONS[self._section], {}, "")
        self._show_hint()

    def _show_hint(self) -> None:
        """Show how to go on, and that the section is being recomputed if that takes a while."""
        if self._training is None and self.is_laid_out:
            is_read_again = self._section in self._under_way and self._section in self._shown
            again = "; recalculating…" if is_read_again else ""
            how = f" {key_of(self.app, 'insights.view')} next"
            if self._section in OF_A_PERIOD:
                period = "all time" if self._days is None else f"last {self._days} days, beside those before"
                how += f"  ·  {period} ({key_of(self.app, 'insights.period')})"
            self.hint.update(Content(how + again))

    @on(ViewTabs.Chosen)
    def _clicked(self, message: ViewTabs.Chosen) -> None:
        self.show_section(next(key for key, name in SECTIONS.items() if name == message.view))

    def action_next_view(self) -> None:
        self.show_section(next_of(SECTIONS, self._section))

    def action_previous_view(self) -> None:
        self.show_section(next_of([*SECTIONS][::-1], self._section))

    def action_period(self) -> None:
        """Count the bookings of all time, or of the last days beside those before them."""
        if self._section not in OF_A_PERIOD:
            self.say("Only Bookings and Agents have a period", severity="warning")
            return
        self._days = DAYS if self._days is None else None
        self._work_out()

    @property
    def _row(self) -> Any:
        """The row under the cursor; None in a text, or where there is none."""
        table = None if self._section in TEXTS else self.query_one(f"#{self._section}", LiveTable)
        return table.current if table is not None else None

    @on(DataTable.RowSelected)
    def action_open_row(self) -> None:
        row = self._row
        if self._section == "match":
            self._open_weights(None)
        elif self._section == "pulse":
            self.host.show_bookings("")
        elif row is None:
            self.say("Nothing to open here", severity="warning")
        elif self._section == "alerts":
            show = {"agent": self.host.show_agent, "issue": self.host.show_issue}
            show.get(row["subject"], self.host.show_booking)(row["number"])
        elif self._section == "agents":
            self.host.show_bookings(f"agent:{row['agent_id']} {self._of_days}".strip())
        elif self._section == "weights":
            self._open_weights(str(row["version"] or row["name"]))
        else:
            kind = FILTERS.get(row["kind"])
            of_kind = format_filter(Pair(kind, ":", row["value"])) if kind else ""
            self.host.show_bookings(f"{of_kind} {self._of_days}".strip())

    @property
    def _of_days(self) -> str:
        """The filter for the same days as the figures', which end with today."""
        if not self._days:
            return ""
        since, _ = booking_figures.beginnings(self.backend.desk.now(), self._days)
        return f"created>={moment(since)[:10]}"

    @on(DataTable.RowHighlighted, "#weights")
    def _show_weights(self) -> None:
        """Show below the list what the weights under the cursor are."""
        row = self._row if self._section == "weights" else None
        if row is None:
            return
        name, train = str(row["version"] or row["name"]), key_of(self.app, "insights.train")
        is_first, decided = self.query_one("#weights", LiveTable).row_count == 1, self._decided

        def show(shown: WeightsRow) -> None:
            text = weights_text(shown)
            text.append(f"\n{way_to_train(decided, train)}\n" if is_first else "")
            self.query_one("#weights-shown", Static).update(text)

        self.ask_newest("weights shown", lambda: weights.details(name), show)

    def _open_weights(self, name: str | None) -> None:
        """Show weights and how well they predicted; None are those in use."""
        self.open_made(lambda: weights_panel(weights.details(name)))

    def action_use_weights(self) -> None:
        row = self._row if self._section == "weights" else None
        if row is None:
            self.say("Go to Weights and select some first", severity="warning")
            return
        name = str(row["version"] or row["name"])
        self.host.ask_again("insights.use", f"score by {row['name']}", partial(self._use, name))

    def _use(self, name: str) -> None:
        self.host.perform(
            lambda desk: weights.use(desk, name),
            lambda used: self.say_done(f"Selected: {used['name']} weights"),
        )

    def action_copy(self) -> None:
        row = self._row
        if self._section == "match":
            self.copy(self._text.plain, "the evidence")
        elif self._section == "pulse" and self._pulse is not None:
            self.copy(self._drawn(WIDE).plain, "the pulse")
        elif row is not None:
            text = (f"{name.replace('_', ' ')} {value}" for name, value in row.items() if name in COPIED)
            self.copy(", ".join(text))

    # the report

    def action_report(self) -> None:
        from dispatch.matching.lead_terms import latest_terms

        lead, values = self.host.lead, self.backend.values
        self.open_made(lambda: report_form(lead or latest_terms(), values), self._write_report)

    def _write_report(self, order: ReportOrder) -> None:
        desk = self.backend.desk

        def work() -> Json:
            from dispatch.matching.report import report, report_files

            return report_files.write(report.build(desk, order.terms, weights.in_use()), order.folder)

        self.host.ask(work, lambda result: self.open(written_panel(result)), beside=True)


COPIED = (
    *(
        "kind",
        "value",
        "bookings",
        "pending",
        "confirmed",
        "cancelled",
        "unreachable",
        "confirmed_share",
        "revenue",
    ),
    *("agent_name", "decided", "rate", "low", "high", "name", "origin", "outcomes", "learned_at"),
)
