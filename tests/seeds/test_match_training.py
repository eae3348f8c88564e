"""Learning the weights: the leak audit, the gate with and without differences between agents, bad input."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dispatch import bookings
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.matching import conversion, conversion_rates, evidence, weights
from dispatch.matching.assessment import Glance, glance
from dispatch.matching.features import FEATURES, Terms
from dispatch.matching.learning import leak_audit
from dispatch.matching.learning.evaluation import measures
from dispatch.matching.learning.regression import Design, design, fit, known_means
from dispatch.matching.learning.training import train
from dispatch.matching.learning.training_data import COVARIATES, Samples, collect
from dispatch.matching.row_types import LessonRow
from dispatch.matching.score import score
from models.bookings import Booking
from models.errors import InvalidInput, Refused
from models.learned_weights import LearnedWeight
from models.tallies import DESTINATION, Tally
from seeds.demo.demo import make_demo
from tests.conftest import TestClock
from tests.query_cost import FEW, MANY, add_bookings, extra_steps

Add = Callable[..., Any]
QUOTE = ("Luxury Dome Stay", "100", "50")
AGENTS, BOOKINGS = 30, 1374  # about 50 leads an agent, those never reached included
PLANTED_SD = 0.75


def versions(desk: Desk) -> int:
    with desk.reading():
        return LearnedWeight.select().count()


def sentence(desk: Desk) -> str:
    with desk.reading():
        return evidence.verdict(weights.in_use()).sentence


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory, empty_desk_file: Path) -> tuple[Path, LessonRow]:
    """The file of a desk whose agents differ, and its training result."""
    path = Path(shutil.copy(empty_desk_file, tmp_path_factory.mktemp("taught") / "desk.db"))
    desk = open_desk(path, clock=TestClock(), actor="kim")
    make_demo(desk, agents=AGENTS, bookings=BOOKINGS, seed=3, skill_sd=PLANTED_SD)
    learned = train(desk)
    weights.use(desk, "1")
    desk.close()
    return path, learned


@pytest.fixture
def trained(lesson: tuple[Path, LessonRow]) -> LessonRow:
    """The training result of the ``taught`` desk."""
    return lesson[1]


@pytest.fixture
def taught(lesson: tuple[Path, LessonRow], tmp_path: Path, clock: TestClock) -> Iterator[Desk]:
    """A separate desk with the lesson's history."""
    desk = open_desk(shutil.copy(lesson[0], tmp_path / "taught.db"), clock=clock, actor="kim")
    yield desk
    desk.close()


def test_agents_who_differ_open_the_gate(taught: Desk, trained: LessonRow) -> None:
    assert trained["gate_open"]
    assert trained["version"] == 1
    gain = trained["evaluation"]["gain"]
    assert 0 < gain["low"] < gain["mean"] < gain["high"]
    assert trained["p_values"]["agent"] < 0.001
    with taught.reading():
        used = weights.in_use()
        verdict = evidence.verdict(used)
    assert used.weights == trained["weights"]
    assert verdict.believed
    assert verdict.sentence.startswith(f"{trained['outcomes']:,} outcomes support it: log loss ")


def test_the_same_history_gives_the_same_weights(taught: Desk, trained: LessonRow) -> None:
    again = train(taught, dry_run=True)
    assert again["version"] is None
    assert again["weights"] == pytest.approx(trained["weights"])
    assert again["evaluation"]["gain"] == pytest.approx(trained["evaluation"]["gain"])
    assert versions(taught) == 1


def test_a_repeated_training_is_stored_once(taught: Desk, trained: LessonRow) -> None:
    with taught.request("t1"):
        first = train(taught)
    bookings.cancel(taught, _some_pending(taught), "no money")
    with taught.request("t1"):
        again = train(taught)
    assert first["version"] == again["version"] == 2
    assert versions(taught) == 2


def _some_pending(desk: Desk) -> int:
    with desk.reading():
        number: int = Booking.get(Booking.status == "Pending").booking_id
        return number


