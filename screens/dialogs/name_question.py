"""A form's question whether its text is the rest of a name that was typed in the list below."""

from __future__ import annotations

from textual import events

from dispatch.customers.typed_names import name_meant
from screens.base import keys
from screens.dialogs.command_modal import CommandModal, Outcome
from screens.wording.text import short

QUOTED = 24  # characters of a text that stands above the question as well


class NameQuestion(CommandModal[Outcome]):
    """Asks once where the letter that opened it and the text of its first field make a customer's name.

    Enter again sends the text; the key of Dispatch starts a lead for the customer instead.
    """

    _letters = ""
    """What was typed in the list without a pause, last the letter that opened this."""
    _asked = ""
    """The text that was asked about."""
    _customer = ""
    """The customer whom the question is about, while it is open."""

    def take_letters(self) -> None:
        """Remember the letters that have opened this; called before the next key."""
        self._letters = self.host.letters

    def send_unless_a_name(self, label: str, typed: str) -> None:
        """Submit, or ask first if the text of the field with this label may be the rest of a name."""
        letters = self._letters if typed != self._asked else ""

        def answered(name: str) -> None:
            if not name:
                self.action_submit()
            elif self.is_laid_out:
                self._customer, self._asked = name, typed
                self._show_note(self._question(label, typed))

        if letters:
            self.host.ask(lambda: name_meant(letters, typed), answered, lambda _: answered(""), opens=True)
        else:
            self.action_submit()

    def _question(self, label: str, typed: str) -> str:
        lead = f"{keys.key_of(self.app, 'place.dispatch')} starts a lead for {short(self._customer, QUOTED)}"
        text = f"{label} “{short(typed.strip(), QUOTED)}”"
        return f"Is {short(self._customer, QUOTED)} a customer? {lead}. Enter again: {self.heading}, {text}"

    def withdraw_question(self) -> None:
        """Forget the name: the text is another now."""
        self._customer = ""

    def action_submit(self) -> None:
        """Send what was entered."""
        raise NotImplementedError

    def on_key(self, event: events.Key) -> None:
        if self._customer and event.key in keys.place_keys(self.app, "dispatch"):
            event.stop()
            event.prevent_default()  # which would keep this open for its text
            name = self._customer
            self.leave()
            self.host.begin_lead(name)
