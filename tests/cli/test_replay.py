"""`badbuzz replay`, as a person runs it."""

import base64
import json
from pathlib import Path

import pytest

from streams.mentions.mention import REASONS
from tests.helpers.records import crisis, damaged
from tests.helpers.terminal import badbuzz, write_lines


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
    assert badbuzz("replay", "-", "--json", stdin=b"\n".join(crisis())).stdout == replayed


def test_a_replay_at_a_speed_gives_the_same_events_as_they_happen(record: str, replayed: bytes) -> None:
    done = badbuzz("replay", record, "--json", "--speed", "1e9")
    assert sorted(done.stdout.splitlines()) == sorted(replayed.splitlines())


@pytest.mark.parametrize("cut", ["in sequence", "alternately"])
def test_a_record_split_in_ten_files_gives_the_same_bytes(tmp_path: Path, replayed: bytes, cut: str) -> None:
    lines = crisis()
    length = len(lines) // 10 + 1
    parts = [lines[i::10] if cut == "alternately" else lines[i * length : (i + 1) * length] for i in range(10)]
    files = [write_lines(tmp_path / f"part{i}.jsonl", part) for i, part in enumerate(parts)]
    assert badbuzz("replay", *reversed(files), "--json").stdout == replayed


def test_each_damaged_line_is_a_dead_letter_with_its_reason_and_changes_no_incident(
    tmp_path: Path, replayed: bytes
) -> None:
    lines = damaged(crisis(), seed=7)
    path = tmp_path / "letters.jsonl"
    done = badbuzz("replay", write_lines(tmp_path / "bad.jsonl", lines), "--json", "--dead-letters", str(path))
    assert done.returncode == 0
    assert done.stdout.splitlines()[:-1] == replayed.splitlines()[:-1]
    good = set(crisis())
    bad = [(offset, line) for offset, line in enumerate(lines) if line not in good]
    letters = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [(letter["offset"], base64.b64decode(letter["bytes"])) for letter in letters] == bad
    assert {letter["reason"] for letter in letters} <= set(REASONS)
    assert {letter["source"] for letter in letters} == {"bad.jsonl"}
    assert sum(json.loads(done.stdout.splitlines()[-1])["dead_letters"].values()) == len(bad)


def test_only_the_selected_brands_are_watched(record: str) -> None:
    summary = json.loads(badbuzz("replay", record, "--json", "--brand", "Other").stdout)
    assert (summary["brands"], sum(summary["incidents"].values())) == (1, 0)


def test_a_person_reads_local_and_utc_time_and_a_sentence(record: str) -> None:
    shown = badbuzz("replay", record, env={"BADBUZZ_TIMEZONE": "Asia/Kolkata"}).stdout.decode()
    assert "IST (" in shown
    assert "UTC)" in shown
    assert "WARNING Acme: " in shown


def test_a_gzip_file_cut_short_is_a_clear_error(tmp_path: Path, record: str) -> None:
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(Path(record).read_bytes()[:-2000])
    done = badbuzz("replay", str(cut))
    assert done.returncode == 2
    assert b"expected a whole mention file" in done.stderr


def test_a_file_without_any_mention_is_replayed(tmp_path: Path) -> None:
    done = badbuzz("replay", write_lines(tmp_path / "none.jsonl", [b"no", b"", b"mention"]), "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["dead_letters"] == {"json": 2}
