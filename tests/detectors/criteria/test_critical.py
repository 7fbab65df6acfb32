from detectors.brand import BrandDetector
from detectors.settings import DetectorSettings
from tests.helpers.crowds import quiet, said, voice, watch

DAY = 1440
START = 14 * DAY


def learned() -> BrandDetector:
    """Return the detector of a brand with two weeks of some talk, a fifth of it negative."""
    detector = BrandDetector()
    assert watch(detector, quiet(14, every=30, share=0.2)) == []
    return detector


def told(detector: BrandDetector, bursts: dict[int, int]) -> dict[str, int]:
    """Return the minute at which each severity is told first, of so many new negative people by minute."""
    crowds = [
        said(START + minute, *(voice(10**12 + minute * 1000 + i, negative=True) for i in range(people)))
        for minute, people in bursts.items()
    ]
    first: dict[str, int] = {}
    for change in watch(detector, crowds):
        first.setdefault(change.severity, change.minute - START)
    return first


def test_a_violent_outage_is_critical_while_it_lasts() -> None:
    got = told(learned(), dict.fromkeys(range(0, 32, 2), 3))
    assert got["warning"] <= 5
    assert got["critical"] <= 32


def test_one_loud_moment_is_not_critical() -> None:
    assert "critical" not in told(learned(), {0: 40, 5: 1, 9: 2})


def test_a_slow_crisis_is_critical_by_and_by() -> None:
    assert 60 <= told(learned(), dict.fromkeys(range(0, 240, 8), 1))["critical"] <= 240


def test_a_brand_hardly_known_waits_the_whole_hold() -> None:
    detector = BrandDetector()
    watch(detector, [said(minute, voice(minute + 1)) for minute in (0, 2 * DAY, 5 * DAY, 9 * DAY)])
    got = told(detector, dict.fromkeys(range(0, 90, 2), 1))
    assert got["critical"] - got["warning"] >= DetectorSettings().critical_hold
