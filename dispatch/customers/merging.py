"""Merging two records of one customer."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.customers.contacts import give, main_contact, set_main
from dispatch.customers.records import present_customer, rows_of
from dispatch.customers.row_types import MergePreview
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs import validation
from dispatch.queries.row_types import CustomerRow
from models.base import tuples
from models.customers import Customer, Lead
from models.errors import Refused
from models.issues import TIERS, Issue

TAKEN = ("phone", "email")
"""The main contacts that a merge may take from the other customer, where both have one."""


@command("customer.merge", past="merged", undo=put_back, may="customer.edit")
def merge(running: Command, keep_id: int, other_id: int, take: Sequence[str] = ()) -> CustomerRow:
    """Merge two customers: ``keep_id`` gets the other's leads and issues, the contacts it lacks, and more.

    It has the better tier of the two, and a do-not-contact mark if one has it. Where both have a main phone
    or e-mail, ``take`` names those to be the other's from now on. The other's row stays, points to the kept
    customer, and is no longer found; its contacts count as the kept one's. Raises NotFound, Refused,
    InvalidInput.
    """
    keep, other = _two(keep_id, other_id)
    _move_work(keep_id, other_id)
    for kind in TAKEN:
        theirs = main_contact(other, kind)
        if theirs is None:
            continue
        mine = main_contact(keep, kind)
        if mine is None or kind in _checked(take):
            set_main(keep, kind, theirs)
            if mine is not None and mine.value != theirs.value:
                give(keep, mine)
    keep.tier = better_tier(keep.tier, other.tier)
    keep.do_not_contact = keep.do_not_contact or other.do_not_contact
    keep.save()
    other.merged_into = keep_id
    other.save()
    running.customer_id = keep_id
    running.detail = {"customer_id": keep_id, "merged_customer_id": other_id}
    return rows_of([keep_id])[0]


def _move_work(keep_id: int, other_id: int) -> None:
    for model, key in ((Lead, Lead.lead_id), (Issue, Issue.issue_id)):
        theirs = model.select(key).where(model.customer_id == other_id).order_by(key)
        for (number,) in tuples(theirs):
            row = model.lock(number)
            row.customer_id = keep_id
            row.save()


def _checked(take: Sequence[str]) -> Sequence[str]:
    for name in take:
        validation.one_of(name, "contact", TAKEN)
    return take


def better_tier(one: str | None, other: str | None) -> str | None:
    """Return the higher of two tiers; any is better than none."""
    tiers = [tier for tier in (one, other) if tier is not None]
    return max(tiers, key=TIERS.index, default=None)


def preview_merge(keep_id: int, other_id: int) -> MergePreview:
    """Return what ``merge`` would do, without changing anything.

    ``takes_over`` are contacts the kept customer lacks; ``asks`` are the main ones that both have, of which
    one has to be the main one: the kept customer's, unless it is taken. ``tier`` is the better one. Raises
    NotFound, Refused.
    """
    keep, other = _two(keep_id, other_id)
    contacts = {name: (getattr(keep, name), getattr(other, name)) for name in TAKEN}
    leads = Lead.select().where(Lead.customer_id == other_id)
    kept, theirs = rows_of([keep_id, other_id])
    return {
        "keep": kept,
        "other": theirs,
        "leads": leads.count(),
        "takes_over": {name: has for name, (own, has) in contacts.items() if has and not own},
        "asks": {name: has for name, (own, has) in contacts.items() if has and own and has != own},
        "tier": better_tier(keep.tier, other.tier),
        "do_not_contact": keep.do_not_contact or other.do_not_contact,
    }


def _two(keep_id: int, other_id: int) -> tuple[Customer, Customer]:
    if keep_id == other_id:
        raise Refused(
            "same_customer", f"customer {keep_id} cannot be merged into itself", "choose two customers"
        )
    return present_customer(keep_id), present_customer(other_id)
