"""The picture of a replay: of the brand whose incident was worst."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
from rich.console import Console

from detectors.severity import Severity
from streams.offline.recorded_picture import BIN_MINUTES, RecordedPicture
from streams.offline.replay import Runner
from streams.picture import draw
from streams.pipeline import Pipeline
from streams.watching.incident_event import IncidentEvent


class ReplayPicture(RecordedPicture):
    """Record a replay's picture, and draw it at its end.

    Parameters
    ----------
    pipeline, runner
        As for `RecordedPicture`.
    """

    def __init__(self, pipeline: Pipeline, runner: Runner) -> None:
        super().__init__(pipeline, runner)
        self._config = pipeline.config

    def draw(self, path: Path, events: Iterable[IncidentEvent], console: Console) -> None:
        """Draw the brand with the worst incident, or the one with most mentions, and say where.

        Parameters
        ----------
        path
            Where, `.png` or `.svg`.
        events
            Of all brands, in order of time.
        console
            Where to say it.
        """
        worst: dict[str, int] = {}
        own: dict[str, list[IncidentEvent]] = {}
        for event in events:
            worst[event.brand] = max(worst.get(event.brand, 0), Severity.of(event.severity))
            own.setdefault(event.brand, []).append(event)
        brand = self.drawn(worst)
        if brand is None:
            return
        draw(
            path,
            title=brand,
            buckets=self.buckets[brand],
            events=[msgspec.to_builtins(event) for event in own.get(brand, ())],
            facts=(),
            tz=self._config.zone,
            bucket_minutes=BIN_MINUTES,
        )
        console.print(self._config.words.say("picture", path=str(path)))
