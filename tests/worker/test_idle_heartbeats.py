"""A partition that a brand has left holds it back for no longer than a minute and the lateness, and at little cost."""

from collections.abc import Callable

import pytest

from streams.mentions.heartbeat import IDLE_NETWORK
from streams.mentions.mention import decode, milliseconds
from streams.scoring.rollup import Counts, Rollup
from streams.settings.config import Config
from streams.watching.brand_watch import BrandWatch
from streams.worker.idle_heartbeats import IdleHeartbeat, IdleHeartbeats

START_MS = 1_700_000_000_000
AFTER_S = 60
CHECK_S = 5


class Feed:
    """A brand, its watch, and the idle heartbeats it is sent; each is read before the next check, unless it is lost."""

    def __init__(self, now_ms: int = START_MS, lost: Callable[[float], bool] = lambda _: False) -> None:
        self.watch = BrandWatch("Acme", Config())
        self.heartbeats = IdleHeartbeats(AFTER_S)
        self.sent: list[tuple[float, int, int]] = []
        self.now_ms = now_ms
        self.lost = lost

    def mention(self, second: float, partition: int = 0, heartbeat: bool = False) -> None:
        ms = START_MS + int(1000 * second)
        counts = Counts() if heartbeat else Counts(mentions=1)
        self.watch.apply(Rollup("Acme", "forum", ms // 60_000, ms, counts), partition)

    def check(self, second: float) -> list[IdleHeartbeat]:
        now_ms = self.now_ms + int(1000 * second)
        due = self.heartbeats.due(second, now_ms, "Acme", self.watch.times, self.watch.closing_ms)
        for heartbeat in due:
            mention = decode(heartbeat.value)
            assert (mention.kind, mention.brand, mention.network) == ("heartbeat", "Acme", IDLE_NETWORK)
            ms = milliseconds(mention)
            self.sent.append((second, heartbeat.partition, ms))
            if not self.lost(second):
                self.watch.apply(Rollup("Acme", IDLE_NETWORK, ms // 60_000, ms, Counts()), heartbeat.partition)
        return due

    def run(self, first: int, last: int) -> None:
        for second in range(first, last, CHECK_S):
            self.check(second)

    def open_s(self, second: float) -> float:
        """Seconds for which the oldest minute with a mention is open after its end."""
        closing_ms = self.watch.closing_ms
        return 0 if closing_ms is None else second - (closing_ms - START_MS) / 1000 + 60


@pytest.mark.parametrize("hours", [1, 6, 96])
def test_a_partition_left_hours_ago_holds_a_brand_back_no_longer_than_one_left_just_now(hours: int) -> None:
    feed = Feed()
    feed.mention(0, partition=1)
    worst = 0.0
    for second in range(0, (hours + 1) * 3600, CHECK_S):
        if second % 300 == 0:
            feed.mention(second)
        feed.check(second)
        if second > 3600 * hours:
            worst = max(worst, feed.open_s(second))
    assert 0 < worst <= 60 + 60 + CHECK_S
    assert len([p for _, p, _ in feed.sent if p == 1]) < 2 * (hours + 1) * 12 + 20


@pytest.mark.parametrize("partitions", [1, 2, 8])
@pytest.mark.parametrize("offset", [0, 31, 59])
def test_a_brands_last_minute_is_closed_within_two_and_a_half_minutes_of_its_last_mention(
    partitions: int, offset: int
) -> None:
    feed = Feed()
    for partition in range(1, partitions):
        feed.mention(-3600 * partition, partition)
    last = 40 + offset  # START_MS lies 20 seconds into a minute
    feed.run(-3600, 0)
    feed.mention(last)
    closed = next(second for second in range(last, 3600, CHECK_S) if feed.check(second) and not feed.watch.closing_ms)
    assert closed - last <= 135


def test_a_silent_partition_of_a_brand_that_is_active_elsewhere_gets_a_heartbeat_only_for_what_it_closes() -> None:
    feed = Feed()
    feed.mention(0, partition=1)
    for second in range(0, 7200, CHECK_S):
        if second % 10 == 0:
            feed.mention(second)
        feed.check(second)
        assert second < AFTER_S + CHECK_S or feed.open_s(second) <= 60 + 10 + 2 * CHECK_S
    assert 115 <= len(feed.sent) <= 121
    assert {partition for _, partition, _ in feed.sent} == {1}


def test_a_partition_that_a_brand_left_a_week_ago_costs_nothing_any_more() -> None:
    feed = Feed()
    feed.mention(0, partition=1)
    for second in range(0, 9 * 86_400, 600):
        feed.mention(second)
        feed.check(second)
    assert feed.watch.times.newest.keys() == {0}
    assert max(second for second, _, _ in feed.sent) < 7.1 * 86_400


def test_a_partition_that_speaks_again_counts_again() -> None:
    feed = Feed()
    feed.mention(0, partition=1)
    for second in range(0, 600, CHECK_S):
        feed.mention(second)
        feed.check(second)
    feed.mention(600, partition=1)
    feed.mention(800)
    assert feed.watch.times.event_time == START_MS + 600_000
    assert feed.watch.times.idle_since == {}
    assert feed.check(655) == []
    assert [heartbeat.partition for heartbeat in feed.check(716)] == [1]


def test_a_silent_brand_goes_on_with_the_clock_in_growing_steps() -> None:
    feed = Feed()
    feed.mention(0)
    feed.run(0, 86_400)
    seconds = [second for second, _, _ in feed.sent]
    assert seconds[0] == AFTER_S
    assert 40 < len(seconds) < 65
    # Event time does not fall behind the clock with each heartbeat.
    assert [ms for _, _, ms in feed.sent] == [START_MS + int(1000 * second) for second in seconds]


def test_a_brand_whose_source_sends_heartbeats_does_not_go_on_without_it_but_is_not_held_back_by_what_it_left() -> None:
    feed = Feed()
    feed.mention(0, partition=1)
    feed.mention(30)
    feed.mention(90, heartbeat=True)
    feed.run(0, 86_400)
    assert {partition for _, partition, _ in feed.sent} == {1}
    assert feed.watch.times.event_time == START_MS + 90_000


def test_no_heartbeat_lies_in_the_future() -> None:
    feed = Feed(now_ms=START_MS - 500_000)
    feed.mention(0)
    feed.run(0, 500)
    assert feed.sent == []


def test_a_record_of_the_past_goes_on_by_the_time_that_passes() -> None:
    feed = Feed(now_ms=START_MS + 10**11)
    feed.mention(0)
    feed.run(0, 200)
    assert feed.sent[0] == (AFTER_S, 0, START_MS + 60_000)


def test_a_heartbeat_that_is_not_read_is_sent_again_ever_more_rarely() -> None:
    feed = Feed(lost=lambda second: second < 3600)
    feed.mention(0)
    feed.run(0, 3600)
    assert 5 < len(feed.sent) < 20
    feed.run(3600, 4300)
    assert feed.watch.closing_ms is None


def test_a_heartbeat_behind_newer_mentions_on_its_partition_changes_nothing() -> None:
    feed = Feed()
    feed.mention(0)
    feed.mention(300)
    before = feed.watch.state()
    feed.watch.apply(Rollup("Acme", IDLE_NETWORK, START_MS // 60_000, START_MS + 60_000, Counts()), 0)
    assert feed.watch.state() == before


def test_a_partition_does_not_overtake_another_whose_messages_arrive_together_with_its_own() -> None:
    feed = Feed()
    feed.mention(0, partition=1)
    feed.mention(0)
    feed.run(0, 300)
    feed.mention(9000)
    assert feed.check(301) == []
    feed.mention(4000, partition=1)
    assert feed.check(306) == []
    feed.mention(9000, partition=1)
    assert feed.watch.times.event_time == START_MS + 9_000_000


def test_a_partition_known_to_be_silent_is_not_waited_for_again_after_a_restart() -> None:
    feed = Feed()
    feed.mention(0, partition=1)
    feed.mention(0)
    for second in range(0, 300, CHECK_S):
        feed.mention(second)
        feed.check(second)
    feed.heartbeats = IdleHeartbeats(AFTER_S)
    feed.mention(400)
    feed.mention(550)
    assert feed.check(551) == []
    assert [heartbeat.partition for heartbeat in feed.check(556)] == [1]
