"""Backtest: replays measured against documented incidents. Found or not, delay, and false pages per brand-week."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from detectors.severity import Severity
from streams.errors import MentionError
from streams.mentions.mention import SPOKEN, decode, milliseconds
from streams.mentions.message import Message
from streams.offline.backtest_truth import ANY, FALSE_ALARM, Truth, check_files, record_name
from streams.offline.replay import replay
from streams.pipeline import Pipeline
from streams.recordings.files import MentionFiles
from streams.scoring.scorer import Batch
from streams.settings.brands.brand_names import BrandNames
from streams.watching.incident_event import IncidentEvent
from streams.watching.watch_event import incident_events

HOUR_S = 3600
WEEK_S = 7 * 24 * HOUR_S
REPAGE_S = 6 * HOUR_S
END_GRACE_S = 300


class Page(NamedTuple):
    """One page to the on-call person: the first event in six hours, or one of higher severity than the last page."""

    at_s: float
    level: Severity
    criteria: tuple[str, ...]


class ReplayedFile(NamedTuple):
    """A mention file after its replay: times of all and of negative mentions by brand, in seconds, and its events."""

    file: str
    times_s: dict[str, list[float]]
    events: list[IncidentEvent]
    negatives_s: dict[str, list[float]]


class Outcome(msgspec.Struct, frozen=True):
    """The delay of the first page at each severity or above, in minutes from an incident's first mention."""

    name: str
    brand: str
    kind: str
    mentions: int
    watch: int | None
    warning: int | None
    critical: int | None
    criteria: list[str]


class Backtest(msgspec.Struct, frozen=True):
    """The result of a backtest.

    Parameters
    ----------
    found
        One row for each documented incident.
    brand_weeks
        Time watched over all brands, without the warm-up.
    false_pages
        Pages outside every documented incident, by leading criterion.
    false_warnings
        False pages at warning or above.
    """

    type: Literal["backtest"]
    found: list[Outcome]
    brand_weeks: float
    false_pages: dict[str, int]
    false_warnings: int

    @property
    def false_pages_per_brand_week(self) -> float:
        """False pages of any severity."""
        return sum(self.false_pages.values()) / self.brand_weeks if self.brand_weeks else 0.0

    @property
    def false_warnings_per_brand_week(self) -> float:
        """False pages at warning or above."""
        return self.false_warnings / self.brand_weeks if self.brand_weeks else 0.0


def replay_file(path: str, pipeline: Pipeline) -> ReplayedFile:
    """Replay one mention file for a backtest.

    Parameters
    ----------
    path
        Its name, with or without folder and suffix, is its name in the truth table; `stdin` for `-`.
    pipeline
        A fresh one.
    """
    times_s: dict[str, list[float]] = {}
    negatives_s: dict[str, list[float]] = {}

    def note_negatives(batch: Batch) -> None:
        for rollup in batch.rollups:
            minute_s = (rollup.minute - rollup.lag) * 60.0
            negatives_s.setdefault(rollup.brand, []).extend([minute_s] * rollup.counts.negatives)

    pipeline.on_batch = note_negatives
    events, _ = replay(_noting_times(MentionFiles([path]), times_s, pipeline), pipeline)
    for seconds in (*times_s.values(), *negatives_s.values()):
        seconds.sort()
    return ReplayedFile(record_name("stdin" if path == "-" else path), times_s, incident_events(events), negatives_s)


def _noting_times(
    messages: Iterable[Message], times_s: dict[str, list[float]], pipeline: Pipeline
) -> Iterator[Message]:
    names, brands = BrandNames(pipeline.config.brands), pipeline.brands
    for message in messages:
        try:
            mention = decode(message.value)
        except MentionError:
            pass
        else:
            brand = names.brand(mention.brand)
            if (not brands or brand in brands) and mention.kind in SPOKEN and not mention.official:
                times_s.setdefault(brand, []).append(milliseconds(mention) / 1000)
        yield message


