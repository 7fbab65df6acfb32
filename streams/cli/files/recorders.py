"""The recorders of a replay: its metrics, its picture and its reports, where they are asked for."""

from pathlib import Path
from typing import TYPE_CHECKING

from streams.cli.output import err
from streams.offline.recorded_metrics import RecordedMetrics
from streams.pipeline import Pipeline
from streams.watching.watch_event import WatchEvent, incident_events

if TYPE_CHECKING:
    from streams.offline.replay import Runner


class ReplayRecorders:
    """Record what is asked for while a pipeline runs, and write it at the end.

    Parameters
    ----------
    pipeline
        A fresh one.
    openmetrics, picture, reports
        The files, and the folder of the reports; `None` where it is not asked for.

    Attributes
    ----------
    runner
        What runs the pipeline and records it.

    Raises
    ------
    ConfigError
        A file cannot be written.
    """

    def __init__(self, pipeline: Pipeline, openmetrics: Path | None, picture: Path | None, reports: Path | None):
        self.runner: Runner = pipeline
        self._openmetrics, self._picture, self._reports = openmetrics, picture, reports
        if openmetrics:
            self.runner = self._metrics = RecordedMetrics(pipeline)
            self._metrics.write(openmetrics)  # a file that cannot be written is an error before the work
        if picture or reports:
            from streams.cli.files.picture import ReplayPicture  # noqa: PLC0415  (half a second to import, for few)

            self.runner = self._buckets = ReplayPicture(pipeline, self.runner)
        if reports:
            from streams.reports.recorder import ReportRecorder  # noqa: PLC0415  (the same)

            self._histories = ReportRecorder(pipeline)

    def write(self, events: list[WatchEvent]) -> None:
        """Write what was recorded, and say where the reports are."""
        if self._openmetrics:
            self._metrics.write(self._openmetrics)
        if self._picture:
            self._buckets.draw(self._picture, incident_events(events), err)
        if self._reports:
            for page in self._histories.write(self._reports, events, self._buckets.buckets):
                err.print(str(page), markup=False)
