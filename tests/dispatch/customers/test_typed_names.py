"""A name typed where letters are commands is known again; reasons and notes never look like one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from string import ascii_lowercase
from typing import Any

import pytest

from dispatch.customers.typed_names import begins_name, common_names, name_meant, ordinary_words
from models.folding import fold

Look = Callable[..., Any]

REASONS = """
too expensive|sick|called twice|changed mind|ill|no answer|on holiday|wants a refund|double booking
price too high|found a cheaper one|not interested any more|moved the date|on sick leave
an urgent case for Mia|asked for Nova|at lunch|in a meeting|all booked out|old customer of Ada|odd request
rent is due|had a better offer|hard to reach|health reasons|family emergency|visa refused|passport expired
wrong number|number is dead|no reply for a week|left a message|leave of absence|will call back
waits for a quote|wants Europa instead|travels with a friend|booked elsewhere|budget cut|boss said no
does not answer|did not pay|deposit missing|duplicate of 412|dup|entered twice|email bounced|e-mail bounced
even the second mail bounced|every number is wrong|ex-customer|fear of flying|flight was cancelled|full
gave no reason|got married|has no time|her mother is ill|he is away|his doctor said no|i am ill
it was a test|its price|just looking|knows the pilot|late reply|launch was moved|likes Titan better
line is busy|lives too far|lost their job|low on money|meant another trip|my mistake|needs a window
never answers|next year|nobody there|none|not now|now with Bob|nothing|ok|only asked for a price|or in May
out of office|over budget|pregnant|prefers a text|quote too high|ran out of time|reached voicemail
rang twice|rather in spring|said no|same as 401|see note|she will think it over|sold|spam
speaks no Ukrainian|still waiting|ten people|test|the dome is too small|they want two domes|thinks about it
tired of waiting|to be called on Friday|travel ban|two more travellers|unknown|up to them|urgent|us citizen
very upset|voicemail|wants May|was rude|we have no dome|weather|wedding postponed|with her sister
would not say|wrong trip|yes, but later|zero budget|ready to fly|answered: call at 9|allergy|angry
any date in May|arrived late|as agreed|asks for a rebate
""".replace("\n", "|").split("|")


@pytest.mark.parametrize(
    ("letters", "text", "name"),
    [
        ("x", "ena lee", "Xena Lee"),
        ("x", "ena", "Xena"),
        ("d", "ora", "Dora"),
        ("d", "ora kent-berg", "Dora Kent-berg"),
        ("n", "ed", "Ned"),
        ("n", "oémi roux", "Noémi Roux"),
        ("jx", "ena lee", "Xena Lee"),
        ("jon", "as", "Jonas"),
        ("cyn", "thia", "Cynthia"),
        ("X", "ena", "Xena"),
        ("x", "ENA LEE", "XENA LEE"),
        ("", "xena", ""),
        ("x", "", ""),
        ("x", " ena", ""),
        ("x", "ena lee wants another date", ""),  # a sentence
        ("x", "ena4", "Xena4"),
        ("x", "413", ""),
        ("w", "ill", ""),  # ill is a reason
        ("d", "an brown", ""),
    ],
)
def test_a_common_first_name_is_known_again(
    look: Look, two: None, letters: str, text: str, name: str
) -> None:
    assert look(name_meant, letters, text) == name


def test_so_is_a_first_name_of_a_customer_or_an_agent_here(
    look: Look, add_lead: Look, add_agent: Look
) -> None:
    for name in ("Xqwa Roux", "Don Holiday"):
        assert not look(name_meant, name[0].lower(), name[1:])
    add_agent("Dzorn")
    add_lead("Xqwa Roux")
    add_lead("Don Holiday")
    assert look(name_meant, "x", "qwa lee") == "Xqwa Lee"
    assert look(name_meant, "d", "zorn") == "Dzorn"
    assert not look(name_meant, "x", "qw"), "a beginning alone"
    assert look(name_meant, "d", "on holiday") == "Don Holiday", "a whole name"
    assert not look(name_meant, "d", "on leave")


@pytest.mark.on_file  # 14,000 looks, which are the same on any engine
def test_no_reason_looks_like_a_name(look: Look, two: None) -> None:
    reasons = [reason for reason in REASONS if reason]
    assert len(reasons) > 120
    lists = ["", "j", "c", "kj"]
    asked = [
        (before + letter, reason)
        for reason in reasons
        for letter in ascii_lowercase
        for before in lists
        if look(name_meant, before + letter, reason)
    ]
    assert not asked


def test_a_name_is_known_by_its_first_three_letters() -> None:
    assert all(begins_name(letters) for letters in ("car", "carol", "Cle", "uma", "émi"))
    assert not any(
        begins_name(letters) for letters in ("", "c", "ca", "cjc", "ccc", "clu", "jjj", "xyz", "zzz")
    )


def test_the_lists_are_in_order_and_folded() -> None:
    names = common_names()
    assert all(one < other for one, other in pairwise(names))
    assert all(name == fold(name) for name in (*names, *ordinary_words()))