def test_agents_who_are_alike_leave_it_closed(desk: Desk) -> None:
    make_demo(desk, agents=AGENTS, bookings=BOOKINGS, seed=7)
    found = train(desk)
    assert not found["gate_open"]
    assert found["evaluation"]["gain"]["low"] <= 0
    verdict = found["sentence"]
    assert "show no difference between agents (p = " in verdict
    assert verdict.endswith(": ordering by rank")
    assert sentence(desk) == verdict


def test_few_outcomes_never_open_the_gate(desk: Desk) -> None:
    make_demo(desk, agents=5, bookings=260, seed=1, skill_sd=3.0)
    found = train(desk)
    weights.use(desk, "1")
    assert found["evaluation"]["gain"]["low"] > 0
    assert found["outcomes"] < evidence.LEAST_OUTCOMES
    assert not found["gate_open"]
    assert f"{found['outcomes']} outcomes are fewer than 300" in sentence(desk)


@pytest.mark.stress
def test_the_gate_over_twenty_seeds(path: Any, tmp_path: Any, clock: Any) -> None:
    """It opens for planted differences in at least 16, and wrongly in at most one."""
    opened = {}
    for skill_sd in (PLANTED_SD, 0.0):
        opened[skill_sd] = 0
        for seed in range(1, 21):
            desk = open_desk(shutil.copy(path, tmp_path / f"{skill_sd}-{seed}.db"), clock=clock, actor="kim")
            make_demo(desk, agents=AGENTS, bookings=BOOKINGS, seed=seed, skill_sd=skill_sd)
            opened[skill_sd] += train(desk, dry_run=True)["gate_open"]
            desk.close()
    assert opened[PLANTED_SD] >= 16
    assert opened[0.0] <= 1


# -- the audit


def test_the_published_recipe_is_refused_by_name(desk: Desk) -> None:
    make_demo(desk, agents=10, bookings=200)
    with pytest.raises(
        Refused, match=r"^revenue_score knows the outcome: .* \(AUC 1\.000 alone\)"
    ) as refusal:
        train(desk, recipe="published")
    assert refusal.value.code == "leak"
    assert versions(desk) == 0


def test_an_unknown_recipe_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="'secret'"):
        train(desk, recipe="secret")


def small_samples(features: Any, won: Any, late: dict[str, str] | None = None) -> Samples:
    number = len(won)
    words: dict[str, list[str | None]] = {name: ["x"] * number for name in COVARIATES}
    at = np.arange(number)
    return Samples(at, at, np.array(won), features, words, "", "", late or {})


def test_a_feature_that_predicts_too_well_is_found() -> None:
    draw = np.random.default_rng(1)
    won = draw.random(400) < 0.5
    features = draw.random((400, len(FEATURES)))
    assert leak_audit.find(small_samples(features, won), design(small_samples(features, won))) == []
    for sign in (1, -1):
        leaky = features.copy()
        leaky[:, 2] = sign * (won + 0.5 * draw.random(400))
        found = leak_audit.find(small_samples(leaky, won), design(small_samples(leaky, won)))
        assert [leak.name for leak in found] == ["revenue_score"]
        assert found[0].auc > 0.97


def test_a_feature_known_only_afterwards_is_found_however_weak() -> None:
    draw = np.random.default_rng(1)
    won = draw.random(100) < 0.5
    samples = small_samples(draw.random((100, 9)), won, {"recency_score": "it is counted afterwards"})
    with pytest.raises(Refused, match="recency_score knows the outcome: it is counted afterwards"):
        leak_audit.check(samples, design(samples))


def test_auc_counts_the_pairs() -> None:
    draw = np.random.default_rng(2)
    values, won = draw.integers(0, 5, 60), draw.random(60) < 0.4
    pairs = [(mine > theirs) + (mine == theirs) / 2 for mine in values[won] for theirs in values[~won]]
    assert leak_audit.auc(values, won) == pytest.approx(np.mean(pairs))
    assert leak_audit.auc(values, won & False) == 0.5


