"""The pipeline in one process: messages through the scorer into rollups, rollups through the watches into events.

A newcomer's first file. It is the way of every mention, without a broker:

1. A source (`streams.sources`) yields raw messages.
2. The scorer (`streams.scoring.scorer`) decodes them, drops duplicates, scores negativity and combines each batch into
   rollups: one for each brand, network and minute. Unreadable messages become dead letters.
3. The brand's watch (`streams.watching.brand_watch`) merges its rollups into one-minute buckets. When the watermark
   closes a bucket, the detectors (`detectors.brand`) evaluate it.
4. Each change is reported as an incident event (`streams.watching.incident_event`).

On Kafka, the same scorer and the same watches run in `streams.worker`, with the topics `mentions`, `rollups` and
`incidents` between them; both give the same events, byte for byte.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from streams.event_time import closing_ms
from streams.mentions.dead_letter import DeadLetter
from streams.mentions.message import Message
from streams.scoring.rollup import Counts, total
from streams.scoring.scorer import Batch, Scorer, TextModel
from streams.settings.brands.brand_names import BrandNames
from streams.settings.config import Config
from streams.situations.builder import Situations
from streams.situations.situation import Situation
from streams.watching.brand_watch import BrandWatch
from streams.watching.watch_event import WatchEvent

MOST_LEFT_OUT = 100


class Pipeline:
    """Run messages through the scorer and the brands' watches in one process.

    Parameters
    ----------
    config
        Configuration.
    model
        Scores texts.
    dead_letter
        Called with each message that cannot be read.
    brands
        Watch only these; empty: all.
    on_batch
        Called with each scored batch, its rollups limited to `brands`, before they are applied.
    on_event
        Called with each incident event, as soon as it happens.
    on_situation
        Called with the situation of each closed minute of an open incident or case; `None`: none is built.
    on_minute
        Called at the end of each such minute with the brand's watch and that end; `None`: not called.

    Attributes
    ----------
    messages
        How many were read.
    dead_letter_counts
        How many were unreadable, by reason.
    counts
        Sums over everything watched.
    newest_ms
        Newest event time, in milliseconds since the epoch.
    watches
        The watch of each brand.
    left_out
        Some of the brands that were mentioned and are not among `brands`.

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
        *,
        on_batch: Callable[[Batch], None] = lambda _: None,
        on_event: Callable[[WatchEvent], None] = lambda _: None,
        on_situation: Callable[[Situation], None] | None = None,
        on_minute: Callable[[BrandWatch, int], None] | None = None,
    ) -> None:
        self.config = config
        self.scorer = Scorer(config, model)
        self.dead_letter = dead_letter
        self.brands = frozenset(map(BrandNames(config.brands).brand, brands))
        self.on_batch = on_batch
        self.on_event = on_event
        self.on_situation = on_situation
        self.on_minute = on_minute
        self.messages = 0
        self.dead_letter_counts: Counter[str] = Counter()
        self.counts = Counts()
        self.newest_ms = 0
        self.watches: dict[str, BrandWatch] = {}
        self.left_out: set[str] = set()
        self._situations = Situations()

    def run(self, messages: Iterable[Message]) -> list[WatchEvent]:
        """Process one batch of messages, in order.

        Returns
        -------
        list of WatchEvent
            In the order of the rollups.
        """
        batch = self.scorer.score(messages)
        if self.brands:
            if len(self.left_out) < MOST_LEFT_OUT:
                self.left_out |= {rollup.brand for rollup in batch.rollups} - self.brands
            batch = batch._replace(rollups=[rollup for rollup in batch.rollups if rollup.brand in self.brands])
        self._count(batch)
        self.on_batch(batch)
        return self._report(event for rollup in batch.rollups for event in self._watch(rollup.brand).apply(rollup))

    def finish(self) -> list[WatchEvent]:
        """End the record: advance each brand's watermark until the newest bucket of all is closed.

        Returns
        -------
        list of WatchEvent
            By brand.
        """
        end_ms = closing_ms(self.newest_ms, self.config.lateness_ms)
        return self._report(event for brand in sorted(self.watches) for event in self.watches[brand].advance_to(end_ms))

    def _count(self, batch: Batch) -> None:
        self.messages += batch.messages
        for letter in batch.letters:
            self.dead_letter_counts[letter.reason] += 1
            self.dead_letter(letter)
        self.counts = total([self.counts, *(rollup.counts for rollup in batch.rollups)])
        self.newest_ms = max(self.newest_ms, *(rollup.newest for rollup in batch.rollups), 0)

    def _watch(self, brand: str) -> BrandWatch:
        watch = self.watches.get(brand)
        if watch is None:
            watch = self.watches[brand] = BrandWatch(brand, self.config)
            watch.on_minute = self._observe if self.on_situation or self.on_minute else None
        return watch

    def _observe(self, watch: BrandWatch, end: int, before: str) -> None:
        if self.on_situation:
            self._situations.observe(watch, end, before)
        if self.on_minute:
            self.on_minute(watch, end)

    def _report(self, events: Iterator[WatchEvent]) -> list[WatchEvent]:
        reported = []
        for event in events:
            self.on_event(event)
            reported.append(event)
        for situation in self._situations.drain():
            if self.on_situation:
                self.on_situation(situation)
        return reported
