"""The application's keys over a modal: those that work anywhere else say what must be closed first."""

from __future__ import annotations

from typing import Any

from textual.app import App

from screens.base import keys
from screens.base.textual_internals import bindings_of
from screens.dialogs.modal import Modal
from screens.dialogs.transient_modal import TransientModal
from screens.shell.help import Help

BELOW_A_MODAL = ("go", "find", "log", "undo", "redo", "help", "why", "first_steps")
"""The actions that are about what is below a modal."""

SAYS_SO = frozenset({"find", "undo", "redo", "help", "first_steps"})
"""Of these, the ones whose keys are expected to work; the key of a place closes the modal, if it can."""


def is_told(app: App[Any], action: object) -> bool:
    """Return whether an action does nothing over the modal in sight, which has no such key itself."""
    modal = app.screen if app.screen_stack else None
    if action not in SAYS_SO or not isinstance(modal, Modal) or isinstance(modal, TransientModal):
        return False
    known = {key for key, binding in bindings_of(app) if binding.action == action}
    if not known.isdisjoint(key for key, _ in bindings_of(modal)):
        return False
    field = app.focused  # one for long texts has an undo of its own
    return field is None or all(binding.action != action for _, binding in bindings_of(field))


def tell_to_close(app: App[Any], action: str) -> None:
    """Say on the modal in sight that it must be closed first; the key of help closes help."""
    modal = app.screen
    if action == "help" and isinstance(modal, Help):
        modal.action_close()
    elif isinstance(modal, Modal):
        name = keys.BY_ID[action].description
        modal.tell(f"Close this first (esc), then {keys.key_of(app, action)} {name}")
