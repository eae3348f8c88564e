"""A customer's message, and the forms of its text that the analysers read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from dispatch.triage.normalisation import plain, readable, sentences
from dispatch.triage.spelling import spelled


@dataclass(frozen=True)
class Message:
    """A text as typed; each other form is made once, when an analyser first asks for it.

    Of ``I CAN’T log in. <b>Pls</b> help!`` the forms are: readable ``I CAN'T log in.  Pls  help!``, plain
    ``i can't log in.  pls  help!``, usual ``i can't log in.  please  help!``, and the sentences
    ``[i, can, not, log, in], [please, help]``.
    """

    text: str

    @cached_property
    def readable(self) -> str:
        """The part that is read, without markup, apostrophes straight; letters as typed, for the mood."""
        return readable(self.text)

    @cached_property
    def plain(self) -> str:
        """The same in small letters without accents, as the word lists are written."""
        return plain(self.readable)

    @cached_property
    def usual(self) -> str:
        """The same in the usual spelling, as the classifier was trained on."""
        return spelled(self.plain)

    @cached_property
    def sentences(self) -> list[list[str]]:
        """The words in their usual spelling, sentence by sentence."""
        return sentences(self.usual)

    @cached_property
    def words(self) -> list[str]:
        return [word for sentence in self.sentences for word in sentence]
