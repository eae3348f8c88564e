"""Service desk analytics, dashboard, and the satisfaction model learned from answers."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch.agents import presence
from dispatch.bootstrap import open_desk
from dispatch.desk import separate_process
from dispatch.desk.desk import Desk
from dispatch.reporting import issue_analytics, service_dashboard
from dispatch.reporting.issue_analytics import Period
from dispatch.service.due_checks import sweep_issues
from dispatch.service.issues import conversation, escalation_commands, lifecycle, queries, surveys
from dispatch.service.satisfaction import training
from dispatch.service.satisfaction.case import Case
from dispatch.service.satisfaction.formula import Facts
from dispatch.service.satisfaction.trained_model import Learned, features, stored
from dispatch.service.satisfaction.training import Answer
from models.errors import Refused
from models.issues import CATEGORIES, CHANNELS, SatisfactionModel
from tests.conftest import TestClock
from tests.dispatch.service.answers import answer_many
from tests.dispatch.service.conftest import Row

Open = Callable[..., Row]


@pytest.fixture
def worked(desk: Desk, ada: Row, open_issue: Open, clock: TestClock) -> Desk:
    """Two refunds of last month, and this month: one refund by phone, one dispute, one open."""
    for hours, score in ((10, 2), (20, 4)):
        number = open_issue("[refund_request] x", channel="email")["issue_id"]
        clock.advance(hours=hours)
        conversation.reply(desk, number, "one")
        lifecycle.resolve(desk, number, "two")
        surveys.rate(desk, number, score)
    clock.advance(days=35)
    for text, channel, score in (("[refund_request] y", "phone", 5), ("[billing_dispute] z", "email", 3)):
        number = open_issue(text, channel=channel)["issue_id"]
        clock.advance(hours=2)
        lifecycle.resolve(desk, number, "done")
        surveys.rate(desk, number, score)
    open_issue("How?")
    return desk


def read(desk: Desk, function: Callable[..., Any], *given: Any) -> Any:
    with desk.reading():
        return function(*given)


def test_every_figure_has_its_count(worked: Desk) -> None:
    report = read(worked, issue_analytics.report, Period.last(30, worked.now()))
    assert report["totals"] == {
        "opened": {"value": 3, "count": 3},
        "resolved": {"value": 2, "count": 2},
        "mean_resolution_hours": {"value": 2.0, "count": 2},
        "mean_customer_hours": {"value": 0.0, "count": 2},
        "mean_satisfaction": {"value": 4.0, "count": 2},
        "first_contact_resolution": {"value": 1.0, "count": 2},
    }
    assert list(report["by_priority"]) == ["HIGH", "MEDIUM"]
    assert report["by_category"]["refund_request"]["mean_satisfaction"] == {"value": 5.0, "count": 1}
    assert report["by_channel"]["web_form"]["mean_resolution_hours"] == {"value": None, "count": 0}


def test_the_mean_leaves_out_the_customers_time(
    desk: Desk, ada: Row, open_issue: Open, clock: TestClock
) -> None:
    """One hour of ours, then a day for the answer, another hour, and a week until it is reopened."""
    open_issue("[refund_request] x", channel="email")
    clock.advance(hours=1)
    conversation.reply(desk, 1, "Which card?", wait=True)
    clock.advance(days=1)
    conversation.reply(desk, 1, "The blue one", author="customer")
    clock.advance(hours=1)
    assert lifecycle.resolve(desk, 1)["actual_resolution_minutes"] == 120
    clock.advance(days=7)
    conversation.reply(desk, 1, "It is back", author="customer")
    clock.advance(hours=2)
    row = lifecycle.resolve(desk, 1)
    assert (row["actual_resolution_minutes"], row["customer_minutes"]) == (240, 8 * 1440)
    open_issue("[refund_request] y", channel="email")
    clock.advance(hours=2)
    lifecycle.resolve(desk, 2)
    clock.advance(days=2)  # it may be reopened, but that is no wait
    report = read(desk, issue_analytics.report, Period.last(30, desk.now()))
    of_email = report["by_channel"]["email"]
    assert report["totals"]["mean_resolution_hours"] == {"value": 3.0, "count": 2}
    assert of_email["mean_customer_hours"] == {"value": 96.0, "count": 2}


@pytest.mark.parametrize("seed", range(8))
def test_ours_and_theirs_are_all_the_time(
    desk: Desk, ada: Row, open_issue: Open, clock: TestClock, seed: int
) -> None:
    """Random talk: each span is one side's, counted by a plain model beside the desk."""
    chance = random.Random(seed)
    open_issue("[refund_request] x")
    started, theirs, is_theirs = clock.moment, 0, False
    for _ in range(12):
        minutes = chance.randrange(1, 3000)
        clock.advance(minutes=minutes)
        theirs += minutes * is_theirs
        says = chance.choice(["ask", "hear", "note", "resolve", "answer"])
        if says == "hear":
            conversation.reply(desk, 1, "hm", author="customer")
            is_theirs = False
        elif says == "note":
            conversation.note(desk, 1, "hm")
        elif status_of(desk) == "resolved":
            continue
        elif says == "resolve":
            lifecycle.resolve(desk, 1)
            is_theirs = True
        else:
            conversation.reply(desk, 1, "hm", wait=says == "ask")
            is_theirs = is_theirs or says == "ask"
    if status_of(desk) == "resolved":
        conversation.reply(desk, 1, "again", author="customer")
    row = lifecycle.resolve(desk, 1)
    whole = (clock.moment - started).total_seconds() / 60
    assert (row["customer_minutes"], row["actual_resolution_minutes"]) == (theirs, whole - theirs)


