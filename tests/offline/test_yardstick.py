import msgspec
import pytest

from streams.offline.backtest import ReplayedFile, backtest
from streams.offline.backtest_truth import Truth
from streams.offline.yardstick import RULES, Rule, fires, standings

DAY = 86_400.0
QUIET = [hour * 3600.0 for hour in range(24 * 40)]
ONSET = 40 * DAY
BURST = [ONSET + 30.0 * i for i in range(60)]


def replayed(negatives: list[float]) -> ReplayedFile:
    return ReplayedFile("spring", {"Acme": QUIET + BURST}, [], {"Acme": negatives})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_fires_at_a_burst_and_never_before_it(rule: Rule) -> None:
    moments = fires(rule, QUIET + BURST)
    assert moments
    assert ONSET < moments[0] <= ONSET + 3600


def test_a_rule_reads_nothing_of_what_comes_later() -> None:
    for rule in RULES:
        whole = fires(rule, QUIET + BURST)
        cut = fires(rule, (QUIET + BURST)[:-30])
        assert cut == whole[: len(cut)]


def test_the_table_has_badbuzz_first_and_says_what_each_missed_by_name() -> None:
    truths = [Truth("spring", "Acme", "price rise", "crisis", ONSET, ONSET + DAY)]
    rows = standings([replayed([])], truths)
    assert [row.name for row in rows] == ["badbuzz", *(rule.name for rule in RULES)]
    assert rows[0].missed == ["price rise"]  # no event was given
    by_volume, by_tone = rows[2], rows[3]
    assert (by_volume.found, by_volume.missed, by_volume.false_pages) == (1, [], 0.0)
    assert (by_tone.found, by_tone.missed) == (0, ["price rise"])
    assert standings([replayed([])], truths) == rows


def test_the_table_counts_badbuzz_as_a_backtest_does() -> None:
    truths = [Truth("spring", "Acme", "price rise", "crisis", ONSET, ONSET + DAY)]
    result = backtest([replayed(BURST)], truths)
    row = standings([replayed(BURST)], truths)[0]
    assert row.false_pages == result.false_pages_per_brand_week
    assert msgspec.json.decode(msgspec.json.encode(row))["name"] == "badbuzz"
