"""Heartbeats tell which hours a source looked at, however the stream is cut into batches."""

import pytest

from streams.event_time import HOUR_MS
from streams.mentions.heartbeat import IDLE_NETWORK, encode_heartbeat
from streams.mentions.message import Message
from streams.scoring.rollup import Rollup
from streams.scoring.scorer import Scorer
from streams.settings.config import Config

START_MS = 1_709_251_200_000


class Flat:
    def score_many(self, texts: list[str]) -> list[float]:
        return [0.1 for _ in texts]


def rollups(network: str, size: int) -> list[Rollup]:
    beats = [
        Message("record", n, encode_heartbeat(str(n), "Acme", network, START_MS + n * 600_000))
        for n in range(48)
        if not 12 <= n < 30
    ]
    scorer = Scorer(Config(), Flat())
    return [r for at in range(0, len(beats), size) for r in scorer.score(beats[at : at + size]).rollups]


@pytest.mark.parametrize("size", [1, 7, 100])
def test_each_hour_with_a_heartbeat_is_covered_and_no_other(size: int) -> None:
    covered = {(rollup.newest - START_MS) // HOUR_MS for rollup in rollups("forum", size) if rollup.covered}
    assert covered == {0, 1, 5, 6, 7}


def test_an_idle_heartbeat_of_a_worker_covers_nothing() -> None:
    assert not any(rollup.covered for rollup in rollups(IDLE_NETWORK, 5))
