"""The exercise: a scenario's lines under a brand of its own and at another time, without what the brand itself said.

In a drill the people at the desk answer, not the brand of the record.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from streams.scenarios.scenario import Scenario

EXERCISE = "EXERCISE"
"""What the name of an exercise's brand begins with: whoever shows the brand says so."""
_TIMES = ("created_at", "reply_to_at", "promise_due_at", "publish_at")
_IDS = ("id", "repost_of", "reply_to", "thread", "keeps")


def exercise_brand(brand: str, started: datetime) -> str:
    """Return the brand of an exercise: new for each, so that none begins with the state of another.

    Examples
    --------
    >>> from datetime import UTC
    >>> exercise_brand("3 Suisses", datetime(2026, 3, 9, 9, 4, 30, tzinfo=UTC))
    'EXERCISE 3 Suisses 2026-03-09 09:04:30'
    """
    return f"{EXERCISE} {brand} {started:%Y-%m-%d %H:%M:%S}"


def exercise_lines(scenario: Scenario, brand: str, shift: timedelta, begin: datetime) -> Iterator[bytes]:
    """Yield the lines of a scenario as those of an exercise.

    Parameters
    ----------
    scenario
        The incident.
    brand
        Of the exercise.
    shift
        How much later everything happens.
    begin
        Instant of the scenario from which on the brand says nothing. Before it there is a heartbeat each quarter of an
        hour: the past is read at once, and a heartbeat a minute would be most of it.

    Yields
    ------
    bytes
        One mention as JSON, without the line break, in the order of arrival.
    """
    for line in scenario.mentions():
        mention: dict[str, Any] = msgspec.json.decode(line)
        at = datetime.fromisoformat(mention["created_at"])
        past = at < begin
        if (not past and mention.get("official")) or (past and mention["kind"] == "heartbeat" and at.minute % 15):
            continue
        mention["brand"] = brand
        for name in _TIMES:
            if value := mention.get(name):
                mention[name] = (datetime.fromisoformat(value) + shift).isoformat()
        for name in _IDS:
            if value := mention.get(name):
                mention[name] = f"{brand} {value}"
        yield msgspec.json.encode(mention)