def status_of(desk: Desk) -> str:
    with desk.reading():
        return queries.issue(desk, 1)["status"]


def test_trends_are_computed_from_the_period_before(worked: Desk) -> None:
    trends = read(worked, issue_analytics.report, Period.last(30, worked.now()))["trends"]
    assert trends["resolved"] == {"value": 2, "before": 2, "change": 0, "counts": [2, 2]}
    assert trends["mean_resolution_hours"]["change"] == -13.0
    assert trends["mean_satisfaction"] == {"value": 4.0, "before": 3.0, "change": 1.0, "counts": [2, 2]}
    assert trends["first_contact_resolution"]["change"] == 1.0


def test_a_figure_without_rows_is_none(desk: Desk) -> None:
    report = read(desk, issue_analytics.report, Period.last(30, desk.now()))
    assert report["totals"]["mean_satisfaction"] == {"value": None, "count": 0}
    assert report["trends"]["mean_satisfaction"]["change"] is None


def test_the_rows_behind_a_figure_are_listed(worked: Desk) -> None:
    period = Period.last(30, worked.now())

    def behind(*what: str) -> list[int]:
        ids = read(worked, issue_analytics.ids_behind, period, *what)
        return [row["issue_id"] for row in read(worked, queries.rows_of, worked, ids)]

    assert behind("opened") == [3, 4, 5]
    assert behind("mean_resolution_hours") == [3, 4]
    assert behind("mean_satisfaction", "category", "refund_request") == [3]


def test_the_dashboard_counts_the_rows(worked: Desk, open_issue: Open, clock: TestClock) -> None:
    open_issue("[account_access] urgent :( :(", tier="gold")
    escalation_commands.escalate(worked, 5, "look here")
    clock.advance(minutes=30)
    sweep_issues(worked)
    result = read(worked, service_dashboard.dashboard, worked)
    assert result["active"]["by_priority"] == {"CRITICAL": 1, "URGENT": 0, "HIGH": 0, "MEDIUM": 1, "LOW": 0}
    assert result["active"]["mean_age_hours"] == {"value": 0.5, "count": 2}
    assert [(row["agent_id"], row["issue_load"], row["utilisation"]) for row in result["agents"]] == [
        (1, 2, 0.2)
    ]
    alerts = result["alerts"]
    assert [
        (row["issue_id"], row["clock"], row["late_minutes"]) for row in alerts["sla_breaches"]["rows"]
    ] == [
        (6, "first_response", 25),
        (6, "resolution", 15),
    ]
    assert alerts["escalations"]["count"] == 3, "manual, unresolved and no progress"
    assert result["satisfaction"]["count"] == 2
    assert result["resolution"]["totals"]["resolved"]["count"] == 2


