"""A source that catches up after some time away: what was said meanwhile counts when it was said."""

import random
from itertools import pairwise

import pytest

from streams.mentions.message import Message
from streams.pipeline import Pipeline
from streams.settings.config import Config
from streams.watching.snapshot import brand_row, closed_rows, open_rows, restore, terms_row
from tests.helpers.records import DAY, HOUR, MINUTE, line

AWAY_AT = 3 * DAY + 9 * HOUR


class Flat:
    def score_many(self, texts: list[str]) -> list[float]:
        return [0.1 for _ in texts]


def record(rate: float, away: float, crisis: int = 0, seed: int = 1) -> list[bytes]:
    """Four days of two sources; one of them is away for so many minutes, then brings all at once."""
    rng, rows, at, number = random.Random(seed), [], 0.0, 0
    back = AWAY_AT + away * MINUTE
    while (at := at + rng.expovariate((rate + 0.2) / MINUTE)) < 4 * DAY:
        ours = rng.random() < rate / (rate + 0.2)
        rating = -1 if rng.random() < 0.1 else 1
        value = line(number, at, rating=rating, network="forum" if ours else "twitter")
        rows.append((back + number / 1e6 if ours and AWAY_AT <= at < back else at, value))
        number += 1
    for n in range(crisis):
        at = back - 40 * MINUTE + n * 30 * MINUTE / crisis
        rows.append((back + n / 1e6, line(10**6 + n, at, rating=-1, network="forum")))
    return [value for _, value in sorted(rows, key=lambda row: row[0])]


def events(lines: list[bytes], size: int, *, restored: bool = False) -> list[str]:
    pipeline, found = Pipeline(Config(), Flat()), []
    for at in range(0, len(lines), size):
        batch = [Message("record", n, lines[n]) for n in range(at, min(at + size, len(lines)))]
        found += pipeline.run(batch)
        if restored and (at // size) % 40 == 39:
            watch = pipeline.watches["Acme"]
            CLOSED.extend(row for _, row in closed_rows(watch))
            own = brand_row(watch, {}, pipeline.counts)
            pipeline.watches["Acme"] = restore(
                "Acme", pipeline.config, own, CLOSED, open_rows(watch), terms_row(watch)
            ).watch
    return [event.to_json().decode() for event in [*found, *pipeline.finish()]]


CLOSED: list[bytes] = []


@pytest.mark.parametrize("away", [30, 55, 120])
@pytest.mark.parametrize("rate", [1, 2, 5])
def test_a_source_that_catches_up_alerts_nobody(rate: float, away: float) -> None:
    assert events(record(rate, away), 2000) == []


def test_a_crisis_while_the_source_was_away_is_a_warning_when_it_catches_up() -> None:
    assert any('"severity":"warning"' in event for event in events(record(1, 60, crisis=60), 2000))


def test_late_mentions_give_the_same_bytes_for_any_cut_and_restart() -> None:
    lines = record(1, 60, crisis=60)
    CLOSED.clear()
    runs = [events(lines, 1), events(lines, 777), events(lines, 50, restored=True)]
    assert runs[0]
    assert all(one == other for one, other in pairwise(runs))
