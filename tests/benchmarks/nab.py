"""Comparison of the burst detector with stock ones on NAB's realTweets: the same rows, alarm rule and scorer."""

import json
import math
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from river import anomaly, preprocessing

from detectors.series.alarm import AlarmGate
from detectors.series.burst import SeriesBurst
from detectors.statistics.day_profile import DAY_S
from streams.errors import InputError
from streams.offline.detect import THRESHOLD, Detector, run_detect


class Contender(NamedTuple):
    """A detector to compare, and the gate that turns its scores into alarms."""

    detector: Callable[[], Detector]
    gate: Callable[[], AlarmGate]


class NabScore(NamedTuple):
    """NAB's three profiles (a silent detector 0, a perfect one 100), and strict hits and false alarms beside them."""

    standard: float
    low_fp: float
    low_fn: float
    hits: int
    labels: int
    false_alarms_per_brand_week: float


class _AfterADay:
    """A stock detector on the count alone; its first day does not score, as with our own."""

    def __init__(self, detector: Any, *, target: bool) -> None:
        self._detector = detector
        self._target = target
        self._first = math.nan

    def learn_one(self, x: dict[Any, Any]) -> None:
        self._first = x["t"] if math.isnan(self._first) else self._first
        if self._target:
            self._detector.learn_one(None, x["value"])
        else:
            self._detector.learn_one({"value": x["value"]})

    def score_one(self, x: dict[Any, Any]) -> float:
        if not x["t"] - self._first >= DAY_S:
            return 0.0
        if self._target:
            return float(self._detector.score_one(None, x["value"]))
        return float(self._detector.score_one({"value": x["value"]}))


def _stock(make: Callable[[], Any], threshold: float, *, target: bool) -> Contender:
    # River's scores are not in decades: a step of 1 above the last alarm has no meaning, so a day of quiet is required.
    return Contender(lambda: _AfterADay(make(), target=target), lambda: AlarmGate(threshold, escalation=math.inf))


# Each stock threshold is the best for these very series, which flatters the stock detectors; ours is the default.
CONTENDERS = {
    "badbuzz": Contender(SeriesBurst, lambda: AlarmGate(THRESHOLD)),
    "GaussianScorer": _stock(partial(anomaly.GaussianScorer, window_size=4032), 1 - 10**-14.5, target=True),
    "StandardAbsoluteDeviation": _stock(anomaly.StandardAbsoluteDeviation, 6.0, target=True),
    "HalfSpaceTrees": _stock(lambda: preprocessing.MinMaxScaler() | anomaly.HalfSpaceTrees(seed=1), 0.98, target=False),
}


def nab_results(
    detector: Callable[[], Detector],
    out_dir: Path,
    series_dir: Path,
    gate: Callable[[], AlarmGate] = lambda: AlarmGate(THRESHOLD),
) -> list[Path]:
    """Run a fresh detector over each series of a folder, with `streams.offline.detect.run_detect`.

    Parameters
    ----------
    detector, gate
        Make a detector and an alarm gate, called once a series.
    out_dir
        Folder of the results, under the series' own names; created where it is missing.
    series_dir
        Folder of `timestamp,value` CSV files.

    Returns
    -------
    list of Path
        The results written, by name.

    Raises
    ------
    InputError
        If the folder holds no series, or one of them cannot be read.
    """
    series = sorted(series_dir.glob("*.csv"))
    if not series:
        raise InputError(f"expected CSV files under {series_dir}, found none; name the folder that holds the series")
    out_dir.mkdir(parents=True, exist_ok=True)
    results = []
    for path in series:
        results.append(out_dir / path.name)
        with path.open(encoding="utf-8", newline="") as source, results[-1].open("w", encoding="utf-8") as out:
            run_detect(source, out, detector=detector(), gate=gate())
    return results


def nab_score(scorer: Path, results_dir: Path) -> NabScore:
    """Score a folder of results with NAB's rules.

    Parameters
    ----------
    scorer
        The scoring program: given a folder and `--json`, it prints `{"nab": {...}, "strict": {...}}`.
    results_dir
        Folder of results, as written by `nab_results`.
    """
    run = subprocess.run(
        [sys.executable, str(scorer), str(results_dir), "--json"], capture_output=True, text=True, check=True
    )
    printed = json.loads(run.stdout)
    return NabScore(**printed["nab"], **printed["strict"])
