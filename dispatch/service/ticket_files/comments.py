"""The conversation of a ticket: who said what, to whom."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

from dispatch.inputs.head_words import plain
from dispatch.service.ticket_files.words import without_markup
from models.issues import CUSTOMER, DESK, MESSAGE, NOTE

TEXTS = (
    "body_text",
    "plain_body",
    "body",
    "text",
    "message",
    "content",
    "comment",
    "html_body",
    "description",
)
TIMES = ("created_at", "created", "at", "time", "date")
AUTHORS = ("author", "from", "user", "sender", "name", "author_name", "author_email", "from_email")
IDS = ("author_id", "user_id", "requester_id")
CUSTOMERS = frozenset(("customer", "requester", "enduser", "client", "contact", "user"))
OURS = frozenset(("agent", "desk", "support", "admin", "staff"))


class Comment(TypedDict):
    """A message or note; without a hint who wrote it, it is a note, which says so."""

    kind: str
    author: str
    text: str


def comments_of(cell: str | None, requester: Mapping[str, str | None], first: str) -> list[Comment]:
    """Return the comments in a cell: a JSON list, or a text. ``first`` is the description, which is left out.

    ``requester`` has the name, email and id of the customer.
    """
    text = (cell or "").strip()
    if not text:
        return []
    try:
        found = json.loads(text) if text[0] in "[{" else text
    except ValueError:
        found = text
    listed = found if isinstance(found, list) else [found]
    known = {plain(value) for value in requester.values() if value and plain(value)}
    made = [comment for one in listed for comment in _comment(one, known)]
    if made and made[0]["kind"] == MESSAGE and made[0]["text"] == first:
        return made[1:]
    return made


def _comment(one: Any, requester: set[str]) -> Iterator[Comment]:
    if isinstance(one, Mapping) and len(one) == 1 and isinstance(inner := next(iter(one.values())), Mapping):
        one = inner
    if not isinstance(one, Mapping):
        if one is not None and (text := without_markup(str(one)).strip()):
            yield Comment(kind=NOTE, author=DESK, text=text)
        return
    text = without_markup(next((str(one[key]) for key in TEXTS if one.get(key)), "")).strip()
    if not text:
        return
    author = _author(one, requester)
    is_public = one.get("public") is not False and one.get("private") is not True
    when = next((str(one[key]) for key in TIMES if one.get(key)), "")
    who = next((name for key in AUTHORS if (name := _name(one.get(key)))), "")
    if author and is_public:
        yield Comment(kind=MESSAGE, author=author, text=text)
    else:
        head = ", ".join(filter(None, (who, when)))
        yield Comment(kind=NOTE, author=DESK, text=f"{head}: {text}" if head else text)


def _author(one: Mapping[str, Any], requester: set[str]) -> str:
    """Return who wrote a comment, "" where nothing tells."""
    if isinstance(one.get("incoming"), bool):
        return CUSTOMER if one["incoming"] else DESK
    if any(plain(str(one[key])) in requester for key in IDS if one.get(key)):
        return CUSTOMER
    named = [plain(name) for key in AUTHORS for name in _names(one.get(key))]
    named.append(plain(str(one.get("author_type") or one.get("role") or "")))
    if any(name in requester or name in CUSTOMERS for name in named):
        return CUSTOMER
    return DESK if any(name in OURS for name in named) else ""


def _names(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [str(value[key]) for key in ("name", "email", "role", "id") if value.get(key)]
    return [str(value)] if value else []


def _name(value: Any) -> str:
    return next(iter(_names(value)), "")