# -- bad input


def test_no_history_is_refused(desk: Desk, add_agent: Add, add_lead: Add) -> None:
    with pytest.raises(Refused, match="no assignments decided yet"):
        train(desk)
    add_agent("Ada")
    add_lead()
    with pytest.raises(Refused) as refusal:
        train(desk)
    assert refusal.value.code == "no_history"
    assert sentence(desk) == "1 assignment shows no difference between agents (p = 1.00): ordering by rank"


@pytest.mark.parametrize("outcome", ["Confirmed", "Cancelled"])
def test_outcomes_of_one_class_are_refused(desk: Desk, add_agent: Add, add_lead: Add, outcome: str) -> None:
    add_agent("Ada")
    for _ in range(3):
        number = add_lead()["booking_id"]
        if outcome == "Confirmed":
            bookings.confirm(desk, number, *QUOTE)
        else:
            bookings.cancel(desk, number, "no money")
    with pytest.raises(Refused, match="all 3 decided assignments are") as refusal:
        train(desk)
    assert refusal.value.code == "one_class"


def test_too_few_outcomes_are_refused(desk: Desk) -> None:
    make_demo(desk, agents=3, bookings=30)
    with pytest.raises(Refused, match="too few"):
        train(desk)


@pytest.mark.parametrize("moment", ["going through the history", "predicting"])
def test_interrupted_training_leaves_the_old_weights(desk: Desk, moment: str) -> None:
    make_demo(desk, agents=5, bookings=120)
    old = train(desk)["weights"]
    weights.use(desk, "1")

    def interrupted(_done: int, _total: int, what: str) -> None:
        if what == moment:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(desk, progress=interrupted)
    assert versions(desk) == 1
    with desk.reading():
        assert weights.in_use().weights == old


def test_one_agent_and_missing_revenue_can_be_learned_from(desk: Desk) -> None:
    make_demo(desk, agents=1, bookings=120)
    with desk.reading():
        Booking.update(destination_revenue_cents=None, package_revenue_cents=None).execute()
    found = train(desk)
    assert not found["gate_open"]
    assert set(found["weights"]) == set(FEATURES)


# -- the equation


def test_the_fit_is_the_optimum_it_claims_to_be() -> None:
    """No step away is likelier, prior included, and the intervals follow from the curvature."""
    draw = np.random.default_rng(3)
    matrix = draw.normal(size=(300, 2))
    won = draw.random(300) < 1 / (1 + np.exp(-matrix[:, 0]))
    found = fit(Design((("method", "Text"), ("source", "Bought")), matrix, {}), won)

    def loss(coefficients: Any, intercept: float) -> float:
        odds = intercept + (matrix - matrix.mean(axis=0)) @ coefficients
        return float(np.sum(np.log1p(np.exp(odds)) - won * odds) + np.sum(coefficients**2) / 2)

    best = loss(found.coefficients, found.intercept)
    for place in range(2):
        for step in (-0.01, 0.01):
            moved = found.coefficients.copy()
            moved[place] += step
            assert loss(moved, found.intercept) > best
    assert found.errors[0] == pytest.approx(0.14, abs=0.03)
    assert abs(found.coefficients[0] - 1) < 2 * found.errors[0]


def test_unknown_values_count_as_the_mean() -> None:
    matrix = np.array([[1.0, np.nan], [0.0, np.nan], [np.nan, np.nan]])
    assert known_means(matrix).tolist() == [0.5, 0.0]
    won = np.array([True, False, True])
    found = fit(Design((("method", "Text"), ("source", "Bought")), matrix, {}), won)
    unknown = found.predict(np.array([[np.nan, np.nan]]))[0]
    assert unknown == pytest.approx(conversion.logistic(found.intercept))


