"""Whatever is lost between a consumer and the code that applies its messages, each is applied once and in order."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.worker.health.delivery_gaps import DELIVERY_TIMEOUT_S, START, GapDetector


class Consumer:
    """Reads a log with gaps from its committed offset."""

    def __init__(self, log: list[int]) -> None:
        self.log = log
        self.previous_end: dict[int, int] = {}
        self.end = START
        self.seek(0)

    def seek(self, committed: int) -> None:
        self.previous_end.clear()
        self.end = START
        self.next = next((i for i, offset in enumerate(self.log) if offset >= committed), len(self.log))

    def fetch(self, most: int) -> list[int]:
        fetched = self.log[self.next : self.next + most]
        self.next += len(fetched)
        for offset in fetched:
            self.previous_end[offset] = self.end
            self.end = offset + 1
        return fetched


@given(
    gaps=st.lists(st.integers(1, 4), min_size=1, max_size=40),
    seed=st.integers(0, 2**32),
    loss=st.floats(0.0, 0.6),
)
def test_every_message_is_applied_in_order_whatever_is_lost(gaps: list[int], seed: int, loss: float) -> None:
    rng = random.Random(seed)
    log = [sum(gaps[: i + 1]) for i in range(len(gaps))]
    consumer, detector = Consumer(log), GapDetector()
    queue: list[int] = []
    done: list[int] = []
    applied: int | None = None
    committed, now = 0, 0.0
    for step in range(2000):
        losing = loss if step < 200 else 0.0
        queue += [offset for offset in consumer.fetch(rng.randint(0, 5)) if rng.random() >= losing]
        for _ in range(rng.randint(0, 5)):
            if not queue:
                break
            offset = queue.pop(0)
            if detector.accept(consumer.previous_end.pop(offset, None), applied):
                if offset not in done:
                    done.append(offset)
                applied = offset + 1
        if rng.random() < 0.2 and applied is not None:
            committed = max(committed, applied)
        now += rng.uniform(0.0, DELIVERY_TIMEOUT_S)
        if detector.must_rewind({0: consumer.end}, {0: applied}, busy=bool(queue), now=now):
            consumer.seek(committed)
        assert done == log[: len(done)]
    assert done == log


@pytest.mark.parametrize(("previous_end", "applied"), [(8, None), (9, 8), (None, 8), (None, None)])
def test_a_message_that_does_not_follow_is_never_accepted(previous_end: int | None, applied: int | None) -> None:
    assert not GapDetector().accept(previous_end, applied)


def test_a_consumer_does_not_seek_back_while_its_messages_are_delivered() -> None:
    detector = GapDetector()
    for tick in range(100):
        assert not detector.must_rewind({0: 10 + tick}, {0: 9 + tick}, busy=True, now=float(tick))
