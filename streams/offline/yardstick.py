"""Yardstick: the alert rules of listening tools, as baselines beside badbuzz on the same record.

Each rule looks every ten minutes at the times of a brand's mentions, or of its negative ones, as it is set in common
tools. A rule that goes on firing pages again after six hours, as badbuzz does.
"""

import math
import random
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from detectors.severity import Severity
from streams.offline.backtest import REPAGE_S, BrandMeasure, Page, ReplayedFile, measure_brand, pages
from streams.offline.backtest_truth import Truth, check_files

__all__ = ["RULES", "Rule", "Standing", "fires", "standings"]

RESAMPLES = 1000

HOUR_S = 3600
DAY_S = 24 * HOUR_S
STEP_S = 600

Times = Sequence[float]
Test = Callable[[Times, float], bool]


class Rule(NamedTuple):
    """One rule: its name, whether it reads negative mentions alone, hours it needs to begin, its test at a moment."""

    name: str
    negatives: bool
    hours: int
    test: Test


def count(times_s: Times, start_s: float, end_s: float) -> int:
    """Return how many times lie from `start_s` to before `end_s`.

    Examples
    --------
    >>> count([1.0, 2.0, 3.0], 2.0, 3.0)
    1
    """
    return bisect_left(times_s, end_s) - bisect_left(times_s, start_s)


def _times_the_mean(factor: float, least: int) -> Test:
    def test(times_s: Times, now_s: float) -> bool:
        hour = count(times_s, now_s - HOUR_S, now_s)
        before = count(times_s, now_s - 13 * HOUR_S, now_s - HOUR_S) / 12
        return hour >= least and hour >= factor * before

    return test


def _day_over_week(deviations: float) -> Test:
    def test(times_s: Times, now_s: float) -> bool:
        days = [count(times_s, now_s - (day + 1) * DAY_S, now_s - day * DAY_S) for day in range(8)]
        mean = sum(days[1:]) / 7
        spread = math.sqrt(sum((day - mean) ** 2 for day in days[1:]) / 7)
        return days[0] > mean + deviations * max(spread, 1.0)

    return test


def _same_hour(quantile: float, weeks: int) -> Test:
    def test(times_s: Times, now_s: float) -> bool:
        days = [count(times_s, now_s - day * DAY_S - HOUR_S, now_s - day * DAY_S) for day in range(1, 7 * weeks + 1)]
        usual = sorted(days)[min(len(days) - 1, math.ceil(quantile * len(days)) - 1)]
        return count(times_s, now_s - HOUR_S, now_s) > max(usual, 1)

    return test


RULES = (
    Rule("last hour 3x the mean of 12 h, at least 10", negatives=False, hours=13, test=_times_the_mean(3, 10)),
    Rule("last hour 5x the mean of 12 h, at least 10", negatives=False, hours=13, test=_times_the_mean(5, 10)),
    Rule("the same, negative mentions only", negatives=True, hours=13, test=_times_the_mean(5, 10)),
    Rule("last day over the mean of 7 days by 2 sd", negatives=False, hours=192, test=_day_over_week(2)),
    Rule("99th percentile of the same hour in 4 weeks", negatives=False, hours=168, test=_same_hour(0.99, 4)),
)
"""The rules, at their usual settings: like Meltwater's, stricter, by tone, like Social Metrix's, like Salesforce's."""


def fires(rule: Rule, times_s: Times) -> list[float]:
    """Return the moments at which a rule fires, in seconds since the epoch.

    A rule reads only what came before: it is asked on a grid of ten minutes, after each mention.

    Parameters
    ----------
    rule
        The rule.
    times_s
        Times of a brand's mentions (of the negative ones, for a rule of these), in order.

    Examples
    --------
    >>> calm = [hour * 3600.0 for hour in range(48)]
    >>> burst = [48 * 3600.0 + 60 * i for i in range(12)]
    >>> [(at - burst[0]) / 60 for at in fires(RULES[1], calm + burst)]
    [10.0, 20.0]
    """
    grid = dict.fromkeys((math.floor(time_s / STEP_S) + 1) * STEP_S for time_s in times_s)
    begin_s = times_s[0] + rule.hours * HOUR_S if times_s else 0.0
    return [float(at) for at in grid if at >= begin_s and rule.test(times_s, at)]