def test_the_leads_chance_is_that_of_the_fit(taught: Desk, trained: LessonRow) -> None:
    with taught.reading():
        samples = collect(lambda *_: None)
        given = design(samples)
        lead, full = fit(given.only(COVARIATES), samples.won), fit(given, samples.won)
        for place in range(0, len(samples), 97):
            terms = Terms(*(samples.covariates[name][place] or "" for name in COVARIATES))
            alone = conversion.chance(terms)
            agent = dict(zip(FEATURES, samples.features[place], strict=True))
            both = conversion.chance(terms, agent)
            assert alone is not None
            assert both is not None
            row = given.matrix[place : place + 1]
            assert alone.probability == pytest.approx(lead.predict(given.only(COVARIATES).matrix[[place]])[0])
            assert both.probability == pytest.approx(full.predict(row)[0])
            for chance in (alone, both):  # the points add up: 71 % and +9, +6, +4 are 90 %
                assert sum(chance.points.values()) == pytest.approx(100 * (chance.probability - chance.usual))
            assert conversion.AGENT in both.points


def test_the_chance_is_explained(taught: Desk, trained: LessonRow) -> None:
    with taught.reading():
        good = conversion.chance(Terms("Phone Call", "Organic", "Mars"))
        poor = conversion.chance(Terms("Text", "Bought", "Mars"))
        unheard_of = conversion.chance(Terms("Pigeon", "Rumour", "Io"))
    assert good is not None
    assert poor is not None
    assert unheard_of is not None
    assert good.probability > good.usual > poor.probability
    assert "Phone Call +" in good.reason
    assert "usually 6" in good.reason
    assert unheard_of.probability == unheard_of.usual
    assert unheard_of.points == {}


def test_values_that_cancel_out_keep_their_points() -> None:
    terms = [{"kind": "method", "name": "Text", "mean": 0.0, "weight": 1.0}]
    terms += [{"kind": "source", "name": "Bought", "mean": 0.0, "weight": -1.0}]
    row = LearnedWeight(
        version=1,
        outcomes=60,
        evaluation="{}",
        fits=json.dumps({"lead": {"intercept": 0.0, "usual": {}, "terms": terms}}),
    )
    found = conversion.of(row, Terms("Text", "Bought", "Mars"), None)
    assert found.probability == found.usual == 0.5
    assert found.points == pytest.approx({"Text": 25.0, "Bought": -25.0})


def test_no_chance_is_given_before_training(desk: Desk) -> None:
    with desk.reading():
        assert conversion.chance(Terms("Text", "Organic", "Mars")) is None


def test_weights_from_a_file_keep_the_leads_chance(taught: Desk, trained: LessonRow) -> None:
    weights.use(taught, "mine.json", weights.PUBLISHED_WEIGHTS)
    with taught.reading():
        assert conversion.chance(Terms("Text", "Organic", "Mars")) is not None
        assert not evidence.verdict(weights.in_use()).believed
        assert "these weights are not learned from them" in evidence.verdict(weights.in_use()).sentence


# -- measures and rates


def test_measures_of_a_known_forecast() -> None:
    found = measures(np.array([0.8, 0.2, 0.6, 0.4]), np.array([True, False, False, True]))
    assert found["brier"] == pytest.approx((0.04 + 0.04 + 0.36 + 0.36) / 4)
    assert found["log_loss"] == pytest.approx(-np.log([0.8, 0.8, 0.4, 0.4]).mean())
    assert [row["outcomes"] for row in found["calibration"]] == [1, 1, 1, 1]
    assert found["calibration"][0] == {"foretold": 0.2, "confirmed": 0.0, "outcomes": 1}


def test_rates_shrink_to_the_mean_less_if_agents_differ_more() -> None:
    alike = conversion_rates.shrink([(20, 30), (19, 30), (21, 30), (20, 30)])
    different = conversion_rates.shrink([(5, 30), (28, 30), (15, 30), (25, 30)])
    assert abs(alike.of(28, 30)[0] - 20 / 30) < abs(different.of(28, 30)[0] - 20 / 30)
    assert different.of(28, 30)[0] == pytest.approx(28 / 30, abs=0.08)
    rate, low, high = alike.of(0, 0)
    assert low < rate < high
    assert rate == pytest.approx(alike.mean)
    narrow, wide = different.of(150, 300), different.of(15, 30)
    assert narrow[2] - narrow[1] < wide[2] - wide[1]
    rate, low, high = conversion_rates.shrink([]).of(0, 0)
    assert 0 <= low < rate < high <= 1
    assert rate == pytest.approx(0.5)


