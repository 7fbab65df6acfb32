"""What a replay's picture shows, recorded while it runs: each brand's buckets of a quarter of an hour."""

from collections.abc import Iterable

from streams.event_time import MINUTE_MS, utc
from streams.mentions.message import Message, event_ms
from streams.offline.replay import Runner
from streams.picture.bins import PictureBucket
from streams.pipeline import Pipeline
from streams.watching.brand_watch import BrandWatch
from streams.watching.watch_event import WatchEvent

BIN_MINUTES = 15
MOST_BRANDS = 50
"""Brands that are recorded, those first mentioned: choose one by `--brand` where there are more."""


def picture_bucket(watch: BrandWatch, start: int, end: int) -> PictureBucket:
    """Return what the picture shows of the closed minutes from `start` to before `end`, since the epoch."""
    window, seen = watch.recent.window(start, end), watch.readings(end)
    return PictureBucket(
        utc(start * MINUTE_MS),
        sum(mentions for mentions, _ in window.networks.values()),
        sum(negatives for _, negatives in window.networks.values()),
        watch.expected(start, end),
        max(seen.volume.score, seen.negatives.score),
    )


class RecordedPicture:
    """Run a pipeline in steps of `BIN_MINUTES` of event time, and record the buckets of its brands.

    Parameters
    ----------
    pipeline
        A fresh one.
    runner
        What runs it, where that is another recorder of it; default: itself.

    Attributes
    ----------
    buckets
        By brand, in order of time; one without mentions is left out.
    """

    def __init__(self, pipeline: Pipeline, runner: Runner | None = None) -> None:
        self.buckets: dict[str, list[PictureBucket]] = {}
        self._pipeline = pipeline
        self._runner = runner or pipeline
        self._end = 0
        self._recorded_to: dict[str, int] = {}

    def run(self, messages: Iterable[Message]) -> list[WatchEvent]:
        """Process a batch of messages, as `Pipeline.run` does."""
        events: list[WatchEvent] = []
        step: list[Message] = []
        for message in messages:
            minute = (event_ms(message.value) or 0) // MINUTE_MS
            if minute >= self._end:
                events += self._run(step)
                step, self._end = [], (minute // BIN_MINUTES + 1) * BIN_MINUTES
            step.append(message)
        return events + self._run(step)

    def finish(self) -> list[WatchEvent]:
        """End the record, as `Pipeline.finish` does."""
        events = self._runner.finish()
        self._record(last=True)
        return events

    def drawn(self, severities: dict[str, int]) -> str | None:
        """Return the brand to draw: of the worst severity, then of the most mentions; `None`: nothing was recorded.

        Parameters
        ----------
        severities
            The worst one of each brand that had an incident.
        """
        if not self.buckets:
            return None
        mentions = {brand: sum(bucket.mentions for bucket in own) for brand, own in self.buckets.items()}
        return max(sorted(mentions), key=lambda brand: (severities.get(brand, 0), mentions[brand]))

    def _run(self, messages: list[Message]) -> list[WatchEvent]:
        if not messages:
            return []
        events = self._runner.run(messages)
        self._record()
        return events

    def _record(self, *, last: bool = False) -> None:
        for brand, watch in self._pipeline.watches.items():
            if watch.opened is None or (brand not in self.buckets and len(self.buckets) >= MOST_BRANDS):
                continue
            first = self._recorded_to.get(brand, 0)
            # At the end of a record its last bin is drawn too, though it is not over.
            whole = (watch.opened + (BIN_MINUTES - 1) * last) // BIN_MINUTES * BIN_MINUTES
            if first >= whole:
                continue
            self._recorded_to[brand] = whole
            closed = {row.minute // BIN_MINUTES * BIN_MINUTES for row in watch.recent.closed_since(first)}
            own = self.buckets.setdefault(brand, [])
            own += [picture_bucket(watch, start, start + BIN_MINUTES) for start in sorted(closed) if start < whole]
