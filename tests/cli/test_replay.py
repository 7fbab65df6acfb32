"""`badbuzz replay`, as a person runs it."""

import base64
import json
from pathlib import Path

import pytest

from streams.mentions.mention import REASONS
from tests.helpers.measured import until_noon
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


def test_a_person_reads_one_zone_and_a_sentence_in_their_language(record: str) -> None:
    shown = badbuzz("replay", record, env={"BADBUZZ_TIMEZONE": "Asia/Kolkata"}).stdout.decode()
    assert " IST  " in shown
    assert "UTC" not in shown
    assert "WARNING Acme: " in shown
    french = badbuzz("replay", record, env={"BADBUZZ_LANGUAGE": "fr"}).stdout.decode()
    assert "ALERTE Acme : " in french
    assert " sam. 09/03/2024 " in f" {french}"


def test_an_incident_that_is_open_at_the_end_of_a_record_is_said_to_be_open(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "open.jsonl", until_noon(crisis()))
    summary = json.loads(badbuzz("replay", path, "--json").stdout.splitlines()[-1])
    assert [(incident["brand"], incident["severity"]) for incident in summary["open"]] == [("Acme", "critical")]
    shown = badbuzz("replay", path).stdout.decode()
    assert "still open" in shown
    assert "Acme: critical, since Sat 2024-03-09" in shown


def test_no_incident_is_said_to_be_open_after_the_last_ended(replayed: bytes, record: str) -> None:
    assert json.loads(replayed.splitlines()[-1])["open"] == []
    assert "still open" not in badbuzz("replay", record).stdout.decode()


def test_a_warning_is_shown_with_two_publications_and_names_no_private_person(record: str) -> None:
    shown = badbuzz("replay", record).stdout.decode()
    assert "a private account on twitter: “prices: " in shown
    assert "@author" not in shown


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
