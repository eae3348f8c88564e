"""How alike the numbers and addresses of two customers are."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from dispatch.inputs.phone_numbers import LEAST_DIGITS, national

SAME_EMAIL, SAME_PHONE, SAME_END = "same e-mail", "same phone", "same number without its country"
NEAR_EMAIL, NEAR_PHONE = "e-mail differs by a letter", "phone differs by a digit"
WEIGHTS = {SAME_EMAIL: 0.6, SAME_PHONE: 0.55, SAME_END: 0.5, NEAR_EMAIL: 0.4, NEAR_PHONE: 0.4}
NOTHING_AGAINST = 0.36
"""The weight where one of the two has no number and the other no address, say."""
_EXACT = frozenset((SAME_EMAIL, SAME_PHONE, SAME_END))


class Reachable(Protocol):
    @property
    def phones(self) -> tuple[str, ...]: ...
    @property
    def emails(self) -> tuple[str, ...]: ...


class Likeness(NamedTuple):
    """What two customers' contacts have in common; ``differs``: both have a kind, and nothing like it."""

    reasons: list[str]
    differs: bool

    @property
    def weight(self) -> float:
        return max((WEIGHTS[reason] for reason in self.reasons), default=0.0)

    @property
    def is_same(self) -> bool:
        return not _EXACT.isdisjoint(self.reasons)


def compare(one: Reachable, other: Reachable) -> Likeness:
    """Compare all numbers and all addresses of two customers."""
    reasons, differs = [], False
    for mine, theirs, alike in ((one.emails, other.emails, _emails), (one.phones, other.phones, _phones)):
        if mine and theirs:
            found = [reason for own in mine for their in theirs if (reason := alike(own, their))]
            if found:
                reasons.append(max(found, key=WEIGHTS.__getitem__))
            else:
                differs = True
    return Likeness(reasons, differs)


def _emails(one: str, other: str) -> str:
    if one == other:
        return SAME_EMAIL
    (mine, _, at), (theirs, _, there) = one.rpartition("@"), other.rpartition("@")
    is_near = mine == theirs if at != there else _bare(mine) == _bare(theirs)
    return NEAR_EMAIL if is_near or _distance(one, other) <= 1 else ""


def _bare(local: str) -> str:
    return local.partition("+")[0].replace(".", "")


def _phones(one: str, other: str) -> str:
    if one == other:
        return SAME_PHONE
    if one[:1] != "+" or other[:1] != "+":
        mine, theirs = (number.lstrip("+0") for number in (one, other))
        short, whole = sorted((mine, theirs), key=len)
        if len(short) >= LEAST_DIGITS and whole.endswith(short) and national(one) == national(other):
            return SAME_END
    return NEAR_PHONE if _distance(one, other) <= 1 else ""


def _distance(one: str, other: str) -> Any:
    from rapidfuzz.distance import DamerauLevenshtein  # slow to import, seldom needed

    return DamerauLevenshtein.distance(one, other, score_cutoff=1)
