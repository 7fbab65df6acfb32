"""`badbuzz replay`, as a person runs it."""

import base64
import gzip
import json
import subprocess
from pathlib import Path

import pytest

from streams.mentions.mention import REASONS
from tests.helpers.measured import until_noon
from tests.helpers.records import crisis, damaged, in_order, line, quiet
from tests.helpers.terminal import BADBUZZ, badbuzz, write_lines


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


def test_a_record_in_which_nothing_can_be_read_ends_with_status_1_and_the_first_reasons(tmp_path: Path) -> None:
    naive = b'{"id": "1", "brand": "A", "network": "x", "created_at": "2024-05-02T09:31:00Q", "text": "x"}'
    done = badbuzz("replay", write_lines(tmp_path / "none.jsonl", [b"no", b"", naive]), "--json")
    assert done.returncode == 1
    assert sum(json.loads(done.stdout)["dead_letters"].values()) == 2
    said = done.stderr.decode()
    assert "none.jsonl, line 1: is no JSON: one JSON object a line is needed" in said
    assert "none.jsonl, line 3: `created_at` is no time" in said
    assert "--dead-letters FILE" in said


ROWS = b"id,brand,network,text\n1,Acme,forum,hello\n"
FORMS = {
    "CSV": ("mentions.csv", ROWS, "looks like CSV: `badbuzz import mentions.csv | badbuzz replay -`"),
    "CSV by semicolons": ("a.txt", ROWS.replace(b",", b";"), "looks like CSV"),
    "a JSON array": ("a.json", b'[{"id": "1"}, {"id": "2"}]', "looks like a JSON array"),
    "a JSON array over lines": ("a.json", b'[\n  {\n   "id": "1"\n  }\n]', "looks like a JSON array"),
    "JSON over lines": ("a.json", b'{\n  "id": "1"\n}', "looks like JSON over several lines"),
    "UTF-16": ("a.jsonl", '{"id": "1"}\n'.encode("utf-16"), "looks like UTF-16"),
    "a picture": ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "looks like no text"),
}


@pytest.mark.parametrize(("name", "data", "said"), FORMS.values(), ids=FORMS.keys())
def test_a_file_of_another_form_is_named_for_what_it_is(name: str, data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    done = badbuzz("replay", str(tmp_path / name))
    assert done.returncode == 1
    assert said in done.stderr.decode()


def test_a_mark_of_byte_order_and_a_packed_file_without_its_name_change_nothing(
    tmp_path: Path, replayed: bytes
) -> None:
    marked = b"\xef\xbb\xbf" + b"\n".join(crisis())
    (tmp_path / "marked.jsonl").write_bytes(marked)
    (tmp_path / "packed").write_bytes(gzip.compress(marked))
    assert badbuzz("replay", str(tmp_path / "marked.jsonl"), "--json").stdout == replayed
    assert badbuzz("replay", str(tmp_path / "packed"), "--json").stdout == replayed
    assert badbuzz("replay", "-", "--json", stdin=gzip.compress(marked)).stdout == replayed


def test_a_first_try_of_two_hours_says_that_it_is_learning_and_until_when(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "first.jsonl", [line(n, 100.0 * n, rating=-1) for n in range(40)])
    summary = json.loads(badbuzz("replay", path, "--json").stdout)
    assert summary["learning"] == [{"brand": "Acme", "until": "2024-03-02T00:00:00Z"}]
    said = badbuzz("replay", path).stdout.decode()
    assert "Acme: learning until Sat 2024-03-02 00:00 UTC" in said
    assert "badbuzz warm-up FILE" in said


def test_a_record_without_an_incident_says_that_its_first_day_reports_nothing(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "calm.jsonl", in_order(quiet(days=3)))
    assert "the first 24 h of a brand are learned" in badbuzz("replay", path).stdout.decode()


def test_a_brand_that_is_not_in_the_record_is_named_with_those_that_are(record: str) -> None:
    done = badbuzz("replay", record, env={"BADBUZZ_BRAND": "Northline Rail, Acme"})
    assert done.returncode == 1
    assert "no mention is about the brand 'Northline Rail'; there are: Acme, Other" in done.stderr.decode()


def test_mentions_under_any_name_of_a_brand_are_one_brand(tmp_path: Path) -> None:
    (tmp_path / "badbuzz.toml").write_text("[brands.'Café Acme']\nnames = ['ACME', 'acmé box']\n", encoding="utf-8")
    names = ("Cafe\u0301 Acme", "CAFÉ ACME", "acme", "Acme\u0301 Box")
    path = write_lines(tmp_path / "names.jsonl", [line(n, 60.0 * n, brand=brand) for n, brand in enumerate(names)])
    config = str(tmp_path / "badbuzz.toml")
    summary = json.loads(badbuzz("replay", path, "--json", "--config", config).stdout)
    assert (summary["brands"], summary["mentions"]) == (1, 4)
    assert [learning["brand"] for learning in summary["learning"]] == ["Café Acme"]
    chosen = json.loads(badbuzz("replay", path, "--json", "--config", config, "--brand", "ACME BOX").stdout)
    assert chosen["learning"] == [] or chosen["brands"] == 1


@pytest.mark.parametrize("account", ["@FournilDeLise", "fournildelise", "forum:FOURNILDELISE", "Forum:@fournildelise"])
def test_an_official_account_matches_without_case_or_at_sign(account: str, tmp_path: Path) -> None:
    (tmp_path / "badbuzz.toml").write_text(f"[brands.Acme]\nofficial_accounts = ['{account}']\n", encoding="utf-8")
    path = write_lines(tmp_path / "a.jsonl", [line(1, 0.0, author="FournilDeLise"), line(2, 60.0, author="other")])
    done = badbuzz("replay", path, "--json", "--config", str(tmp_path / "badbuzz.toml"))
    summary = json.loads(done.stdout)
    assert (summary["official"], summary["mentions"]) == (1, 1)


def test_a_replay_draws_its_picture(record: str, tmp_path: Path) -> None:
    picture = tmp_path / "replay.svg"
    done = badbuzz("replay", record, "--picture", str(picture), "--openmetrics", str(tmp_path / "m.om"))
    assert done.returncode == 0
    drawn = picture.read_text(encoding="utf-8")
    assert "Acme" in drawn
    assert "critical" in drawn
    assert (tmp_path / "m.om").stat().st_size > 0


def test_alerts_of_a_pipe_that_stays_open_come_as_its_lines_do() -> None:
    lines = crisis()
    with subprocess.Popen([BADBUZZ, "replay", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n".join(lines) + b"\n")
        process.stdin.flush()
        assert b"Acme" in process.stdout.readline()  # the pipe is still open
        process.stdin.close()
        process.stdout.read()
        assert process.wait(60) == 0