class Standing(msgspec.Struct, frozen=True):
    """How one alerter did on all brands together.

    Parameters
    ----------
    name
        The rule, or badbuzz.
    crises, found, within_hour
        Documented crises; those paged of, and within an hour of their first mention.
    median_delay
        In minutes, of those found; None where none was.
    surges_paged
        Surges of joy paged as a crisis.
    false_pages
        Pages outside every documented incident, a brand-week.
    found_interval, false_interval
        95 % intervals of the share found and of the false pages, by bootstrap over brands.
    missed
        Crises that were not found, by name.
    """

    name: str
    crises: int
    found: int
    within_hour: int
    median_delay: int | None
    surges_paged: int
    false_pages: float
    found_interval: tuple[float, float]
    false_interval: tuple[float, float]
    missed: list[str]


def standings(files: Sequence[ReplayedFile], truths: Sequence[Truth], warm_up_hours: float = 24) -> list[Standing]:
    """Return how badbuzz and each rule did on replayed files, by the same count of pages.

    Parameters
    ----------
    files, truths, warm_up_hours
        As for `backtest`.
    """
    check_files(truths, [file.file for file in files])

    def alerted(file: ReplayedFile, brand: str) -> list[Page]:
        return pages(event for event in file.events if event.brand == brand)

    rows = [_standing("badbuzz", files, truths, warm_up_hours, alerted)]
    for rule in RULES:

        def paged(file: ReplayedFile, brand: str, rule: Rule = rule) -> list[Page]:
            times_s = (file.negatives_s if rule.negatives else file.times_s).get(brand, [])
            return _spaced(fires(rule, times_s))

        rows.append(_standing(rule.name, files, truths, warm_up_hours, paged))
    return rows


def _spaced(moments_s: Iterable[float]) -> list[Page]:
    sent: list[Page] = []
    for at_s in moments_s:
        if not sent or at_s - sent[-1].at_s >= REPAGE_S:
            sent.append(Page(at_s, Severity.WARNING, ()))
    return sent


def _standing(
    name: str,
    files: Sequence[ReplayedFile],
    truths: Sequence[Truth],
    warm_up_hours: float,
    pages_of: Callable[[ReplayedFile, str], list[Page]],
) -> Standing:
    brands = [
        measure_brand(file, brand, truths, warm_up_hours, pages_of(file, brand))
        for file in files
        for brand in file.times_s
    ]
    outcomes = [outcome for brand in brands for outcome in brand.outcomes]
    crises = [outcome for outcome in outcomes if outcome.kind == "crisis"]
    delays = sorted(outcome.watch for outcome in crises if outcome.watch is not None)
    return Standing(
        name,
        len(crises),
        len(delays),
        sum(delay <= 60 for delay in delays),
        delays[len(delays) // 2] if delays else None,
        sum(outcome.kind == "benign surge" and outcome.warning is not None for outcome in outcomes),
        round(_rate(brands), 4),
        _interval(brands, _found_share),
        _interval(brands, _rate),
        [outcome.name for outcome in crises if outcome.watch is None],
    )


def _rate(brands: Sequence[BrandMeasure]) -> float:
    weeks = sum(brand.weeks for brand in brands)
    return sum(len(brand.false_pages) for brand in brands) / weeks if weeks else 0.0


def _found_share(brands: Sequence[BrandMeasure]) -> float:
    crises = [outcome.watch for brand in brands for outcome in brand.outcomes if outcome.kind == "crisis"]
    return sum(delay is not None for delay in crises) / len(crises) if crises else 0.0


def _interval(brands: Sequence[BrandMeasure], figure: Callable[[Sequence[BrandMeasure]], float]) -> tuple[float, float]:
    """Return the 95 % interval of a figure over brands drawn with replacement: the same for the same brands."""
    if not brands:
        return 0.0, 0.0
    rng = random.Random(0)
    drawn = sorted(figure(rng.choices(brands, k=len(brands))) for _ in range(RESAMPLES))
    return round(drawn[RESAMPLES * 25 // 1000], 4), round(drawn[RESAMPLES * 975 // 1000 - 1], 4)
