"""Made-up mentions of many brands as they would come live: regulars talk all the time, now and then a crowd arrives.

What a brand's regulars say is its load and no news: an author heard in the last six hours is not a fresh voice. So a
brand may be as busy as a benchmark needs after a short history, and alerts only where a crowd of people not heard
before complains.
"""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

NETWORKS = ("forum", "news", "reviews", "twitter", "video")
HOUR_MS = 3_600_000
LEARNED_MS = 25 * HOUR_MS
"""A brand is learned for a day before it alerts."""
ROUNDS = 4
"""Times each regular speaks in that history: just more than six hours apart."""
TALK = (
    "the new bill for last month came with a charge that nobody here had agreed to and their answer was only that it "
    "would be looked at soon while my order from spring still waits in some other town because a driver left it there "
    "after two calls about delivery support says one thing then another and we like how quickly that shop on main "
    "street mended our phone before lunch great people good coffee too but this app keeps losing every photo since "
    "version nine so please give us back what worked fine"
)

Line = tuple[bytes, bytes]
"""A mention's key, its brand, and its value."""


class LiveRecord:
    """Make mentions of brands, each with its regulars.

    Parameters
    ----------
    brands
        Names.
    regulars
        How many each brand has; each keeps to one network.
    start_ms
        Event time at which live talk begins, milliseconds since the epoch; history ends there.
    texts
        What is said is put together of halves of these; by default of random words.
    """

    def __init__(self, brands: Sequence[str], regulars: int, start_ms: int, texts: Sequence[str] = ()) -> None:
        self.brands = brands
        self.regulars = regulars
        self.start_ms = start_ms
        self._rng = random.Random(1)
        self._halves = [half for text in texts for half in _halved(text)]
        self._words = TALK.split()
        self._made = 0

    def history(self) -> Iterator[Line]:
        """Give the day and the hour before the start, in order: every regular four times, fresh each time."""
        rows: list[tuple[int, int, int]] = []
        first, round_ms = self.start_ms - LEARNED_MS, LEARNED_MS // ROUNDS
        for brand in range(len(self.brands)):
            # Brands do not speak in the same millisecond.
            shift = self._rng.randrange(round_ms // self.regulars)
            rows += [
                (first + shift + number * round_ms // self.regulars, brand, number % self.regulars)
                for number in range(ROUNDS * self.regulars)
            ]
        for ms, brand, regular in sorted(rows):
            yield self.mention(brand, ms, regular)

    def mention(self, brand: int, ms: int, regular: int | None = None) -> Line:
        """Let one of a brand's regulars speak."""
        who = self._rng.randrange(self.regulars) if regular is None else regular
        return self._line(brand, ms, f"regular {who}", NETWORKS[who % len(NETWORKS)], 1)

    def stranger(self, brand: int, ms: int, rating: int = -1) -> Line:
        """Let somebody speak who was never heard before."""
        return self._line(brand, ms, f"stranger {self._made}", self._rng.choice(NETWORKS), rating)

    def _line(self, brand: int, ms: int, author: str, network: str, rating: int) -> Line:
        self._made += 1
        name = self.brands[brand]
        at = datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        text = json.dumps(self._text())
        value = (
            f'{{"id":"{self._made}","brand":"{name}","network":"{network}","created_at":"{at}.{ms % 1000:03}Z",'
            f'"text":{text},"author":"{author}","rating":{rating},"followers":{self._made % 997}}}'
        )
        return name.encode(), value.encode()

    def _text(self) -> str:
        rng = self._rng
        if self._halves:
            return f"{rng.choice(self._halves)} {rng.choice(self._halves)}"
        return " ".join(rng.choices(self._words, k=18))


def _halved(text: str) -> tuple[str, str]:
    words = text.split()
    return " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
