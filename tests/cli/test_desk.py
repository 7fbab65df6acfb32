"""What a person who asks how a brand answers can rely on: shares of a record, an objective that can be kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.mentions import mention_line
from tests.helpers.scenarios.scenario_lines import documented
from tests.helpers.terminal import badbuzz, write_lines

MINUTE = 60


def conversation(number: int, at: float, after: float | None, brand: str = "Acme") -> list[tuple[float, bytes]]:
    """A complaint, and a reply to it after some minutes, if any."""
    who = {"brand": brand, "author": f"customer {number}", "text": "it is broken again and I am angry", "rating": -1}
    said = [(at, mention_line(number, at, id=f"{brand} {number}", **who))]
    if after is not None:
        reply = {"official": True, "author": brand, "kind": "reply", "reply_to": f"{brand} {number}", "text": "Sorry"}
        replied = at + after * MINUTE
        said.append((replied, mention_line(number, replied, id=f"{brand} answer {number}", brand=brand, **reply)))
    return said


def written(path: Path, *said: list[tuple[float, bytes]]) -> str:
    lines = [line for _, line in sorted((item for one in said for item in one), key=lambda item: item[0])]
    return write_lines(path, lines)


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Ten complaints: five answered in 10 minutes, three in 50, one in 200, one never; then a day goes by."""
    after = [10, 10, 10, 10, 10, 50, 50, 50, 200, None]
    said = [conversation(n, 600 * n, minutes) for n, minutes in enumerate(after)]
    never_speaks = [conversation(100, 30, None, "Mute"), conversation(101, 48 * 3600, None, "Mute")]
    later = [(24 * 3600.0, mention_line(200, 24 * 3600, text="lovely", rating=1))]
    return written(tmp_path_factory.mktemp("desk") / "record.jsonl.gz", *said, *never_speaks, later)


def suggested(*args: str) -> list[dict[str, Any]]:
    done = badbuzz("desk", "suggest", "--json", *args)
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_shares_count_complaints_that_were_never_answered_and_those_of_the_replies_do_not(answered: str) -> None:
    (acme,) = suggested(answered)
    assert (acme["brand"], acme["complaints"], acme["replies"]) == ("Acme", 10, 9)
    assert acme["in_time"] == {"15": 0.5, "30": 0.5, "60": 0.8, "240": 0.9}
    assert acme["of_replies"] == {"15": 0.556, "30": 0.556, "60": 0.889, "240": 1.0}


def test_the_shortest_time_that_is_kept_is_suggested_as_it_is_written_in_the_configuration(answered: str) -> None:
    done = badbuzz("desk", "suggest", answered)
    assert b"Acme: reply_within_minutes = 60, reply_objective = 0.8\n" in done.stdout


def test_a_suggested_objective_is_one_that_the_configuration_accepts(tmp_path: Path, answered: str) -> None:
    (acme,) = suggested(answered)
    config = tmp_path / "badbuzz.toml"
    options = f"reply_within_minutes = {acme['reply_within_minutes']}\nreply_objective = {acme['reply_objective']}\n"
    config.write_text(f"[desk]\n{options}", encoding="utf-8")
    assert suggested("--config", str(config), answered) == [acme]


def test_a_brand_that_answers_too_few_is_told_so_rather_than_given_an_objective(tmp_path: Path) -> None:
    record = written(tmp_path / "r.jsonl", *(conversation(n, 600 * n, 10 if n < 3 else None) for n in range(60)))
    done = badbuzz("desk", "suggest", record)
    assert b"Acme: no objective to set: fewer than 70% of the complaints had a reply in 240 minutes" in done.stdout


def test_a_complaint_whose_time_is_not_up_at_the_end_of_the_record_counts_in_no_share(tmp_path: Path) -> None:
    said = [conversation(0, 0, 5), conversation(1, 90 * MINUTE, None), conversation(2, 110 * MINUTE, 1)]
    (acme,) = suggested(written(tmp_path / "r.jsonl", *said))
    assert acme["in_time"] == {"15": 0.667, "30": 1.0, "60": 1.0, "240": 1.0}


def test_without_an_official_text_the_option_to_set_is_named(tmp_path: Path) -> None:
    done = badbuzz("desk", "suggest", written(tmp_path / "r.jsonl", conversation(0, 0, None)))
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"official_accounts" in done.stderr


def test_only_the_brands_asked_for_are_shown(answered: str) -> None:
    other = badbuzz("desk", "suggest", answered, "--brand", "Mute")
    assert (other.returncode, other.stdout) == (0, b"")
    assert [shares["brand"] for shares in suggested(answered, "--brand", "Acme")] == ["Acme"]


def test_check_says_of_which_brands_it_cannot_see_how_they_answer(tmp_path: Path) -> None:
    config, nowhere = (
        tmp_path / "badbuzz.toml",
        {"BADBUZZ_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "BADBUZZ_KAFKA_CONNECT_TIMEOUT_S": "1"},
    )
    config.write_text("[brands.Acme]\n[brands.Mute.desk]\nenabled = false\n", encoding="utf-8")
    checked = badbuzz("check", "--config", str(config), env=nowhere)
    assert b"response desk: expected official accounts of each brand, got none for Acme: " in checked.stdout
    config.write_text('[brands.Acme]\nofficial_accounts = ["acme"]\n', encoding="utf-8")
    checked = badbuzz("check", "--config", str(config), env=nowhere)
    assert b"response desk: sees 1 brand by its official accounts" in checked.stdout


def test_a_replay_prints_what_is_owed_between_the_changes_of_the_incident(tmp_path: Path) -> None:
    lines = documented("2012-06-10T00:00:00+00:00", "2012-06-12T02:00:00+00:00")
    shown = badbuzz("replay", write_lines(tmp_path / "r.jsonl", lines)).stdout.decode()
    at = {text: shown.find(text) for text in ("WARNING 3 Suisses", "3 Suisses: nothing said on the matter for")}
    warning, silence = at.values()
    assert -1 < warning < silence
