"""Made-up records of a brand: quiet days, waves, a crisis; ratings set the tone, so that the texts do not matter."""

import base64
import json
import random
from collections.abc import Iterable
from typing import Any

from tests.helpers.mentions import mention_line

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
QUIET_DAYS = 8
CRISIS_AT = QUIET_DAYS * DAY + 9 * HOUR
SYLLABLES = ("ba", "de", "ki", "lo", "mu", "na", "po", "ri", "sa", "tu")


def line(number: int, at: float, *, brand: str = "Acme", **fields: object) -> bytes:
    """One mention by an author of its own, `at` seconds after the record's start."""
    own = {"id": f"{brand}-{number}", "text": f"said as number {number}", "author": f"author {brand} {number}"}
    return mention_line(number, at, **({"brand": brand} | own | fields))


def quiet(
    brand: str = "Acme", days: float = QUIET_DAYS, seed: int = 1, every: float = 40 * MINUTE
) -> list[tuple[float, bytes]]:
    """Days of ordinary mentions, one in ten negative."""
    rng = random.Random(seed)
    rows, at, number = [], 0.0, 0
    while (at := at + rng.expovariate(1 / every)) < days * DAY:
        network = rng.choice(("forum", "twitter"))
        rating = -1 if rng.random() < 0.1 else 1
        rows.append((at, line(number, at, brand=brand, rating=rating, network=network)))
        number += 1
    return rows


def own_words(number: int, words: int = 14) -> str:
    """A text that shares no run of words with that of another number."""
    rng = random.Random(number)
    said = " ".join("".join(rng.choices(SYLLABLES, k=3)) for _ in range(words))
    return f"prices: {said} {number}"


def wave(
    people: int, minutes: float, *, rating: float, brand: str = "Acme", at: float = CRISIS_AT, **fields: object
) -> list[tuple[float, bytes]]:
    """One mention each by this many authors, spread evenly over this many minutes."""
    rows = []
    for n in range(people):
        when = at + n * minutes * MINUTE / people
        words = own_words(round(when))
        rows.append(
            (
                when,
                line(
                    100_000 + n, when, brand=brand, **({"rating": rating, "network": "twitter", "text": words} | fields)
                ),
            )
        )
    return rows


def in_order(*parts: Iterable[tuple[float, bytes]]) -> list[bytes]:
    """Merge parts by event time."""
    return [value for _, value in sorted((row for part in parts for row in part), key=lambda row: row[0])]


def crisis() -> list[bytes]:
    """Two brands for ten days; one has a crisis, the other does not."""
    return in_order(
        quiet(days=QUIET_DAYS + 2),
        quiet("Other", days=QUIET_DAYS + 2, seed=2),
        wave(120, 90, rating=-1),
        wave(40, 300, rating=-0.5, at=CRISIS_AT + 3 * HOUR, network="forum"),
    )


def answered_crisis() -> list[bytes]:
    """A crisis in which the brand is silent, then promotes, deletes and speaks."""
    official: dict[str, Any] = {"official": True, "author": "acme", "network": "twitter"}
    acts = [
        (CRISIS_AT - 300 * MINUTE, {"text": "A fine day to you all", **official}),
        (CRISIS_AT + 70 * MINUTE, {"text": "Win a new sofa this weekend!", **official}),
        (CRISIS_AT + 80 * MINUTE, {"kind": "deletion", "text": "", **official}),
        (CRISIS_AT + 150 * MINUTE, {"text": "We are looking into this. Our apologies.", **official}),
    ]
    rows = [(at, line(9000 + n, at, **fields)) for n, (at, fields) in enumerate(acts)]
    return in_order(quiet(days=QUIET_DAYS + 4), wave(300, 180, rating=-1), rows)


def damaged(lines: list[bytes], seed: int) -> list[bytes]:
    """The same lines with unreadable ones among them."""
    rng = random.Random(seed)
    out = []
    for number, value in enumerate(lines):
        out.append(value)
        if number % 10 == 9:
            record = json.loads(value) | {"id": f"bad {number}"}
            kinds = (
                lambda r: json.dumps(r).encode()[: rng.randrange(1, 60)],
                lambda r: json.dumps(r | {"brand": 7}).encode(),
                lambda r: json.dumps(r | {"rating": float("nan")}).encode(),
                lambda r: json.dumps(r).encode()[:-1] + b', "likes": ' + b"9" * 5000 + b"}",
                lambda r: json.dumps(r | {"id": "\ud83d"}).encode(),
                lambda r: json.dumps(r | {"text": "x" * 1_000_000}).encode(),
                lambda r: json.dumps(r | {"created_at": "2024-03-09T09:00:00"}).encode(),
                lambda r: json.dumps(r | {"created_at": "3000-01-01T00:00:00Z"}).encode(),
                lambda _: base64.b85encode(rng.randbytes(40)),
                lambda _: rng.randbytes(40).replace(b"\n", b""),
            )
            out.append(rng.choice(kinds)(record))
    return out
