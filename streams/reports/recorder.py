"""The recorder of a replay's reports: collects its situations, and writes the files."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from detectors.severity import Severity
from streams.errors import ConfigError
from streams.event_time import HOUR_MS, utc
from streams.offline.recorded_picture import BIN_MINUTES
from streams.picture import PictureBucket, draw
from streams.pipeline import Pipeline
from streams.reports.builder import build_report, file_stem
from streams.reports.history import History, histories
from streams.reports.html import to_html
from streams.reports.markdown import to_markdown
from streams.settings.config import Config
from streams.situations.situation import Situation
from streams.watching.watch_event import WatchEvent

LEAD_IN_MS = 48 * HOUR_MS
"""How much of the time before an incident is in its picture's overview."""


class ReportRecorder:
    """Collect what the reports of a replay need beside its events.

    Parameters
    ----------
    pipeline
        A fresh one; what it calls already goes on being called.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._config = pipeline.config
        self._situations: dict[str, Situation] = {}
        self._on_situation = pipeline.on_situation
        pipeline.on_situation = self._situation

    def histories(self, events: Iterable[WatchEvent]) -> list[History]:
        """Return the history of each incident among the events of the replay."""
        return histories(events, (), self._situations)

    def write(
        self, folder: Path, events: Iterable[WatchEvent], buckets: Mapping[str, Sequence[PictureBucket]]
    ) -> list[Path]:
        """Write each incident's report as HTML and Markdown, and the picture of those that became a warning.

        Parameters
        ----------
        folder
            Made where it is missing.
        events
            Of the whole replay.
        buckets
            Of its brands, in order of time.

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
            shown = _around(history, buckets.get(history.brand, ()))
            if not shown or Severity.of(history.worst.severity) < Severity.WARNING:
                pages.append(write_report(folder, history, self._config))
                continue
            _made(folder)
            draw(
                picture,
                title=history.brand,
                buckets=shown,
                events=[msgspec.to_builtins(event) for event in history.events],
                facts=(),
                tz=self._config.zone,
                bucket_minutes=BIN_MINUTES,
            )
            pages.append(write_report(folder, history, self._config, picture))
        return pages

    def _situation(self, situation: Situation) -> None:
        self._situations[situation.incident] = situation
        if self._on_situation is not None:
            self._on_situation(situation)


def _around(history: History, buckets: Iterable[PictureBucket]) -> list[PictureBucket]:
    """Return the buckets from before an incident to just after it."""
    first = utc(history.since_ms - LEAD_IN_MS)
    last = utc(history.end_ms + HOUR_MS) if history.end_ms is not None else None
    return [bucket for bucket in buckets if bucket.start >= first and (last is None or bucket.start <= last)]


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
