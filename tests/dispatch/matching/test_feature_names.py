"""What the features of the match score are called for people."""

from __future__ import annotations

from dispatch.matching.features import FEATURES, IN_WORDS, feature_name


def test_every_feature_has_a_name_of_its_own_that_fits() -> None:
    names = [feature_name(feature) for feature in FEATURES]
    assert [*IN_WORDS] == [*FEATURES]
    assert len({*names}) == len(FEATURES)
    assert max(map(len, names)) < 20
    assert not any("_" in name or "dest " in name for name in names)