def test_customers_at_risk_are_named(desk: Desk, open_issue: Open, clock: TestClock) -> None:
    open_issue(":( :( :( slow")
    clock.advance(hours=30)
    result = read(desk, service_dashboard.dashboard, desk)
    risky = result["alerts"]["customers_at_risk"]
    assert risky == {"count": 1, "rows": [{"issue_id": 1, "predicted": 2.0}]}
    assert (result["satisfaction"]["below_2_5"], result["satisfaction"]["share_below_3"]) == (1, 1.0)


def test_a_list_by_urgency_is_read_in_pages(desk: Desk, ada: Row, open_issue: Open, clock: TestClock) -> None:
    for text in ("a", "[refund_request] b", "[billing_dispute] c", "d", "[account_access] urgent e"):
        open_issue(text)
        clock.advance(minutes=1)
    which = queries.IssueFilter()
    whole = read(desk, queries.issues, desk, which)
    assert [row["issue_id"] for row in whole] == [5, 3, 1, 2, 4]
    pages, last = [], None
    while page := read(desk, queries.issues, desk, which, 2, last):
        pages += [row["issue_id"] for row in page]
        last = page[-1]
    assert pages == [5, 3, 1, 2, 4]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"priority": 3}, [2]),
        ({"category": "billing_dispute"}, [2]),
        ({"channel": "chat"}, [1]),
        ({"agent_id": 1}, [2, 1]),
        ({"escalated": True}, [1]),
        ({"text": "two"}, [2]),
        ({"statuses": ("resolved",)}, [3]),
        ({"statuses": (), "sort": "changed"}, [3, 1, 2]),
        ({"since": "2082-03-01 09:00:30"}, [2]),
        ({"until": "2082-03-01 09:00:30"}, [1]),
        ({"unsure": True}, []),
    ],
)
def test_lists_are_filtered(
    desk: Desk, ada: Row, open_issue: Open, clock: TestClock, given: Row, expected: list[int]
) -> None:
    for text, channel in (("one", "chat"), ("[billing_dispute] two", "email"), ("three", "email")):
        open_issue(text, channel=channel)
        clock.advance(minutes=1)
    lifecycle.resolve(desk, 3)
    escalation_commands.escalate(desk, 1, "look")
    found = read(desk, queries.issues, desk, queries.IssueFilter(**given))
    assert [row["issue_id"] for row in found] == expected


# -- learning


def answer(hours: float, sentiment: float, score: int) -> Answer:
    return Answer(Case(Facts(hours, 3, 2, sentiment), CATEGORIES[0], 3, CHANNELS[0]), score)


def test_the_fit_finds_the_deciding_factor() -> None:
    (learned,) = training.learn([[answer(0.0, x / 10, 5 if x > 2 else 2) for x in range(-10, 11)] * 5])
    assert (learned.high, learned.low) == (5, 2)
    assert learned.chance(answer(0.0, 1.0, 5).case) > 0.95
    assert learned.chance(answer(0.0, -1.0, 5).case) < 0.05
    assert learned.chance(answer(0.0, 0.15, 5).case) < 0.5 < learned.chance(answer(0.0, 0.35, 5).case)


