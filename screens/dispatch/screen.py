"""Dispatch: a lead is typed in on the left, and the right shows who gets it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, DataTable, Input, RadioSet, Select, Static

from dispatch import customers, queries
from dispatch.customers.row_types import Suspect
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.matching.features import Terms
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import day, short_moment
from models.errors import DeskError
from screens.base import keys
from screens.base.draft_saver import DraftKeeper
from screens.base.figures import CANDIDATES, CHANCE, LOAD, MATCH, RANK, RATING, STATE
from screens.bookings.actions import BookingActions
from screens.dispatch.candidates import WhoGetsIt
from screens.dispatch.duplicate_question import Answer, KnownCustomer
from screens.dispatch.known_card import Known, KnownCard, look_for, number_on_file
from screens.dispatch.latest import COLUMNS as LATEST_COLUMNS
from screens.dispatch.latest import Assigned, with_ages
from screens.dispatch.lead_form import LeadForm
from screens.dispatch.line_inputs import ContactChoice, LineInput
from screens.dispatch.seen import Seen, preview_for, see
from screens.dispatch.several_leads import SeveralLeads
from screens.dispatch.trip_form import notes_on, trip_form
from screens.fields.choice import Choice
from screens.fields.field_line import FieldLine
from screens.matching.panels import score_panel
from screens.shell.panes import THREE
from screens.widgets.live_table import LiveTable
from screens.wording.text import short

if TYPE_CHECKING:
    from dispatch.matching.assessment import Glance

BESIDE_FIELDS = 2  # lines of the form: its title, and Assign
TYPING_PAUSE_S = 0.1
UNDONE = "undone"  # the tone of that notice
BOOKING_ACTIONS = frozenset(binding.action for binding in (*keys.BOOKING, keys.EXPORT))


class Dispatch(BookingActions):
    """The place where leads are entered."""

    NAME = "dispatch"
    FIGURES = (CANDIDATES, MATCH, CHANCE, RANK, LOAD, RATING, STATE)
    HELP = (
        "Type a lead and assign it: the best agent gets it at once, with a booking. Enter goes "
        "from the name to the first field the lead still needs, stays in a required one that is empty, and "
        "assigns in the last; tab goes to every field. In Contact, Source, To and From, type the first "
        "letters; a number typed in Contact goes into Phone. Priority is medium unless you choose another; "
        "tab leads there, and a priority typed in Wishes moves there. {form.trip} asks for days, travellers, "
        "budget and language. Beside Assign is what enter does next. The right side shows who gets the lead "
        "and what is known of the customer; if the customer has an open booking, or a text seems meant for "
        "another field, Astra asks first. A half-typed lead is kept, even if the terminal closes. Below are "
        "the latest bookings: their keys act on the one under the cursor. {match.parts} explains the match "
        "score, which is listed only where it counts."
    )
    IS_TIMELY = True
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]
    BINDINGS = [*keys.FORM, *keys.MATCH, *keys.WHY_SHOWN, *keys.BOOKING, keys.EXPORT]
    AUTO_FOCUS = "#customer"

    form = getters.query_one(LeadForm)
    who = getters.query_one(WhoGetsIt)
    table = getters.query_one("#latest", LiveTable)

    def __init__(self) -> None:
        super().__init__()
        self._assigning = False
        self._weighed: Terms | None = None
        self._customer_id: int | None = None
        self._latest: list[BookingRow] = []
        self._keeper = DraftKeeper(self, self.host.drafts)
        self._last_booking: int | None = None
        self._last_row: BookingRow | None = None
        self._is_last_shown = True

    def body(self) -> ComposeResult:
        with Horizontal(id="call"):
            yield LeadForm(self.backend.values)
            with Vertical(id="answers"):
                yield WhoGetsIt()
                yield KnownCard()
                yield Static(id="arrivals")
        yield LiveTable(LATEST_COLUMNS, "booking_id", id="latest")

    def on_mount(self) -> None:
        self.table.border_title = Content("Latest")
        self._restoring = self.run_worker(self._take_up(), group="open")

    async def on_unmount(self) -> None:
        await self._keeper.write()

    def look_up(self) -> Callable[[], Seen]:
        return partial(see, self.backend.desk, self.form.identity(), self.form.terms())

    def show(self, data: Seen) -> None:
        self.form.offer(self.backend.values)
        if data.terms == self.form.terms():  # otherwise what was typed since asks by itself
            self.who.show_preview(data.preview)
            self._look_at(data.terms)
        self._show_latest(data.latest)
        self._show_known(data.known)
        counts = data.arrivals
        line = f"This hour {counts.hour:,} · today {counts.day:,} · waiting {counts.waiting:,}"
        self.query_one("#arrivals", Static).update(Content(line))

    @on(events.Resize)
    def _set_columns(self) -> None:
        """Show the customer in a third column where there is room."""
        self.set_class(self.app.size.width >= THREE, "-three")

    def moments_shown(self) -> list[str]:
        return [row["created_at"] for row in self._latest]

    def show_ages(self) -> None:
        """Show the latest bookings with how long ago each came in; no mark for what only time changes."""
        self.table.show_rows(with_ages(self._latest, self.backend.desk.now()))

    def _show_latest(self, latest: list[BookingRow]) -> None:
        """List the latest bookings; a list read before the last lead was assigned lacks only that one."""
        own = self._last_row
        is_older = own is not None and all(row["booking_id"] < own["booking_id"] for row in latest)
        self._latest = [own, *latest] if own is not None and is_older else latest
        self._last_row = own if is_older else None
        self.show_ages()
        self._show_last(self._latest)

    def _show_last(self, latest: list[BookingRow]) -> None:
        """Put the cursor on the booking opened last, once; say so if it was undone."""
        last = next((row for row in latest if row["booking_id"] == self._last_booking), None)
        if last is None:
            return
        if not self._is_last_shown and not self.table.has_focus:
            self.table.stand_at(last["booking_id"])
        self._is_last_shown = True
        if last["voided"] and self.form.has_succeeded:
            name = short(last["customer_name"])
            self.form.show_notice(f"Undone: the addition of booking {last['booking_id']} ({name})", UNDONE)
        elif not last["voided"] and self.form.notice.has_class(f"-{UNDONE}"):
            self.form.show_notice("")  # redone

    @on(RadioSet.Changed)
    @on(Select.Changed)
    def _chosen(self, event: RadioSet.Changed | Select.Changed) -> None:
        if self.is_laid_out and event.control.id is not None:
            self.form.settle(event.control.id)

    @on(Input.Changed)
    @on(RadioSet.Changed)
    @on(Select.Changed)
    def _changed(self) -> None:
        self._keeper.note(self.form.values())
        if not self.is_laid_out:
            return
        if self.form.terms() != self._weighed:
            self._weighed = self.host.lead = self.form.terms()
            self.forget_asked("preview", "glance")
            self.after_typing(TYPING_PAUSE_S, self._weigh, group="weigh")

    def _weigh(self) -> None:
        """Read who would get the lead as typed, and the scores."""
        self._look_at(self._weighed)
        self._preview()

    def _preview(self) -> None:
        preview = partial(preview_for, self.backend.desk, self.form.terms(), self._customer_id)
        self.ask_newest("preview", preview, self.who.show_preview, beside=True)

    def _look_at(self, terms: Terms | None) -> None:
        """Show the scores for a lead when they are ready, which takes a while with thousands of agents."""
        self.forget_asked("preview", "glance")

        def work() -> Glance | None:
            from dispatch.matching import assessment  # a start that scores nothing need not wait for it

            return assessment.glance(terms) if terms is not None else None

        if terms is None:
            self.who.show_glance(None)
        else:
            self.ask_newest("glance", work, self.who.show_glance, beside=True)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.form.check(event.input.id or "")
        self.form.forget_notice(emptied=not event.value)
        self.after_typing(TYPING_PAUSE_S, self._suspect, group="suspect")

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        if event.value:
            self.form.check(event.input.id or "")

    def _suspect(self) -> None:
        who = self.form.identity()
        if any(who):
            self.host.ask(lambda: look_for(who), self._show_known)
        else:
            self._show_known(Known())

    def _show_known(self, known: Known) -> None:
        """Show who the customer may be; an answer about somebody else is too late."""
        if self.is_laid_out and known.who == self.form.identity():
            self.query_one(KnownCard).show_known(known, self.backend.desk.now())
            self.form.know_number(known.who, number_on_file(known))
            if known.customer_id != self._customer_id:  # whose owner may get it
                self._customer_id = known.customer_id
                self._preview()

    @on(Input.Submitted)
    @on(Choice.Accepted)
    def _next_field(self, event: Input.Submitted | Choice.Accepted) -> None:
        """Move to the next field on enter, unless its text is refused; the last one assigns."""
        event.stop()
        field = event.control.id or ""
        if not self.form.is_wrong(field) and not self.form.go_on(field):
            self.action_assign()

    @on(ContactChoice.NumberTyped)
    def _number_begun(self, message: ContactChoice.NumberTyped) -> None:
        message.stop()
        self.say("The number goes into Phone; ⏎ comes back to Contact")

    async def _take_up(self) -> None:
        """Restore the form of a terminal that is gone."""
        draft = await self._keeper.take_up()
        if draft is not None and self.is_laid_out and self.form.is_empty:
            self.form.fill(draft.values)
            date, _, hour = short_moment(draft.typed_at).rpartition(" ")
            when = hour if day(draft.typed_at) == day(self.backend.desk.now()) else f"{hour} on {date}"
            self.form.show_notice(f"Restored what you typed at {when}; Clear empties the form", "restored")

    def unsaved(self) -> str:
        if not self.is_laid_out or self.form.is_empty:
            return ""
        kept = "It is kept for next time" if self._keeper.keeps else "It will be lost"
        return f"The lead you typed is not assigned. {kept}."

    def begin(self) -> None:
        """Go to the customer, and point out a half-typed lead: what is typed now goes on with its name."""
        self.form.stand_behind_name()
        if self.is_laid_out:
            self.form.point_out_kept()

    async def begin_lead(self, name: str) -> None:
        """Begin a lead for a name that was typed elsewhere; a half-typed one stays."""
        await self._restoring.wait()
        if not self.form.begin_with(name):
            self.say(f"A half-typed lead is here: {short(name, 24)} is not entered", severity="warning")
            self.form.point_out_kept()

    def action_begin(self) -> None:
        """Do the same, but stay where a name is being typed."""
        if not self.query_one("#customer", LineInput).has_focus:
            self.form.stand_behind_name()
        self.form.point_out_kept()

    def action_clear(self) -> None:
        """Empty the form: what was said of its values goes with them, also where there are none."""
        was_empty = self.form.is_empty
        self.form.empty()
        self.form.show_notice("The form is empty" if was_empty else "Cleared")

    def action_trip(self) -> None:
        """Ask for departure, return, travellers, budget and language of the lead in the form."""
        self.open(trip_form(self.form.facts), lambda facts: self._keeper.note(self.form.keep_facts(facts)))

    def action_several(self, text: str = "") -> None:
        def assigned(done: str) -> None:
            self.action_begin()
            self.form.show_notice(done, "success")
            self.say_done(done)
            self.table.action_scroll_top()

        self.open(SeveralLeads(text), assigned)

    @on(LineInput.LinesPasted)
    def _lines_pasted(self, message: LineInput.LinesPasted) -> None:
        self.action_several(message.text)

    def on_paste(self, event: events.Paste) -> None:
        """Handle lines pasted where no text goes, over a choice or a list."""
        if len(event.text.strip().splitlines()) > 1:
            event.stop()
            event.prevent_default()
            self.action_several(event.text)

    @on(DataTable.RowSelected, "#candidates")
    def action_parts(self) -> None:
        scored, seen = self.who.scored, self.who.glance
        if seen is not None and scored is not None:
            self.open(score_panel(scored, seen, self.backend.desk.settings["policy"]))
        elif self.form.terms() is None:
            self.say("No lead to score yet: fill in the trip", severity="warning")
        else:
            self.say("Scores are still loading", severity="warning")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable a booking's keys among the agents, and while a lead is on its way."""
        is_elsewhere = self._assigning or (self.focused is not None and self.focused.id == "candidates")
        return not (is_elsewhere and action in BOOKING_ACTIONS)

    @on(Button.Pressed, "#assign")
    def action_assign(self) -> None:
        if self._assigning or (self.form.has_succeeded and self.form.is_empty):
            self.form.stand_behind_name()
            return  # pressed twice: the result of the lead stays to be read
        if problem := self.form.refusal() or self.form.doubt():
            self.say(problem, severity="warning")
        else:
            self._take_in(self.form.values())

    @on(FieldLine.Held)
    def _held(self, message: FieldLine.Held) -> None:
        self.say(message.why, severity="warning")

    @on(FieldLine.Told)
    def _told_below(self) -> None:
        self.call_after_refresh(self._make_room)

    def _make_room(self) -> None:
        """Let the upper half grow by the lines that are said below fields, as far as they lack room."""
        if self.is_laid_out:
            lines = [*self.form.query(FieldLine)]
            below = max(1, self.form.notice.outer_size.height)
            needed = sum(line.outer_size.height for line in lines) + BESIDE_FIELDS + below
            self.query_one("#call").styles.min_height = needed if any(line.told for line in lines) else None

    def _take_in(self, values: dict[str, str], known: Suspect | None = None, *, asks: bool = True) -> None:
        """Assign the lead, of a ``known`` customer by the name on file; it ``asks`` first who it is."""
        customer_id, given = None, values
        if known is not None:
            customer_id, given = known["customer_id"], values | {"name": known["name"]}

        def work(desk: Desk) -> Assigned | list[Suspect]:
            with desk.reading():
                found = customers.suspects(values["name"], values["phone"], values["email"]) if asks else []
            if customers.in_question(found):
                return found
            lead = intake.receive_noted(desk, customer_id, **given)
            with desk.reading():
                return Assigned(lead, queries.booking(lead["booking_id"]))

        def then(result: Assigned | list[Suspect]) -> None:
            self._assigning = False
            if isinstance(result, list):
                self._ask_whose(values, result)
            else:
                self._assigned(values, given["name"], result)

        self._assigning = True
        self.form.show_notice("assigning ...")
        self.host.perform(work, then, self._refused)

    def _ask_whose(self, values: dict[str, str], found: list[Suspect]) -> None:
        self.form.show_notice("Not assigned yet", "warning")

        def answered(answer: Answer) -> None:
            if self._assigning:
                return
            if answer.verb == "open":
                self.open_customer(answer.customer["customer_id"])
            else:
                self._take_in(values, answer.customer if answer.verb == "same" else None, asks=False)

        self.open(KnownCustomer(values["name"], found), answered)

    def _assigned(self, values: dict[str, str], name: str, assigned: Assigned) -> None:
        """Say who got the lead, and list it at once: a key typed next is about it."""
        result = assigned.lead
        if self.form.values() == values:  # otherwise somebody has typed on while the desk was slow
            self.form.empty()
            self._keeper.forget()
        self._last_booking, self._is_last_shown = result["booking_id"], False
        self._last_row = assigned.booking
        self._show_latest([row for row in self._latest if row["booking_id"] != result["booking_id"]])
        self.table.stand_at(result["booking_id"])
        given = f"→ {result['agent_name']}" if result["agent_id"] else "waits: no agent can take it yet"
        done, note = f"{name} {given}, booking {result['booking_id']}", notes_on(result)
        self.form.show_notice(f"{done}; {note}" if note else done, "warning" if note else "success")
        self.say_done(f"Assigned {result['booking_id']} {short(name, 24)}")

    def _refused(self, error: DeskError) -> None:
        self._assigning = False
        self.form.show_notice(keys.refusal(self.app, error), "error")