def test_intervals_hold_the_true_rate_nineteen_times_in_twenty() -> None:
    draw = np.random.default_rng(4)
    held = []
    for _ in range(40):
        truth = draw.beta(14, 7, 30)
        counts = [(int(draw.binomial(40, rate)), 40) for rate in truth]
        found = conversion_rates.shrink(counts)
        held += [
            low <= rate <= high
            for rate, (_, low, high) in zip(truth, (found.of(*c) for c in counts), strict=True)
        ]
    assert 0.92 < np.mean(held) < 0.98


def test_every_agent_has_a_rate(taught: Desk, trained: LessonRow) -> None:
    with taught.reading():
        found = conversion_rates.rates()
    assert len(found) == AGENTS
    assert [rate.rate for rate in found] == sorted((rate.rate for rate in found), reverse=True)
    assert sum(rate.decided for rate in found) == trained["outcomes"]
    assert sum(rate.confirmed for rate in found) == trained["confirmed"]
    assert found[0].rate < max(rate.confirmed / rate.decided for rate in found)


def test_a_version_records_its_training_data(taught: Desk, trained: LessonRow) -> None:
    with taught.reading():
        row = weights.details("1")
    assert (row["outcomes"], row["first_at"], row["last_at"]) == (
        trained["outcomes"],
        trained["first_at"],
        trained["last_at"],
    )
    assert row["learned_at"] == taught.now()
    assert row["evaluation"] == json.loads(json.dumps(trained["evaluation"]))


def test_a_glance_reads_everything_at_one_moment(taught: Desk, trained: LessonRow) -> None:
    terms = Terms("Text", "Organic", "Mars")
    with taught.reading():
        seen = glance(terms)
        assert seen.scores == score(terms, trained["weights"])
        assert seen.chance == conversion.chance(terms)
        assert glance(Terms("", "", "")).scores.agents  # an empty form
    assert seen.verdict.steers
    assert sum(each.share for each in seen.importance) == pytest.approx(1)
    shares = [each.share for each in seen.importance]
    assert shares == sorted(shares, reverse=True)
    ignored = next(each for each in seen.importance if each.feature == "requirements_score")
    assert ignored.share == 0  # no difference: no luxury was asked for


def test_a_glance_at_an_empty_desk(desk: Desk) -> None:
    with desk.reading():
        seen = glance(Terms("Text", "Organic", "Mars"))
    assert seen.scores.agents == ()
    assert {each.share for each in seen.importance} == {0.0}
    assert seen.verdict.sentence == "no assignments to learn from yet: ordering by rank"


def test_a_glance_costs_the_same_after_a_long_history(taught: Desk, trained: LessonRow) -> None:
    """Neither closed nor waiting bookings are read, nor their assignments, nor other leads' tallies."""
    times = {"completed_at": None, "cancelled_at": None}
    waiting = times | {"status": "Pending", "agent_id": None, "assignment_id": None}
    cancelled = times | {"status": "Cancelled", "agent_id": 1, "cancelled_at": taught.now()}
    confirmed = times | {"status": "Confirmed", "agent_id": 1, "completed_at": "2070-01-01 09:00:00"}

    def look() -> Glance:
        return glance(Terms("Text", "Organic", "Mars"))

    def add_history() -> None:
        for columns in (waiting, cancelled, confirmed):
            add_bookings(taught, **columns)
        with taught.transaction():
            count = {"agent_id": 1, "closed": 1, "confirmed": 0, "revenue_cents": 0}
            places = [{"kind": DESTINATION, "value": str(place)} for place in range(MANY)]
            Tally.insert_many([place | count for place in places]).execute()

    assert extra_steps(taught, look, add_history) < FEW
