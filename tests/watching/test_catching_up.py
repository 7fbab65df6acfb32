"""A source that catches up after some time away: what was said meanwhile counts when it was said."""

import json
import random
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from streams.mentions.message import Message
from streams.pipeline import Pipeline
from streams.settings.config import Config
from streams.watching.rows.snapshot import brand_row, closed_rows, open_rows, restore, terms_row
from tests.helpers.mentions import START
from tests.helpers.records import DAY, HOUR, MINUTE, line

AWAY_AT = 3 * DAY + 9 * HOUR


class Flat:
    def score_many(self, texts: list[str]) -> list[float]:
        return [0.1 for _ in texts]


def record(
    rate: float, away: float, crisis: int = 0, seed: int = 1, after: float = 20, caught_up: int = 1
) -> list[bytes]:
    """Four days of some sources; all but one are away for so many minutes, then bring all at once.

    The crisis takes half an hour, from so many minutes after they went away.
    """
    rng, rows, at, number = random.Random(seed), [], 0.0, 0
    back = AWAY_AT + away * MINUTE
    while (at := at + rng.expovariate((rate + 0.2) / MINUTE)) < 4 * DAY:
        ours = rng.random() < rate / (rate + 0.2)
        rating = -1 if rng.random() < 0.1 else 1
        network = f"forum {number % caught_up}" if ours else "twitter"
        value = line(number, at, rating=rating, network=network)
        rows.append((back + number / 1e6 if ours and AWAY_AT <= at < back else at, value))
        number += 1
    for n in range(crisis):
        at = AWAY_AT + (after + n * 30 / crisis) * MINUTE
        rows.append((max(at, back + n / 1e6), line(10**6 + n, at, rating=-1, network="forum 0")))
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


@pytest.mark.parametrize("away", [30, 60, 120])
@pytest.mark.parametrize("rate", [1, 2, 5])
def test_a_source_that_catches_up_alerts_nobody(rate: float, away: float) -> None:
    assert events(record(rate, away), 2000) == []


@pytest.mark.parametrize("away", [30, 120])
def test_three_sources_that_catch_up_together_alert_nobody(away: float) -> None:
    assert events(record(2, away, seed=2, caught_up=3), 2000) == []


@pytest.mark.parametrize(("away", "after"), [(30, 0), (60, 0), (60, 30), (120, 0), (120, 45), (120, 90)])
@pytest.mark.parametrize(("rate", "crisis"), [(1, 60), (2, 100), (5, 200)])
def test_a_crisis_while_the_source_was_away_is_a_warning_when_it_catches_up(
    rate: float, crisis: int, away: float, after: float
) -> None:
    found = [json.loads(event) for event in events(record(rate, away, crisis, after=after), 2000)]
    warned = next(event for event in found if event["severity"] == "warning")
    back = START + timedelta(seconds=AWAY_AT + away * MINUTE)
    at = datetime.fromisoformat(warned["at"])
    # The other source, which makes the time go on meanwhile, speaks every five minutes.
    assert timedelta(minutes=-30) <= at - back <= timedelta(minutes=10)
    # Its figures are of a window that holds the crisis, whenever that was.
    assert warned["observed"] > crisis / 3
    assert warned["observed"] > 2 * warned["expected"]


def test_late_mentions_give_the_same_bytes_for_any_cut_and_restart() -> None:
    lines = record(1, 60, crisis=60)
    CLOSED.clear()
    runs = [events(lines, 1), events(lines, 777), events(lines, 50, restored=True)]
    assert runs[0]
    assert all(one == other for one, other in pairwise(runs))
