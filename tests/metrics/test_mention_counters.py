"""What a person who reads the counters can rely on: every message is counted once, by kind."""

from detectors.negativity import NegativityModel
from streams.mentions.heartbeat import IDLE_NETWORK
from streams.metrics import families as m
from streams.metrics.mention_counters import count_batch, count_rollups
from streams.metrics.registry import Metrics
from streams.scoring.rollup import Counts, Rollup
from streams.scoring.scorer import Scorer
from streams.settings.config import Config
from tests.helpers.measured import messages, series
from tests.helpers.mentions import mention_line


def test_dead_letters_late_and_duplicate_mentions_are_counted_by_kind() -> None:
    metrics = Metrics()
    lines = [mention_line(1, 0), mention_line(1, 0), b"{", mention_line(2, 600), mention_line(3, 60)]
    lines += [mention_line(4, 12_000), mention_line(5, 0)]
    count_batch(metrics, Scorer(Config(), NegativityModel.load()).score(messages(lines)))
    assert series(metrics, m.DEAD_LETTERS)["json",] == 1.0
    assert series(metrics, m.DUPLICATES) == {(): 1.0}
    assert series(metrics, m.LATE) == {("forum", "counted"): 1.0, ("forum", "dropped"): 1.0}
    assert series(metrics, m.MESSAGES) == {("scorer",): 7.0}


def test_a_brand_with_heartbeats_alone_has_no_label_slot() -> None:
    metrics = Metrics()
    count_rollups(metrics, [Rollup("Silent", IDLE_NETWORK, 100, 6_000_000, Counts())])
    assert not metrics.caps["brand"].admits("Silent")
    assert not metrics.caps["network"].admits(IDLE_NETWORK)


def test_the_newest_event_time_of_a_network_never_goes_back() -> None:
    metrics = Metrics()
    for minute, newest in ((200, 12_000_000), (100, 6_000_000)):
        count_rollups(metrics, [Rollup("Acme", "forum", minute, newest, Counts(mentions=1))])
    assert series(metrics, m.SOURCE_MENTION) == {("forum",): 12_000.0}
    assert series(metrics, m.SOURCE_EVENT) == {("forum",): 12_000.0}
    assert series(metrics, m.SOURCE_HEARTBEAT) == {}
