"""The form for one's own password."""

from __future__ import annotations

from dispatch.desk.desk import Desk
from dispatch.people import users
from dispatch.people.row_types import UserRow
from models.errors import InvalidInput
from screens.dialogs.form import Field, FormModal, Values

CURRENT, NEW, AGAIN = "current", "new", "again"
TITLE = "Change password"


def password_form(login: str, *, has_password: bool) -> FormModal[UserRow]:
    """Set the password of who has signed in; the one so far is asked for, if there is one."""

    def change(desk: Desk, given: Values) -> UserRow:
        if given[NEW] != given[AGAIN]:
            raise InvalidInput(AGAIN, "The two new passwords differ", "type the new one twice")
        return users.set_password(desk, login, given[NEW], given.get(CURRENT))

    so_far = [Field(CURRENT, "Password so far", required=True, secret=True)] if has_password else []
    fields = [
        *so_far,
        Field(NEW, "New password", required=True, secret=True),
        Field(AGAIN, "Once more", required=True, secret=True),
    ]
    return FormModal(f"{TITLE} of {login}", fields, change, submit=TITLE)
