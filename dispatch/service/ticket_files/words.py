"""The words of other service desks: statuses, priorities and channels, and texts in HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser

from dispatch.inputs import validation
from dispatch.inputs.head_words import plain
from dispatch.inputs.validation import excerpt
from dispatch.inputs.value_words import meant
from models.errors import InvalidInput
from models.priorities import PRIORITIES

OPEN, PENDING, ENDED = "open", "pending", "ended"
# What programs call a state; the digits are Freshdesk's.
STATES = {
    OPEN: """
    open new assigned active inprogress onhold hold reopened todo unresolved waitingonthirdparty 2 7 offen neu
    """,
    PENDING: "pending pendingcustomer waitingoncustomer waitingforcustomer awaitingyourreply 3 6",
    ENDED: """
    solved resolved closed done completed complete fixed cancelled canceled 4 5 gelost geschlossen erledigt
    """,
}
GRADES = dict(zip("1234", PRIORITIES, strict=False))
"""Freshdesk's numbers, beside the words that every file may have."""
WAYS = {
    "email": "email mail emailmessage 1",
    "phone": "phone phonecall telephone voice call voicemail 3",
    "chat": "chat livechat messaging nativemessaging sms whatsapp 7",
    "social_media": "socialmedia twitter x facebook instagram facebookmessenger",
    "web_form": "web webform portal form helpcenter api feedbackwidget webwidget widget 2 9",
}
MARKUP = re.compile(
    r"</?(?:html|body|div|p|br|span|a|b|i|ul|ol|li|table|img|strong|em)\b[^<>]{0,2000}>", re.I
)
BREAKING = frozenset(("p", "div", "br", "li", "tr", "table", "ul", "ol"))
UNSEEN = frozenset(("style", "script", "head", "title"))


def _by_word(words: Mapping[str, str]) -> dict[str, str]:
    return {word: name for name, several in words.items() for word in several.split()}


_STATES, _WAYS = _by_word(STATES), _by_word(WAYS)


def state(text: str | None) -> str:
    """Return what a status means here, OPEN for none. Raises InvalidInput."""
    return _meant(text, _STATES, "status", "open, pending, solved or closed") or OPEN


def priority(text: str | None) -> int | None:
    """Return the number of a priority, None for none: then triage decides. Raises InvalidInput."""
    word = plain(text or "")
    if word in ("", "none", "notset"):
        return None
    return validation.priority(GRADES.get(word) or meant("priority", (text or "").strip(), PRIORITIES))


def channel(text: str | None) -> str | None:
    """Return the channel of a word, None for none or an unknown one."""
    return _WAYS.get(plain(text or ""))


def _meant(text: str | None, words: Mapping[str, str], field: str, accepted: str) -> str | None:
    word = plain(text or "")
    if not word:
        return None
    if word not in words:
        raise InvalidInput(
            field, f"{excerpt((text or '').strip())} is not a {field}", f"accepted: {accepted}"
        )
    return words[word]


def tags(text: str | None) -> list[str]:
    """Return the tags of a cell: a JSON list, or words between commas, semicolons or blanks."""
    text = (text or "").strip()
    if text.startswith("["):
        try:
            return [str(one).strip() for one in json.loads(text) if str(one).strip()]
        except ValueError:
            text = text.strip("[]")
    found = re.split(r"[,;|]" if re.search(r"[,;|]", text) else r"\s", text)
    return list(dict.fromkeys(one.strip(" \t\"'") for one in found if one.strip(" \t\"'")))


def without_markup(text: str) -> str:
    """Return the words of an HTML text; any other text as it is."""
    if not MARKUP.search(text):
        return text
    reader = _Words()
    reader.feed(text)
    reader.close()
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(reader.found).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._unseen += tag in UNSEEN
        if tag in BREAKING:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN and self._unseen > 0
        if tag in BREAKING:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found.append(data)