def pages(events: Iterable[IncidentEvent]) -> list[Page]:
    """Return the pages that one brand's events cause.

    Parameters
    ----------
    events
        In order of time.
    """
    sent: list[Page] = []
    for event in events:
        level = Severity.of(event.severity)
        at_s = datetime.fromisoformat(event.at).timestamp()
        if level and (not sent or at_s - sent[-1].at_s >= REPAGE_S or level > sent[-1].level):
            sent.append(Page(at_s, level, tuple(event.criteria)))
    return sent


def backtest(files: Sequence[ReplayedFile], truths: Sequence[Truth], warm_up_hours: float = 24) -> Backtest:
    """Compare replays with the truth.

    A page within a documented incident is right, whatever the class, unless people called it a false alarm: then it is
    false, and the incident's row shows whether it still pages. Only a crisis deserves more than a watch: pages
    at warning or above on a benign surge show in its row.

    Parameters
    ----------
    files
        After their replay.
    truths
        The documented incidents.
    warm_up_hours
        Pages in a brand's first hours do not count, nor do those hours.

    Raises
    ------
    InputError
        A documented incident is of a file that was not replayed.
    """
    check_files(truths, [file.file for file in files])
    outcomes: list[Outcome] = []
    weeks = 0.0
    false_pages: dict[str, int] = {}
    false_warnings = 0
    for file in files:
        for brand in file.times_s:
            sent = pages(event for event in file.events if event.brand == brand)
            measured = measure_brand(file, brand, truths, warm_up_hours, sent)
            weeks += measured.weeks
            outcomes += measured.outcomes
            for page in measured.false_pages:
                lead = page.criteria[0] if page.criteria else "none"
                false_pages[lead] = false_pages.get(lead, 0) + 1
                false_warnings += page.level >= Severity.WARNING
    return Backtest("backtest", outcomes, round(weeks, 2), dict(sorted(false_pages.items())), false_warnings)


class BrandMeasure(NamedTuple):
    """One brand's part of a backtest: its documented incidents, weeks watched and pages outside every incident."""

    outcomes: list[Outcome]
    weeks: float
    false_pages: list[Page]


def measure_brand(
    file: ReplayedFile, brand: str, truths: Sequence[Truth], warm_up_hours: float, sent: Iterable[Page]
) -> BrandMeasure:
    """Compare the pages sent for one brand with the truth, as `backtest` does."""
    times_s = file.times_s[brand]
    warm_s = times_s[0] + warm_up_hours * HOUR_S
    counted = [page for page in sent if page.at_s >= warm_s]
    of_brand = [truth for truth in truths if truth.file in {file.file, ANY} and truth.brand in {brand, ANY}]
    documented = [truth for truth in of_brand if truth.kind != FALSE_ALARM]
    return BrandMeasure(
        [_outcome(truth, brand, times_s, counted) for truth in of_brand if truth.kind != "ignore"],
        max(0.0, times_s[-1] - warm_s) / WEEK_S,
        [page for page in counted if not any(_within(page, truth) for truth in documented)],
    )


def _within(page: Page, truth: Truth) -> bool:
    return truth.onset_s <= page.at_s <= truth.end_s + END_GRACE_S


def _outcome(truth: Truth, brand: str, times_s: list[float], sent: list[Page]) -> Outcome:
    mentions_s = [time for time in times_s if truth.onset_s <= time <= truth.end_s]
    hits = [page for page in sent if _within(page, truth)]

    def delay(level: Severity) -> int | None:
        first = next((page for page in hits if page.level >= level), None)
        return None if first is None or not mentions_s else round((first.at_s - mentions_s[0]) / 60)

    criteria = sorted({name for page in hits for name in page.criteria})
    return Outcome(
        truth.name,
        brand,
        truth.kind,
        len(mentions_s),
        delay(Severity.WATCH),
        delay(Severity.WARNING),
        delay(Severity.CRITICAL),
        criteria,
    )
