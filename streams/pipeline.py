"""The whole way of a mention in one process, without a broker: messages, scorer, rollups, watch, incident events."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from streams.event_time import closing_ms
from streams.mentions.dead_letter import DeadLetter
from streams.mentions.message import Message
from streams.scoring.rollup import Counts, Rollup, total
from streams.scoring.scorer import Scorer, TextModel
from streams.settings.config import Config
from streams.watching.brand_watch import BrandWatch
from streams.watching.incident_event import IncidentEvent


class Pipeline:
    """Run mentions through scorer and watch in one process.

    Parameters
    ----------
    config
        Configuration.
    model
        Scores texts.
    dead_letter
        Takes what cannot be read.
    brands
        Watch only these; empty: all.

    Attributes
    ----------
    refused
        Dead letters by reason.
    newest_ms
        Newest event time, in milliseconds since the epoch.
    watches
        The watch of each brand.

    Examples
    --------
    >>> class Flat:
    ...     def score_many(self, texts):
    ...         return [0.9 for _ in texts]
    >>> pipeline = Pipeline(Config(), Flat())
    >>> line = b'{"id":"1","brand":"Acme","network":"forum","created_at":"2012-06-11T18:00:00Z","text":"never again"}'
    >>> pipeline.run([Message("example", 0, line)])
    []
    >>> pipeline.counts.negatives
    1
    """

    def __init__(
        self,
        config: Config,
        model: TextModel,
        dead_letter: Callable[[DeadLetter], None] = lambda _: None,
        brands: frozenset[str] = frozenset(),
    ) -> None:
        self.config = config
        self.scorer = Scorer(config, model)
        self.dead_letter = dead_letter
        self.brands = brands
        self._counts = Counts()
        self.messages = 0
        self.newest_ms = 0
        self.refused: Counter[str] = Counter()
        self.watches: dict[str, BrandWatch] = {}

    @property
    def counts(self) -> Counts:
        """Sums over everything watched."""
        return self._counts

    def run(self, messages: Iterable[Message]) -> list[IncidentEvent]:
        """Take one batch, in its order, and give what changed."""
        batch = self.scorer.score(messages)
        self.messages += batch.messages
        for letter in batch.letters:
            self.refused[letter.reason] += 1
            self.dead_letter(letter)
        rollups = [rollup for rollup in batch.rollups if not self.brands or rollup.brand in self.brands]
        self._counts = total([self._counts, *(rollup.counts for rollup in rollups)])
        self.newest_ms = max(self.newest_ms, *(rollup.newest for rollup in rollups), 0)
        return list(self._watch(rollups))

    def _watch(self, rollups: list[Rollup]) -> Iterator[IncidentEvent]:
        for rollup in rollups:
            watch = self.watches.get(rollup.brand)
            if watch is None:
                watch = self.watches[rollup.brand] = BrandWatch(rollup.brand, self.config)
            yield from watch.apply(rollup)

    def finish(self) -> list[IncidentEvent]:
        """End the record: a heartbeat for each brand that closes the newest bucket of all."""
        end = closing_ms(self.newest_ms, self.config.lateness_ms)
        return [event for brand in sorted(self.watches) for event in self.watches[brand].advance_to(end)]
