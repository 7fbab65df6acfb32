"""What a user of `badbuzz detect` can rely on."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.errors import InputError
from streams.offline.detect import DetectSummary, detect, run_detect
from tests.benchmarks.nab import CONTENDERS, nab_results, nab_score

START = datetime(2026, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=5)


def series(counts: list[float], step: timedelta = STEP) -> str:
    rows = [f"{START + i * step:%Y-%m-%d %H:%M:%S},{count:g}\n" for i, count in enumerate(counts)]
    return "timestamp,value\n" + "".join(rows)


def output(text: str, *, as_json: bool = False) -> tuple[str, DetectSummary]:
    out = io.StringIO()
    summary = run_detect(io.StringIO(text, newline=""), out, json=as_json)
    return out.getvalue(), summary


def with_burst(rows: int = 3000, at: int = 2900) -> list[float]:
    counts = np.random.default_rng(7).poisson(5.0, rows).astype(float)
    counts[at : at + 6] += 90
    return [float(count) for count in counts]


def test_every_row_comes_back_once_in_order_with_its_score_and_alarm() -> None:
    counts = with_burst()
    text, summary = output(series(counts))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["timestamp", "value", "score", "alarm"]
    assert [float(row["value"]) for row in rows] == counts
    assert [row["timestamp"] for row in rows] == [line.split(",")[0] for line in series(counts).splitlines()[1:]]
    assert {row["alarm"] for row in rows} == {"0", "1"}
    assert rows[2900]["alarm"] == "1"
    assert float(rows[2900]["score"]) > 2.2
    assert summary.rows == len(counts)
    assert summary.alarms == sum(row["alarm"] == "1" for row in rows)
    assert summary.first == START
    assert summary.last == START + 2999 * STEP


@settings(max_examples=15, deadline=None)
@given(length=st.integers(0, 700))
def test_later_rows_change_no_earlier_output(length: int) -> None:
    whole = series(with_burst(700, 650))
    first = "".join(whole.splitlines(keepends=True)[: length + 1])
    assert output(whole)[0].startswith(output(first)[0])


def test_each_row_is_scored_before_the_next_is_read() -> None:
    asked = 0

    def rows() -> Iterator[tuple[datetime, float]]:
        nonlocal asked
        while True:
            asked += 1
            yield START + asked * STEP, 3.0

    answers = detect(rows())
    for number in range(1, 50):
        assert next(answers).timestamp == START + number * STEP
        assert asked == number


def test_json_and_csv_hold_the_same_values() -> None:
    counts = with_burst(700, 650)
    rows = csv.DictReader(io.StringIO(output(series(counts))[0]))
    lines = [json.loads(line) for line in output(series(counts), as_json=True)[0].splitlines()]
    assert lines == [
        {
            "timestamp": row["timestamp"],
            "value": float(row["value"]),
            "score": float(row["score"]),
            "alarm": row["alarm"] == "1",
        }
        for row in rows
    ]


def test_times_with_a_zone_a_byte_order_mark_other_columns_and_windows_line_ends_are_read() -> None:
    text = "\ufeffplace,Value, timestamp\r\nx,3,2026-01-01T01:00:00+01:00\r\ny,4.5,2026-01-01T00:05:00Z\r\n\r\n"
    out, summary = output(text)
    assert out.splitlines()[1:] == ["2026-01-01T01:00:00+01:00,3,0.000,0", "2026-01-01T00:05:00Z,4.5,0.000,0"]
    assert (summary.first, summary.last) == (START, START + STEP)


def test_a_header_alone_is_a_series_without_rows() -> None:
    assert output("timestamp,value\n") == ("timestamp,value,score,alarm\n", DetectSummary(0, 0, None, None))


T = "2026-01-01 00:00:00"
BAD = {
    "": ("line 1", "timestamp and value", "''"),
    f"{T},3\n": ("line 1", "timestamp and value", "write timestamp,value"),
    "timestamp,value,value\n": ("line 1", "once each"),
    f"timestamp,value\n{T},3,4\n": ("line 2", "2 fields", "got 3"),
    "timestamp,value\nyesterday,3\n": ("line 2", "ISO 8601", "'yesterday'"),
    "timestamp,value\n1767225600,3\n": ("line 2", "ISO 8601", "'1767225600'"),
    f"timestamp,value\n{T},nan\n": ("line 2", "number from 0", "'nan'"),
    f"timestamp,value\n{T},inf\n": ("line 2", "number from 0", "'inf'"),
    f"timestamp,value\n{T},-1\n": ("line 2", "number from 0", "'-1'"),
    f"timestamp,value\n{T},1e300\n": ("line 2", "number from 0", "'1e300'"),
    f"timestamp,value\n{T},1_000\n": ("line 2", "number from 0", "'1_000'"),
    f"timestamp,value\n{T},\n": ("line 2", "number from 0", "''"),
    f"timestamp,value\n{T},{'9' * 5000}x\n": ("line 2", "number from 0", "..."),
    f"timestamp,value\n{T},3\n0001-01-01 00:00:00+14:00,4\n": ("line 3", "after 2026-01-01 00:00:00", "sort"),
    f"timestamp,value\n{T},3\n{T},4\n": ("line 3", "each time once", "add up"),
    f"timestamp,value\n{T},3\n2025-12-31 23:55:00,4\n": ("line 3", "after 2026-01-01 00:00:00", "sort"),
    f'timestamp,value\n{T},3\n"2026-01-01 00:05:00,4\n': ("line 3", "CSV"),
}


@pytest.mark.parametrize(("text", "parts"), BAD.items(), ids=range(len(BAD)))
def test_an_invalid_series_is_refused_with_the_line_and_the_remedy(text: str, parts: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as refused:
        output(text)
    message = str(refused.value)
    assert all(part in message for part in parts), message
    assert "; " in message
    assert len(message) < 300


def test_bytes_that_are_no_text_are_refused_as_such() -> None:
    source = io.TextIOWrapper(io.BytesIO(b"timestamp,value\n2026-01-01 00:00:00,3\n\xff\xfe,3\n"), encoding="utf-8")
    with pytest.raises(InputError, match="UTF-8"):
        run_detect(source, io.StringIO())


@settings(deadline=None)
@given(st.text(max_size=80) | st.text(alphabet='timesapvlu,\n"0123456789-: .eE', max_size=80))
def test_any_text_ends_in_an_output_or_one_clear_line(text: str) -> None:
    message = ""
    try:
        output("timestamp,value\n" + text)
    except InputError as error:
        message = str(error)
    assert "\n" not in message


def test_the_default_settings_score_at_least_82_on_the_benchmark(shared: Path, tmp_path: Path) -> None:
    ours = CONTENDERS["badbuzz"]
    answers = nab_results(ours.detector, tmp_path, shared / "data/nab/realTweets", ours.gate)
    assert len(answers) == 10
    assert nab_score(shared / "tools/nab_score.py", tmp_path).standard >= 82


def test_the_best_stock_detector_scores_less_at_its_own_best_threshold(shared: Path, tmp_path: Path) -> None:
    stock = CONTENDERS["GaussianScorer"]
    nab_results(stock.detector, tmp_path, shared / "data/nab/realTweets", stock.gate)
    assert nab_score(shared / "tools/nab_score.py", tmp_path).standard < 80


def test_a_folder_without_series_is_refused(tmp_path: Path) -> None:
    ours = CONTENDERS["badbuzz"]
    with pytest.raises(InputError, match="CSV files under"):
        nab_results(ours.detector, tmp_path / "out", tmp_path, ours.gate)


@pytest.mark.parametrize("written", ["1701012400000", "1709262000"])
def test_a_time_that_is_a_bare_number_is_refused_in_its_line(written: str) -> None:
    with pytest.raises(InputError, match=f"line 2: expected a time such as .* got .?{written}"):
        output(f"timestamp,value\n{written},3\n")
