"""The desk's errors, each with a code for scripts and a hint for people."""

from __future__ import annotations

LOST = "unreachable"
"""The code of a connection that was lost, or could not be made: what was under way may be repeated."""


class DeskError(Exception):
    """An expected refusal: nothing was written.

    ``code`` is stable for scripts, ``message`` names the offending value, ``hint`` says what is accepted or
    what to do next, and ``exit_code`` is the command's.
    """

    exit_code = 1

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message, "hint": self.hint}


class Refused(DeskError):
    """A rule of the desk forbids it (wrong status, wrong holder)."""


class NotPermitted(Refused):
    """Whoever has signed in may not do it, or nobody has; no part of a file or batch is done either."""


class NotFound(DeskError):
    """The booking, agent or event does not exist."""

    def __init__(self, what: str, identifier: object, hint: str = "") -> None:
        super().__init__("not_found", f"no {what} {identifier}", hint)


class Conflict(DeskError):
    """Someone else changed the row first."""

    def __init__(self, message: str, hint: str = "look again, then repeat") -> None:
        super().__init__("conflict", message, hint)


class InvalidInput(DeskError):
    """The desk does not accept the value."""

    exit_code = 2

    def __init__(self, field: str, message: str, hint: str = "") -> None:
        super().__init__("invalid_" + field, message, hint)
        self.field = field


class DatabaseUnavailable(DeskError):
    """The database cannot be reached, opened, read or written."""

    exit_code = 3
