"""Whatever is lost between a reader and who applies its messages, each is applied, in order, none left out."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.worker.delivery_gaps import LOST_S, START, GapDetector


class Reader:
    """Reads a log with gaps, from where reading was committed."""

    def __init__(self, log: list[int]) -> None:
        self.log = log
        self.before: dict[int, int] = {}
        self.end = START
        self.place(0)

    def place(self, committed: int) -> None:
        self.before.clear()
        self.end = START
        self.next = next((i for i, offset in enumerate(self.log) if offset >= committed), len(self.log))

    def fetch(self, most: int) -> list[int]:
        found = self.log[self.next : self.next + most]
        self.next += len(found)
        for offset in found:
            self.before[offset] = self.end
            self.end = offset + 1
        return found


@given(
    gaps=st.lists(st.integers(1, 4), min_size=1, max_size=40),
    seed=st.integers(0, 2**32),
    loss=st.floats(0.0, 0.6),
)
def test_every_message_is_applied_in_order_whatever_is_lost(gaps: list[int], seed: int, loss: float) -> None:
    rng = random.Random(seed)
    log = [sum(gaps[: i + 1]) for i in range(len(gaps))]
    reader, order = Reader(log), GapDetector()
    queue: list[int] = []
    done: list[int] = []
    applied: int | None = None
    committed, now = 0, 0.0
    for step in range(2000):
        losing = loss if step < 200 else 0.0
        queue += [offset for offset in reader.fetch(rng.randint(0, 5)) if rng.random() >= losing]
        for _ in range(rng.randint(0, 5)):
            if not queue:
                break
            offset = queue.pop(0)
            if order.follows(reader.before.pop(offset, None), applied):
                if offset not in done:
                    done.append(offset)
                applied = offset + 1
        if rng.random() < 0.2 and applied is not None:
            committed = max(committed, applied)
        now += rng.uniform(0.0, LOST_S)
        if order.is_lost({0: reader.end}, {0: applied}, busy=bool(queue), now=now):
            reader.place(committed)
        assert done == log[: len(done)]
    assert done == log


@pytest.mark.parametrize(("before", "applied"), [(8, None), (9, 8), (None, 8), (None, None)])
def test_a_message_that_does_not_follow_is_never_applied(before: int | None, applied: int | None) -> None:
    assert not GapDetector().follows(before, applied)


def test_a_reader_is_not_placed_anew_while_its_messages_come() -> None:
    order = GapDetector()
    for tick in range(100):
        assert not order.is_lost({0: 10 + tick}, {0: 9 + tick}, busy=True, now=float(tick))
