from detectors.criteria.brand_criteria import Criteria
from detectors.settings import DetectorSettings
from detectors.severity import CRITERIA


def test_every_criterion_has_a_phrase_and_is_listed_in_the_same_order() -> None:
    assert [criterion.name for criterion in Criteria(DetectorSettings()).criteria] == list(CRITERIA)
