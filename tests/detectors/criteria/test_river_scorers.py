import json

import pytest

from detectors.brand import BrandDetector
from detectors.criteria.river_scorers import RIVER_SCORERS
from detectors.settings import DetectorSettings
from tests.helpers.crowds import DAY, people, quiet, watch


@pytest.mark.parametrize("name", sorted(RIVER_SCORERS))
def test_rivers_own_detectors_can_stand_in_for_the_burst(name: str) -> None:
    detector = BrandDetector(DetectorSettings(volume=name))
    watch(detector, quiet(days=10))
    changes = watch(detector, people(10 * DAY, minutes=30, each=10, share=0.0))
    assert [c.severity for c in changes] == ["watch"]
    assert changes[0].criteria == ("surge",)


@pytest.mark.parametrize("name", sorted(RIVER_SCORERS))
def test_one_of_rivers_detectors_goes_on_the_same_after_a_restart(name: str) -> None:
    settings = DetectorSettings(volume=name)
    one = BrandDetector(settings)
    watch(one, quiet(days=8))
    state = json.loads(json.dumps(one.state()))
    other = BrandDetector.restore(settings, state, one.recent_rows())
    more = quiet(days=3, start=8 * DAY, seed=4) + people(11 * DAY, 20, 8, 0.5)
    assert watch(one, more) == watch(other, more)
    assert one.state() == other.state()


def test_an_unknown_detector_is_named_with_what_there_is() -> None:
    with pytest.raises(ValueError, match="burst or one of gaussian, half_space_trees"):
        BrandDetector(DetectorSettings(volume="prophet"))
