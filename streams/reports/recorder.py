"""The recorder of a replay's reports: collects situations and the picture's buckets, and writes the files."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec

from detectors.severity import Severity
from streams.errors import ConfigError
from streams.event_time import HOUR_MS, MINUTE_MS, utc
from streams.picture import PictureBucket, draw
from streams.pipeline import Pipeline
from streams.reports.builder import build_report, file_stem
from streams.reports.history import History, histories
from streams.reports.html import to_html
from streams.reports.markdown import to_markdown
from streams.scoring.scorer import Batch
from streams.settings.config import Config
from streams.situations.situation import Situation
from streams.watching.brand_watch import BrandWatch
from streams.watching.watch_event import WatchEvent

BIN_MINUTES = 15
LEAD_IN_MS = 48 * HOUR_MS
"""How much of the time before an incident is in its picture's overview."""


class ReportRecorder:
    """Collect what the reports of a replay need.

    Parameters
    ----------
    pipeline
        A fresh one; what it calls already goes on being called.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._config = pipeline.config
        self._counts: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
        self._readings: dict[tuple[str, int], tuple[float | None, float]] = {}
        self._situations: dict[str, Situation] = {}
        self._on_batch, self._on_situation = pipeline.on_batch, pipeline.on_situation
        pipeline.on_batch, pipeline.on_situation, pipeline.on_minute = self._count, self._situation, self._read

    def histories(self, events: Iterable[WatchEvent]) -> list[History]:
        """Return the history of each incident among the events of the replay."""
        return histories(events, (), self._situations)

    def write(self, folder: Path, events: Iterable[WatchEvent]) -> list[Path]:
        """Write each incident's report as HTML and Markdown, and the picture of those that became a warning.

        Returns
        -------
        list of Path
            The pages, by time.

        Raises
        ------
        ConfigError
            The folder cannot be written.
        """
        pages = []
        for history in self.histories(events):
            picture = folder / f"{file_stem(history)}.svg"
            shown = Severity.of(history.worst.severity) >= Severity.WARNING and self._draw(picture, history)
            pages.append(write_report(folder, history, self._config, picture if shown else None))
        return pages

    def _draw(self, path: Path, history: History) -> bool:
        buckets = self._buckets(history)
        if not buckets:
            return False
        _made(path.parent)
        draw(
            path,
            title=history.brand,
            buckets=buckets,
            events=[msgspec.to_builtins(event) for event in history.events],
            facts=(),
            tz=self._config.zone,
            bucket_minutes=BIN_MINUTES,
        )
        return True

    def _buckets(self, history: History) -> list[PictureBucket]:
        first = (history.since_ms - LEAD_IN_MS) // MINUTE_MS
        until = history.end_ms // MINUTE_MS + 60 if history.end_ms is not None else None
        return [
            PictureBucket(utc(start * MINUTE_MS), *counts, *self._readings.get((brand, start), (None, None)))
            for (brand, start), counts in sorted(self._counts.items())
            if brand == history.brand and start >= first and (until is None or start <= until)
        ]

    def _count(self, batch: Batch) -> None:
        for rollup in batch.rollups:
            counts = self._counts[rollup.brand, rollup.minute // BIN_MINUTES * BIN_MINUTES]
            counts[0] += rollup.counts.mentions
            counts[1] += rollup.counts.negatives
        self._on_batch(batch)

    def _read(self, watch: BrandWatch, end: int) -> None:
        if end % BIN_MINUTES == 0:
            start, seen = end - BIN_MINUTES, watch.readings(end)
            score = max(seen.volume.score, seen.negatives.score)
            self._readings[watch.brand, start] = watch.expected(start, end), score

    def _situation(self, situation: Situation) -> None:
        self._situations[situation.incident] = situation
        if self._on_situation is not None:
            self._on_situation(situation)


def write_report(folder: Path, history: History, config: Config, picture: Path | None = None) -> Path:
    """Write one report as HTML and Markdown; return the page.

    Parameters
    ----------
    folder
        Made where it is missing.
    history, config
        Of the report.
    picture
        An SVG in that folder; None for no picture.

    Raises
    ------
    ConfigError
        The folder cannot be written.
    """
    report, stem = build_report(history, config), file_stem(history)
    page = _made(folder) / f"{stem}.html"
    try:
        page.write_text(to_html(report, picture.read_bytes() if picture else b""), encoding="utf-8")
        text = to_markdown(report, picture.name if picture else "")
        page.with_suffix(".md").write_text(text, encoding="utf-8")
    except OSError as error:
        raise _refused(folder, error) from None
    return page


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(folder, error) from None
    return folder


def _refused(folder: Path, error: OSError) -> ConfigError:
    return ConfigError(f"report: expected a folder that can be written, got {folder}: {error.strerror}; choose another")
