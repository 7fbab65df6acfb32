"""Measure accuracy on the real records of ../shared and rewrite the tables in docs/benchmarks.md.

``python -m tests.benchmarks.accuracy`` replays every incident file with default settings through `badbuzz replay
--json` and scores it with the records' own program, the same with ratings hidden and with river's own detectors instead
of ours, and NAB's series through the code of `badbuzz detect`. ``--no-ratings`` measures with ratings hidden alone.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from detectors.settings import SURGE_DETECTORS
from tests.benchmarks.nab import CONTENDERS, nab_results, nab_score
from tests.benchmarks.page import write_section
from tests.helpers.paths import SHARED

BADBUZZ = Path(sys.executable).with_name("badbuzz")


def main() -> None:
    """Measure and write."""
    if not (SHARED / "data").is_dir():
        raise SystemExit(f"expected the real records under {SHARED}/data; set BADBUZZ_SHARED to their folder")
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.accuracy", description=main.__doc__)
    parser.add_argument("--no-ratings", action="store_true", help="only the records with their ratings hidden")
    alone = parser.parse_args().no_ratings
    with tempfile.TemporaryDirectory() as folder:
        write_section("no-ratings", without_ratings(Path(folder)))
        if not alone:
            write_section("incidents", incidents(Path(folder)))
            write_section("stock", stock(Path(folder)))
            write_section("nab", nab(Path(folder)))


def incident_files() -> list[Path]:
    """Return the shared records of incidents."""
    return sorted((SHARED / "data" / "incidents").glob("*.jsonl.gz"))


def incident_scores(folder: Path, files: Iterable[Path], environment: dict[str, str]) -> dict[str, Any]:
    """Replay incident files under settings from the environment and score them together."""
    runs = []
    for path in files:
        name = path.name.removesuffix(".jsonl.gz")
        with (folder / f"{name}.jsonl").open("wb") as out:
            subprocess.run([BADBUZZ, "replay", path, "--json"], stdout=out, check=True, env=os.environ | environment)
        runs.append(f"{name}={folder / f'{name}.jsonl'}")
    scorer = SHARED / "tools" / "incident_score.py"
    done = subprocess.run([sys.executable, scorer, "--json", "--together", *runs], capture_output=True, check=True)
    scores: dict[str, Any] = json.loads(done.stdout)
    return scores


def incidents(folder: Path) -> str:
    """Write the table of incidents, hits and misses."""
    got = incident_scores(folder, incident_files(), {})
    rows = ["| what happened | class | mentions | any alert | warning | critical |", "|---|---|---|---|---|---|"]
    for row in sorted(got["incidents"], key=lambda r: (r["class"] != "crisis", r["class"], r["name"])):
        delays = [_delay(row[level]) for level in ("any", "warning", "critical")]
        rows.append(f"| {row['name']} | {row['class']} | {row['mentions']:,} | {' | '.join(delays)} |")
    rows += [
        "",
        "| measure | figure |",
        "|---|---|",
        f"| crises found | {got['found']} of {got['crises']} |",
        f"| found at warning | {got['found_at_warning']} |",
        f"| found at critical | {got['found_at_critical']} |",
        f"| found within 60 minutes of the first mention | {got['found_within_60_min']} |",
        f"| median delay | {got['median_delay_min']} min |",
        f"| surges of joy paged as a crisis | {got['benign_paged_as_crisis']} |",
        f"| coordinated floods paged critical | {got['coordinated_paged_critical']} |",
        f"| brand-weeks watched | {got['brand_weeks']} |",
        f"| false warning pages per brand-week | {got['false_warning_pages_per_brand_week']} |",
        f"| false pages of any kind per brand-week | {got['false_pages_per_brand_week']} |",
        "",
        "| file | brand-weeks | warning pages outside any incident | all pages outside any incident |",
        "|---|---|---|---|",
    ]
    for name, row in got["by_file"].items():
        rows.append(f"| {name} | {row['weeks']:,} | {row['warning_pages']} | {row['all_pages']} |")
    return "\n".join(rows)


def without_ratings(folder: Path) -> str:
    """Write the figures of the same records with their ratings hidden: negativity is read from texts alone."""
    hidden = folder / "hidden"
    hidden.mkdir()
    files = []
    for path in incident_files():
        files.append(hidden / path.name)
        with gzip.open(path) as mentions, gzip.open(files[-1], "wb", compresslevel=1) as out:
            for line in mentions:
                mention = json.loads(line)
                mention.pop("rating", None)
                out.write(json.dumps(mention, ensure_ascii=False).encode() + b"\n")
    got = incident_scores(folder, files, {})
    missed = [row["name"] for row in got["incidents"] if row["class"] == "crisis" and row["any"] is None]
    return (
        f"With ratings hidden: {got['found']} of {got['crises']} crises found, {got['found_at_warning']} at warning, "
        f"{got['found_at_critical']} at critical, {got['found_within_60_min']} within 60 minutes, median "
        f"{got['median_delay_min']} min; {got['benign_paged_as_crisis']} surges of joy paged; "
        f"{got['false_warning_pages_per_brand_week']} false warnings and "
        f"{got['false_pages_per_brand_week']} false pages a brand-week. Missed: {', '.join(missed) or 'none'}."
    )


def stock(folder: Path) -> str:
    """Write the table of surge detectors."""
    rows = [
        "| surge detector | crises found | within 60 min | false pages a brand-week | false warnings a brand-week |",
        "|---|---|---|---|---|",
    ]
    for name in SURGE_DETECTORS:
        got = incident_scores(folder, incident_files(), {"BADBUZZ_THRESHOLDS_SURGE_DETECTOR": name})
        rows.append(
            f"| {name} | {got['found']} of {got['crises']} | {got['found_within_60_min']} | "
            f"{got['false_pages_per_brand_week']} | {got['false_warning_pages_per_brand_week']} |"
        )
    return "\n".join(rows)


def _delay(alert: dict[str, int] | None) -> str:
    return "-" if alert is None else f"{alert['delay_min']} min, {alert['mentions_seen']} mentions"


def nab(folder: Path) -> str:
    """Write the table of NAB's series, stock river detectors beside."""
    rows = [
        "| detector | standard | low FP | low FN | strict hits | false alarms per brand-week |",
        "|---|---|---|---|---|---|",
    ]
    series = SHARED / "data" / "nab" / "realTweets"
    for name, contender in CONTENDERS.items():
        out = folder / "nab" / name
        nab_results(contender.detector, out, series, contender.gate)
        got = nab_score(SHARED / "tools" / "nab_score.py", out)
        rows.append(
            f"| {name} | {got.standard} | {got.low_fp} | {got.low_fn} | {got.hits} of {got.labels} | "
            f"{got.false_alarms_per_brand_week} |"
        )
    return "\n".join(rows)


if __name__ == "__main__":
    main()
