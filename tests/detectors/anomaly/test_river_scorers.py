import json

import pytest

from detectors.anomaly.river_scorers import RIVER_SCORERS
from detectors.brand import BrandDetector
from detectors.minutes import DAY_MINUTES
from detectors.settings import NEGATIVE_BINOMIAL, SURGE_DETECTORS, DetectorSettings
from tests.helpers.crowds import people, quiet, watch


@pytest.mark.parametrize("name", sorted(RIVER_SCORERS))
def test_rivers_own_detectors_can_replace_ours(name: str) -> None:
    detector = BrandDetector(DetectorSettings(surge_detector=name))
    watch(detector, quiet(days=10))
    changes = watch(detector, people(10 * DAY_MINUTES, minutes=30, each=10, share=0.0))
    assert [c.severity for c in changes] == ["watch"]
    assert changes[0].criteria == ("surge",)


@pytest.mark.parametrize("name", sorted(RIVER_SCORERS))
def test_one_of_rivers_detectors_continues_the_same_after_a_restart(name: str) -> None:
    settings = DetectorSettings(surge_detector=name)
    one = BrandDetector(settings)
    watch(one, quiet(days=8))
    state = json.loads(json.dumps(one.state()))
    other = BrandDetector.restore(settings, state, one.recent_rows())
    more = quiet(days=3, start=8 * DAY_MINUTES, seed=4) + people(11 * DAY_MINUTES, 20, 8, 0.5)
    assert watch(one, more) == watch(other, more)
    assert one.state() == other.state()


def test_every_surge_detector_of_the_settings_exists() -> None:
    assert {NEGATIVE_BINOMIAL, *RIVER_SCORERS} == set(SURGE_DETECTORS)


def test_an_unknown_surge_detector_is_refused_with_what_there_is() -> None:
    with pytest.raises(ValueError, match="one of negative_binomial, gaussian, half_space_trees, got 'prophet'"):
        DetectorSettings(surge_detector="prophet")