@pytest.mark.parametrize("score", [1, 5])
def test_equal_answers_predict_the_same_answer(score: int) -> None:
    (learned,) = training.learn([[answer(hour, 0.0, score) for hour in range(10)]])
    assert learned.score(answer(3.0, 0.0, score).case) == pytest.approx(score, abs=1e-4)


def test_a_stored_model_predicts_the_same() -> None:
    columns = len(features(answer(0.0, 0.0, 1).case))
    learned = Learned([0.0] * columns, [1.0] * columns, [math.log(3), *[0.0] * columns], 4.0, 2.0)
    assert stored(json.dumps(learned._asdict())).score(answer(0.0, 0.0, 1).case) == pytest.approx(3.5)


def test_a_trained_model_beats_the_formula() -> None:
    answers = [answer(hour, 0.0, 5 if hour < 10 else 1) for hour in range(20)] * 6
    parts = training.folds(answers)
    models = training.learn([part.rest for part in parts])
    errors = training.measured(models, [part.left_out for part in parts])
    assert errors["error"] < 0.7 < errors["formula_error"]
    assert errors["accuracy"] > 0.9
    assert training.learn([answers]) == training.learn([answers])


def test_after_a_hundred_answers_the_model_replaces_the_formula(
    desk: Desk, ada: Row, open_issue: Open, show: Callable[..., Row]
) -> None:
    answer_many(desk, 99)
    assert training.run_if_due(desk).model is None
    answer_many(desk, 1)
    trained = training.run_if_due(desk).model
    assert trained is not None
    assert (trained["kind"], trained["answers"]) == ("trained", 100)
    assert training.run_if_due(desk).model is None, "not again until there are 10 % more"
    result = open_issue()["satisfaction"]
    assert result["model"] == trained
    assert 1 <= result["predicted"] <= 5
    answer_many(desk, 10)
    trained = training.run_if_due(desk).model
    assert trained is not None
    assert trained["answers"] == 110
    with desk.reading():
        assert SatisfactionModel.select().count() == 2


def test_a_failed_training_is_reported_and_tried_again_with_the_next_answer(
    desk: Desk, ada: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any, **_given: Any) -> Row:
        raise Refused("training_failed", "the training did not finish: it was ended by the system (SIGKILL)")

    answer_many(desk, 100)
    with monkeypatch.context() as failing:
        failing.setattr(separate_process, "run", killed)
        model, problem = training.run_if_due(desk)
    assert model is None
    assert problem.startswith(
        "Satisfaction is predicted as before: the training did not finish: it was ended"
    )
    assert training.run_if_due(desk) == (None, ""), "not at every sweep"
    answer_many(desk, 1)
    model, problem = training.run_if_due(desk)
    assert model is not None
    assert problem == ""


def test_others_write_while_a_model_is_trained_and_train_none(
    desk: Desk, ada: Row, path: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_many(desk, 100)
    here = separate_process.run

    def slow(*args: Any, **given: Any) -> Row:
        other = open_desk(path, clock=clock, actor="lee")
        try:
            assert training.run_if_due(other) == (None, "")
            presence.set_presence(other, 1, "busy")
        finally:
            other.close()
        return here(*args, **given)

    monkeypatch.setattr(separate_process, "run", slow)
    assert training.run_if_due(desk).model is not None


@pytest.mark.parametrize(
    "fit", [{"means": [], "spreads": [], "weights": []}, {"means": None}], ids=["too few", "not finite"]
)
def test_a_fit_that_cannot_be_used_is_refused(monkeypatch: pytest.MonkeyPatch, fit: Row) -> None:
    columns = len(features(answer(0.0, 0.0, 1).case))
    if fit["means"] is None:
        fit = {
            "means": [0.0] * columns,
            "spreads": [1.0] * columns,
            "weights": [math.nan, *[0.0] * columns],
        }
    monkeypatch.setattr(separate_process, "run", lambda *_, **_given: {"fits": [fit]})
    with pytest.raises(Refused, match="unusable weights"):
        training.learn([[answer(0.0, 0.0, 1)]])
