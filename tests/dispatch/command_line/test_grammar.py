"""The grammar of a line: what it means, what it lacks, and that nothing typed ever fails otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import bookings, queries
from dispatch.command_line import meaning
from dispatch.command_line.grammar import OF_ROWS, VERBS, parse
from dispatch.command_line.meaning import Outcome, Seen
from dispatch.command_line.verbs import Asker
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations.undo import undo
from models.errors import DeskError, InvalidInput, NotFound, Refused
from screens.base import keys

Look = Callable[..., Any]
ME = Asker(2)


@pytest.fixture
def several(two: None, add_lead: Callable[..., Any]) -> None:
    """Bookings 1 (Ada), 2 (Bob) and 3 (Ada)."""
    for name in ("Kate Nguyen", "Lee", "Mia"):
        add_lead(name=name)


def seen(desk: Desk, text: str) -> Seen:
    with desk.reading():
        return meaning.look(desk, text, ME)


def run(desk: Desk, text: str) -> Outcome:
    return meaning.run(desk, text, ME)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ada break 20m", "p ada break 20m"),
        ("break ada 20m", "p ada break 20m"),
        ("away 1", "p 1 away"),
        ("Ada Available", "p Ada available"),
    ],
)
def test_a_presence_in_another_order_is_answered_with_its_line(
    desk: Desk, several: None, text: str, line: str
) -> None:
    problem = seen(desk, text).problem
    assert problem is not None
    assert (problem.code, problem.hint) == ("invalid_line", f"type {line}")
    assert seen(desk, line).problem is None
    assert seen(desk, "nobody break").problem is not None
    assert "type p" not in seen(desk, "nobody break").problem.hint  # type: ignore[union-attr]


def test_a_rehearsal_says_what_would_be_refused_and_writes_nothing(desk: Desk, several: None) -> None:
    bookings.cancel(desk, 1, "changed their mind")
    with desk.reading():
        before = event_log.events(limit=1)[0]["event_id"]
    for text in ("c 1 1", "c 1", "f 1", "x 1 again"):
        refused = meaning.refusal(desk, text, ME)
        assert refused is not None, text
        with pytest.raises(type(refused), match=re.escape(refused.message)):
            run(desk, text)
    assert meaning.refusal(desk, "c 2 2", ME) is None
    with desk.reading():
        assert event_log.events(limit=1)[0]["event_id"] == before


GOOD = [
    ("c1", "Claim 1 (Kate Nguyen, Mars) for Ada Byron"),
    ("c 1 1", "Claim 1 (Kate Nguyen, Mars) for Ada Byron"),
    ("c 1 ada", "Claim 1 (Kate Nguyen, Mars) for Ada Byron"),
    ("booking claim 1 --agent 1", "Claim 1 (Kate Nguyen, Mars) for Ada Byron"),
    ("booking claim --agent=ada_byron 1", "Claim 1 (Kate Nguyen, Mars) for Ada Byron"),
    ('c 1 "ada byron"', "Claim 1 (Kate Nguyen, Mars) for Ada Byron"),
    ("claim 1", "Claim 1 (Kate Nguyen, Mars) for Ada Byron"),
    ("  c   1  ", "Claim 1 (Kate Nguyen, Mars) for Ada Byron"),
    ("t 1 r", "Log a call to 1 (Kate Nguyen, Mars): reached"),
    ("t 1 n", "Log a call to 1 (Kate Nguyen, Mars): no_answer"),
    ("t 1 not", "Log a call to 1 (Kate Nguyen, Mars): not_interested"),
    ("t 1 no_answer rang twice", "Log a call to 1 (Kate Nguyen, Mars): no_answer, note rang twice"),
    ("t 1 reached --follow-up 2h", "Log a call to 1 (Kate Nguyen, Mars): reached, follow up 11:00"),
    ("f 1 luxury", "Confirm 1 (Kate Nguyen, Mars), package Luxury Dome Stay"),
    ("x 1 no money", "Cancel 1 (Kate Nguyen, Mars): no money"),
    ("x1,2 no money", "Cancel 2 bookings (1, 2): no money"),
    ('booking cancel 1 2 --reason "no money"', "Cancel 2 bookings (1, 2): no money"),
    ("r 1 bob sick", "Reassign 1 (Kate Nguyen, Mars) to Bob Byron: sick"),
    (
        "r 1,2,3 2 sick",
        "Reassign 3 bookings (1, 2, 3) to Bob Byron: sick · 1 refused: booking 2 is already with Bob Byron",
    ),
    (
        "booking reassign 1 --to 2 --reason 'he is away'",
        "Reassign 1 (Kate Nguyen, Mars) to Bob Byron: he is away",
    ),
    ("d 1 full", "Pass 1 (Kate Nguyen, Mars) on to the next agent: full"),
    ("o 1", "Reopen 1 (Kate Nguyen, Mars)"),
    ("F 1 tomorrow 9:00", "Follow up 1 (Kate Nguyen, Mars): Mon 2 Mar 2082 09:00"),
    ("F 1 none", "Follow up 1 (Kate Nguyen, Mars): none"),
    ("p 1 away tomorrow", "Ada Byron: away until Mon 2 Mar 2082 09:00"),
    ("n 1 don't call [/b]", "Note on 1 (Kate Nguyen, Mars): don't call [/b]"),
    ("n 1 he said --agent is wrong", "Note on 1 (Kate Nguyen, Mars): he said --agent is wrong"),
    ("s 1 4", "Score 1 (Kate Nguyen, Mars): 4 of 5"),
    ("K1", "Keep the claim on 1 (Kate Nguyen, Mars)"),
    ("p 1 break 20 lunch", "Ada Byron: break until 09:20, reason lunch"),
    ("p 1 break 15m", "Ada Byron: break until 09:15"),
    ("p bob away until 23:59 dentist", "Bob Byron: away until 23:59, reason dentist"),
    ("p 1 busy", "Ada Byron: busy"),
    ("agent presence 1 break --until 2h --reason lunch", "Ada Byron: break until 11:00, reason lunch"),
    ("1", "Go to booking 1 (Kate Nguyen, Mars)"),
    ("booking 2", "Go to booking 2 (Lee, Mars)"),
    ("ada", "Go to Ada Byron"),
    ("agent bob", "Go to Bob Byron"),
]


@pytest.mark.parametrize(("text", "says"), GOOD)
def test_a_line_says_what_it_would_do_and_does_nothing(
    desk: Desk, several: None, look: Look, text: str, says: str
) -> None:
    before = look(event_log.events)
    found = seen(desk, text)
    assert (found.says, found.problem) == (says, None)
    assert look(event_log.events) == before


BAD = [
    ("clam 1", "'clam' is not a command: did you mean claim?"),
    ("booking clam 1", "booking 'clam' is not a command: did you mean claim?"),
    ("xyzzy", "'xyzzy' is not a command"),
    ("c 99", "no booking 99"),
    ("c 0", "'0' is not the number of a booking"),
    ("c one", "'one' is not the number of a booking"),
    ("c 1 byron", "'byron' can be Ada Byron (1), Bob Byron (2)"),
    ("c 1 zoe", "no agent 'zoe'"),
    ("c 1 2 3", "'3' is one word too many"),
    ("c 1 --agnt 2", "booking claim has no option --agnt"),
    ('n 1 "called', 'unclosed quote ": close it with "'),
    ("r 1 'ada sick", "unclosed quote '"),
    ("t 1 maybe", "'maybe' is not an outcome: accepted: reached, no_answer"),
    ("p 1 b", "'b' is ambiguous: choose from busy, break"),
    ("p 1 break 15x", "'15x' is not understood"),
    ("F 1 yesterday", "'yesterday' has passed"),
    ("1,2", "'1,2' is more than one number"),
    ("x" * 3_000, "the line has 3,000 characters"),
    ("n 1 a\x1b[2J", "invisible characters in the line"),
    ("issue 7", "no issue 7"),
    ("99", "no booking 99"),
    ("x 1 no money --reason ill", "the reason is given twice"),
    ("booking claim 1 --agent 1 --agent 2", "the agent is given twice"),
    ("ic7", "no issue 7"),
    ("9" * 400, "more than one number"),
]


@pytest.mark.parametrize(("text", "problem"), BAD)
def test_what_is_wrong_is_said_before_and_refused_after_enter(
    desk: Desk, several: None, look: Look, text: str, problem: str
) -> None:
    before = look(event_log.events)
    found = seen(desk, text).problem
    assert found is not None
    assert problem in f"{found.message}: {found.hint}"
    with pytest.raises(DeskError):
        run(desk, text)
    assert look(event_log.events) == before


def test_a_claimed_booking_is_not_promised_again(desk: Desk, several: None) -> None:
    bookings.claim(desk, 1, 1)
    found = seen(desk, "c 1")
    assert found.says == ""
    assert found.problem is not None
    assert found.problem.message.startswith("Ada Byron claimed booking 1 at ")
    with pytest.raises(Refused) as raised:
        run(desk, "c 1")
    assert raised.value.code == "already_claimed"


@pytest.mark.parametrize(
    "text", ["", " ", "c", "c ", "r 1", "r 1 2", "n 1", "t 1", "p", "p 1", "booking claim --agent"]
)
def test_half_a_line_is_no_mistake_yet_but_is_not_done(
    desk: Desk, several: None, look: Look, text: str
) -> None:
    found = seen(desk, text)
    assert (found.problem, found.says) == (None, "")
    with pytest.raises(InvalidInput):
        run(desk, text)


def test_words_that_fit_are_offered(desk: Desk, several: None) -> None:
    def words(text: str) -> list[str]:
        return [offer.word for offer in seen(desk, text).offers]

    assert words("r")[0] == "r"
    assert "c" in words("cla")
    assert words("c ") == ["3", "2", "1"]
    assert words("r 1 bo") == ["2"]
    assert words("r 1,") == ["1,3", "1,2", "1,1"]
    assert words("t 1 ")[:3] == ["reached", "no_answer", "voicemail"]
    assert words("t 1 n") == ["no_answer", "not_interested"]
    assert words("p 1 br") == ["break"]
    assert words("n 1 c") == []
    assert words("ad") == ["1"]
    assert '"Luxury Dome Stay"' in words("f 1 lux")


def test_a_line_is_done_like_any_command(desk: Desk, several: None, look: Look) -> None:
    assert run(desk, "c1").text == "Claimed: booking 1, Kate Nguyen (Ada Byron)"
    assert look(queries.booking, 1)["claimed_at"]
    assert look(event_log.events)[0]["command"] == "booking.claim"
    undo(desk)
    assert look(queries.booking, 1)["claimed_at"] is None
    assert "presence" not in run(desk, "p 2 break 15m").text
    assert look(queries.agent, 2)["presence"] == "break"
    assert look(queries.agent, 2)["presence_until"]
    assert run(desk, "2").jump == ("booking", 2)
    assert run(desk, "bob").jump == ("agent", 2)


def test_several_bookings_are_one_undo(desk: Desk, several: None, look: Look) -> None:
    assert run(desk, "c 1,3").text == "Claim: 2 bookings"
    assert run(desk, "r 1,2,3 2 sick").text == (
        "Reassigned: 2 bookings; 1 booking refused, booking 2 is already with Bob Byron"
    )
    undo(desk)
    assert [look(queries.booking, number)["agent_id"] for number in (1, 3)] == [1, 1]
    assert all(look(queries.booking, number)["claimed_at"] for number in (1, 3))
    undo(desk)
    assert [look(queries.booking, number)["claimed_at"] for number in (1, 3)] == [None, None]


def test_one_refused_of_several_leaves_the_others_undone(desk: Desk, several: None, look: Look) -> None:
    bookings.claim(desk, 3, 1)
    before = look(event_log.events)
    with pytest.raises(Refused):
        run(desk, "K 3,1")
    assert look(event_log.events) == before


def test_the_asker_takes_what_may_be_pulled(desk: Desk, several: None, look: Look) -> None:
    from dispatch.operations import configuration

    configuration.set_value(desk, "pull", "on")
    assert seen(desk, "c1").says == "Claim 1 (Kate Nguyen, Mars) for Bob Byron"


def test_a_follow_up_is_set_and_removed(desk: Desk, several: None, look: Look) -> None:
    run(desk, "F 1 2h")
    assert look(queries.booking, 1)["follow_up_at"]
    run(desk, "F 1 none")
    assert look(queries.booking, 1)["follow_up_at"] is None


def test_what_is_remembered_leaves_out_what_was_written() -> None:
    assert parse("n 413 called twice").without_texts == "n 413 "
    assert parse("r 413 9 sick mother").without_texts == "r 413 9 "
    assert parse("c413").without_texts == "c413"
    assert parse('booking note 4 --text "private"').without_texts.strip() == "booking note 4 --text"


def test_a_line_is_repeated_for_another_row() -> None:
    assert parse("n 413 called twice").about(7) == "n 7 called twice"
    assert parse("c413").about(7) == "c7"
    assert parse("r 1,2 9 sick").about(7) == "r 7 9 sick"
    assert parse("p soren break 15m").about(7) == "p 7 break 15m"


def test_the_letters_are_those_of_the_keys() -> None:
    known = {binding.id: binding.key.split(",")[0] for binding in keys.BY_ID.values()}
    named = {"!": "exclamation_mark"}
    for verb in OF_ROWS:  # caps have no keys
        letter = verb.letters.removeprefix("i") if verb.noun == "issue" else verb.letters
        assert named.get(letter, letter) in known.values(), verb.name
    assert len({verb.letters for verb in VERBS}) == len(VERBS)


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "c",
                "r",
                "1",
                "1,2",
                "--to",
                "--agent=",
                '"',
                "'",
                "ada",
                "issue",
                "booking",
                "p",
                "15m",
                " ",
                "n",
                "i",
                "!",
            ]
        )
    ).map(" ".join)
)
def test_nothing_typed_ever_fails_in_parsing(text: str) -> None:
    line = parse(text)
    assert isinstance(line.about(7), str)
    assert text.startswith(line.without_texts)


@pytest.mark.parametrize("seed", range(20))
def test_nothing_typed_ever_fails_on_a_desk(desk: Desk, several: None, look: Look, seed: int) -> None:
    from random import Random

    random = Random(seed)
    words = [
        "c",
        "r",
        "1",
        "2,3",
        "99",
        "--to",
        "--agent=",
        "--",
        '"',
        "'a",
        "ada",
        "ng",
        "issue",
        "booking",
        "p",
        "15m",
    ]
    words += ["x", "F", "break", "i!", "is", "agent", "\u202e", "[/b]", "%s", "{rows}"]
    before = look(event_log.events)
    for _ in range(40):
        text = " ".join(random.choices(words, k=random.randint(1, 6)))
        assert isinstance(seen(desk, text), Seen), text
    assert look(event_log.events) == before


def test_an_unknown_agent_is_not_found(desk: Desk, several: None, look: Look) -> None:
    with pytest.raises(NotFound):
        look(meaning.agent_meant, "99")


def test_caps_have_the_words_of_the_shell(desk: Desk, several: None) -> None:
    assert seen(desk, "cap set 5 --per hour").says == "At most 5 leads per hour for each agent"
    line = 'cap set 5 hour --agent bob --source Bought --destination "Mars"'
    assert seen(desk, line).says == "At most 5 leads per hour for Bob Byron, source Bought, destination Mars"
    assert run(desk, line).text == "Cap 1: at most 5 leads from Bought to Mars an hour for Bob Byron"
    assert run(desk, "cs 7 hour").text == "Cap 2: at most 7 leads an hour for each agent"
    assert run(desk, "cap remove 1").text.startswith("Removed cap 1: ")
    with pytest.raises(NotFound):
        run(desk, "cr 1")
    for wrong in ("cap set 0 hour", "cap set 5 month", "cap 1", "cap remove x"):
        with pytest.raises(InvalidInput):
            run(desk, wrong)
