"""Measuring replays against what really happened: found or not, how late, and how often for nothing."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from detectors.severity import Severity
from streams.errors import InputError
from streams.watching.incident_event import IncidentEvent

HOUR = 3600
WEEK = 7 * 24 * HOUR
QUIET_HOURS = 6
CLASSES = ("crisis", "benign surge", "coordinated", "ignore")


class Truth(NamedTuple):
    """One thing that happened: to which brand (`*`: any), its class, from when to when (in seconds)."""

    file: str
    brand: str
    name: str
    kind: str
    onset: float
    end: float


class Page(NamedTuple):
    """One time a person was woken: the first event in six hours, or one of higher severity than the last page."""

    at: float
    level: int
    criteria: tuple[str, ...]


class Record(NamedTuple):
    """What one file held and what badbuzz said of it: event times by brand, and incident events."""

    file: str
    mentions: dict[str, list[float]]
    events: list[IncidentEvent]


class Outcome(msgspec.Struct, frozen=True):
    """Whether and when one thing that happened was paged, by least severity; in minutes from its first mention."""

    name: str
    brand: str
    kind: str
    mentions: int
    watch: int | None
    warning: int | None
    critical: int | None
    criteria: list[str]


class Backtest(msgspec.Struct, frozen=True):
    """The outcome of a backtest.

    Parameters
    ----------
    found
        One row for each thing that happened.
    brand_weeks
        Watched, warm-up left out.
    false_pages
        Pages outside anything that happened, by leading criterion.
    false_warnings
        Those at warning or above.
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


def read_truth(path: Path) -> list[Truth]:
    """Read a truth table: CSV with columns file, brand, name, class, onset, end.

    Raises
    ------
    InputError
        Names the line, what was expected and what came.
    """
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return [_truth(row, f"{path}, line {n}") for n, row in enumerate(csv.DictReader(lines), start=2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"expected a readable CSV file, got {path}: {error}") from None


def _truth(row: dict[str, str], where: str) -> Truth:
    try:
        truth = Truth(
            row["file"], row["brand"], row["name"], row["class"], _seconds(row["onset"]), _seconds(row["end"])
        )
    except KeyError as error:
        raise InputError(
            f"{where}: expected the columns file, brand, name, class, onset, end; {error} is missing"
        ) from None
    except (ValueError, TypeError):
        raise InputError(
            f"{where}: expected times such as 2012-06-11T18:00:00Z, got {row['onset']!r} and {row['end']!r}"
        ) from None
    if truth.kind not in CLASSES:
        raise InputError(f"{where}: expected a class of {', '.join(CLASSES)}, got {truth.kind!r}")
    return truth


def pages(events: Iterable[IncidentEvent]) -> list[Page]:
    """Give the pages that one brand's events make.

    Parameters
    ----------
    events
        In order.
    """
    kept: list[Page] = []
    for event in events:
        level = Severity.of(event.severity)
        at = _seconds(event.at)
        if level and (not kept or at - kept[-1].at >= QUIET_HOURS * HOUR or level > kept[-1].level):
            kept.append(Page(at, level, tuple(event.criteria)))
    return kept


def backtest(records: Sequence[Record], truths: Sequence[Truth], warm_up_hours: float = 24) -> Backtest:
    """Hold replays against the truth.

    A page on a thing that happened is right, but that only a crisis deserves more than a watch: pages at warning or
    above on a benign surge show in its row.

    Parameters
    ----------
    records
        One a file.
    truths
        What happened.
    warm_up_hours
        Pages in a brand's first hours do not count, nor do those hours.
    """
    rows: list[Outcome] = []
    weeks = 0.0
    false: dict[str, int] = {}
    false_warnings = 0
    for record in records:
        for brand, times in record.mentions.items():
            warm = times[0] + warm_up_hours * HOUR
            weeks += max(0.0, times[-1] - warm) / WEEK
            got = [page for page in pages(e for e in record.events if e.brand == brand) if page.at >= warm]
            mine = [t for t in truths if t.file == record.file and t.brand in {brand, "*"}]
            rows += [_outcome(t, brand, times, got) for t in mine if t.kind != "ignore"]
            for page in got:
                if not any(_inside(page, t) for t in mine):
                    lead = page.criteria[0] if page.criteria else "none"
                    false[lead] = false.get(lead, 0) + 1
                    false_warnings += page.level >= Severity.WARNING
    return Backtest("backtest", rows, round(weeks, 2), dict(sorted(false.items())), false_warnings)


def _inside(page: Page, truth: Truth) -> bool:
    return truth.onset <= page.at <= truth.end + 300


def _outcome(truth: Truth, brand: str, times: list[float], got: list[Page]) -> Outcome:
    inside = [t for t in times if truth.onset <= t <= truth.end]
    hits = [page for page in got if _inside(page, truth)]

    def delay(level: int) -> int | None:
        first = next((page for page in hits if page.level >= level), None)
        return None if first is None or not inside else round((first.at - inside[0]) / 60)

    criteria = sorted({name for page in hits for name in page.criteria})
    return Outcome(truth.name, brand, truth.kind, len(inside), delay(1), delay(2), delay(3), criteria)


def _seconds(text: str) -> float:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"expected a time with a zone, got {text!r}")
    return time.timestamp()
