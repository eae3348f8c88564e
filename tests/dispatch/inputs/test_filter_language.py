"""The filter language: what is typed is understood or refused, and what is understood can be typed again."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dispatch.inputs.filters.filter_language import Group, Node, Pair, Words, format_filter, joined, parse
from models.errors import InvalidInput

every, some = partial(Group, "and"), partial(Group, "or")
A, B, C = (Pair(key, ":", "1") for key in "abc")


def negated(node: Node) -> Node:
    return Group("not", (node,))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", None),
        ("kate  nguyen", Words("kate nguyen")),
        ("a:1 b:1", every((A, B))),
        ("a:1 and b:1", every((A, B))),
        ("a:1 or b:1 c:1", some((A, every((B, C))))),
        ("(a:1 OR b:1) c:1", every((some((A, B)), C))),
        ("not a:1 b:1", every((negated(A), B))),
        ("not (a:1 or b:1)", negated(some((A, B)))),
        ("a!=1", negated(A)),
        ("kate a:1 nguyen", every((Words("kate nguyen"), A))),  # one text, as if typed together
        ("+49 (711) 12", Words("+49 711 12")),
        ('a:"two words" "or"', every((Words("or"), Pair("a", ":", "two words")))),
        ('a:"two wor', Pair("a", ":", "two wor")),  # the closing quote is still to be typed
        (r'a:"say \"hi\" \\"', Pair("a", ":", 'say "hi" \\')),
        ("follow-up<=2082-12-24", Pair("follow_up", "<=", "2082-12-24")),
        ("A>=5", Pair("a", ">=", "5")),
        ("a:", Pair("a", ":", "")),
        ("12:30 <b> x@y.z", Words("12:30 <b> x@y.z")),
        # a sign is a word where it can be none
        ("or", Words("or")),
        ("kate or", Words("kate or")),
        ("not", Words("not")),
        ("(and) not", Words("and not")),
    ],
)
def test_what_a_text_says(text: str, meant: Node | None) -> None:
    assert parse(text) == meant
    assert meant is None or parse(format_filter(meant)) == meant


letters = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), max_codepoint=0x1FFF)
values = st.text(st.sampled_from('=:<>!"\\() aor') | letters, max_size=8)
words = values.map(lambda text: " ".join(text.split())).filter(bool).map(Words)
pairs = st.builds(Pair, st.from_regex(r"[a-z][a-z_]{0,4}", fullmatch=True), st.sampled_from(":=<>"), values)
nodes: st.SearchStrategy[Node] = st.recursive(
    words | pairs,
    lambda inner: st.one_of(
        inner.map(negated),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: joined("and", parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: joined("or", parts)),
    ),
    max_leaves=8,
)


@given(nodes)
@example(Pair("a", "<", "=1"))
def test_what_is_said_is_understood_again(node: Node) -> None:
    assert parse(format_filter(node)) == node


signs = st.sampled_from(
    ["(", ")", '"', "\\", ":", "!=", "<=", ">", " ", "and ", "or ", "not ", "a", "status"]
)


@example("İ:")
@given(st.text() | st.lists(signs | values).map("".join) | st.lists(signs, min_size=90).map("".join))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        node = parse(text)
    except InvalidInput as error:
        assert error.hint  # noqa: PT017  # either is right; what is refused is told
    else:
        assert node is None or parse(format_filter(node)) == node
