"""The commands, run as a person runs them."""

import base64
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from streams.mentions.mention import REASONS
from tests.helpers.records import crisis, damaged

BADBUZZ = Path(sys.executable).with_name("badbuzz")


def badbuzz(*args: str, given: bytes = b"", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [BADBUZZ, *args], input=given, capture_output=True, timeout=120, check=False, env=os.environ | (env or {})
    )


def write(path: Path, lines: Sequence[bytes]) -> str:
    data = b"\n".join(lines) + b"\n"
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return str(path)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write(tmp_path_factory.mktemp("record") / "crisis.jsonl.gz", crisis())


@pytest.fixture(scope="module")
def replayed(record: str) -> bytes:
    done = badbuzz("replay", record, "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def test_json_is_incident_events_then_a_summary(replayed: bytes) -> None:
    *events, summary = [json.loads(line) for line in replayed.splitlines()]
    assert {event["type"] for event in events} == {"incident"}
    assert summary["type"] == "summary"
    assert summary["mentions"] == len(crisis())
    assert sum(summary["incidents"].values()) == len({event["incident"] for event in events})
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)


def test_the_same_record_gives_the_same_bytes_from_a_file_and_from_standard_input(record: str, replayed: bytes) -> None:
    assert badbuzz("replay", record, "--json").stdout == replayed
    assert badbuzz("replay", "-", "--json", given=b"\n".join(crisis())).stdout == replayed


@pytest.mark.parametrize("cut", ["in sequence", "in turn"])
def test_a_record_split_in_ten_files_gives_the_same_bytes(tmp_path: Path, replayed: bytes, cut: str) -> None:
    lines = crisis()
    length = len(lines) // 10 + 1
    parts = [lines[i::10] if cut == "in turn" else lines[i * length : (i + 1) * length] for i in range(10)]
    files = [write(tmp_path / f"part{i}.jsonl", part) for i, part in enumerate(parts)]
    assert badbuzz("replay", *reversed(files), "--json").stdout == replayed


def test_each_damaged_line_is_kept_with_its_reason_and_the_incidents_are_those_without(
    tmp_path: Path, replayed: bytes
) -> None:
    lines = damaged(crisis(), seed=7)
    letters = tmp_path / "letters.jsonl"
    done = badbuzz("replay", write(tmp_path / "bad.jsonl", lines), "--json", "--dead-letters", str(letters))
    assert done.returncode == 0
    assert done.stdout.splitlines()[:-1] == replayed.splitlines()[:-1]
    good = set(crisis())
    bad = [(offset, line) for offset, line in enumerate(lines) if line not in good]
    kept = [json.loads(line) for line in letters.read_bytes().splitlines()]
    assert [(letter["offset"], base64.b64decode(letter["bytes"])) for letter in kept] == bad
    assert {letter["reason"] for letter in kept} <= set(REASONS)
    assert {letter["source"] for letter in kept} == {"bad.jsonl"}
    assert sum(json.loads(done.stdout.splitlines()[-1])["dead_letters"].values()) == len(bad)


def test_only_the_brands_asked_for_are_watched(record: str) -> None:
    summary = json.loads(badbuzz("replay", record, "--json", "--brand", "Other").stdout)
    assert (summary["brands"], sum(summary["incidents"].values())) == (1, 0)


def test_a_person_reads_local_and_utc_time_and_what_is_said(record: str) -> None:
    shown = badbuzz("replay", record, env={"BADBUZZ_TIMEZONE": "Asia/Kolkata"}).stdout.decode()
    assert "IST (" in shown
    assert "UTC)" in shown
    assert "WARNING Acme: " in shown


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("replay", "no-such-file.jsonl"), "expected a readable mention file, got no-such-file.jsonl"),
        (("replay", __file__, "--config", "no-such.toml"), "expected a readable TOML file at no-such.toml"),
        (("replay", __file__, "--dead-letters", "/no/such/folder/f"), "expected a file that can be written"),
        (("detect", "no-such.csv"), "expected a readable file, got no-such.csv"),
        (("backtest", __file__, "--truth", "no-such.csv"), "expected a readable CSV file, got no-such.csv"),
        (("demo", "--scenario", "no-such"), "no-such"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_status_2(args: tuple[str, ...], message: str) -> None:
    done = badbuzz(*args)
    assert done.returncode == 2
    assert done.stdout == b""
    assert message in done.stderr.decode()
    assert len(done.stderr.splitlines()) == 1


def test_a_gzip_file_cut_short_is_a_clear_error(tmp_path: Path, record: str) -> None:
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(Path(record).read_bytes()[:-2000])
    done = badbuzz("replay", str(cut))
    assert done.returncode == 2
    assert b"expected a whole mention file" in done.stderr


def test_a_file_that_holds_no_mention_at_all_ends_well(tmp_path: Path) -> None:
    done = badbuzz("replay", write(tmp_path / "none.jsonl", [b"no", b"", b"mention"]), "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["dead_letters"] == {"json": 2}


def test_score_gives_back_each_object_with_its_negativity() -> None:
    done = badbuzz("score", given=b'{"n": 1.50, "text": "worst service ever"}\n{"text": "hm", "rating": 1}\nbroken\n')
    first, second = [json.loads(line) for line in done.stdout.splitlines()]
    assert list(first) == ["n", "text", "negativity"]
    assert b'"n":1.50' in done.stdout
    assert second["negativity"] < 0.5 < first["negativity"] <= 1
    assert b"1 lines are no objects" in done.stderr
    assert done.returncode == 0


def test_backtest_says_what_was_found_how_late_and_how_often_for_nothing(tmp_path: Path, record: str) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text(
        "file,brand,name,class,onset,end\ncrisis,Acme,prices,crisis,2024-03-09T09:00:00Z,2024-03-09T18:00:00Z\n",
        encoding="utf-8",
    )
    result = json.loads(badbuzz("backtest", record, "--truth", str(truth), "--json").stdout)
    [found] = result["found"]
    assert (found["name"], found["kind"]) == ("prices", "crisis")
    assert 0 <= found["warning"] <= 30
    assert result["false_pages"] == {}
    assert result["brand_weeks"] > 2
    assert "prices" in badbuzz("backtest", record, "--truth", str(truth)).stdout.decode()


def test_score_and_detect_read_gzipped_files(tmp_path: Path) -> None:
    texts = write(tmp_path / "texts.jsonl.gz", [b'{"text": "worst service ever"}'])
    assert json.loads(badbuzz("score", texts, "--json").stdout)["negativity"] > 0.5
    counts = write(tmp_path / "counts.csv.gz", [b"timestamp,value", b"2024-03-01 00:00:00,5", b"2024-03-01 00:05:00,6"])
    assert len(badbuzz("detect", counts).stdout.splitlines()) == 3


def test_backtest_reads_standard_input_and_only_the_brands_asked_for(tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text(
        "file,brand,name,class,onset,end\nstdin,Acme,prices,crisis,2024-03-09T09:00:00Z,2024-03-09T18:00:00Z\n",
        encoding="utf-8",
    )
    done = badbuzz("backtest", "-", "--truth", str(truth), "--json", given=b"\n".join(crisis()))
    assert json.loads(done.stdout)["found"][0]["warning"] is not None
    other = badbuzz("backtest", "-", "--truth", str(truth), "--json", "--brand", "Other", given=b"\n".join(crisis()))
    assert json.loads(other.stdout)["found"] == []
