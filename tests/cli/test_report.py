"""`badbuzz report` and `replay --report`, as the person runs them who prepares the meeting after an incident."""

from pathlib import Path

import pytest

from streams.console.state import DESK, INCIDENTS, SITUATIONS, Record
from streams.kafka.topic_admin import create
from streams.settings.kafka import KafkaSettings, TopicSettings
from tests.helpers.console_process import send
from tests.helpers.report_histories import GOLDEN, INCIDENT, actions, recorded
from tests.helpers.terminal import badbuzz


def test_a_replay_writes_a_page_a_text_and_a_picture_of_each_incident(record: str, tmp_path: Path) -> None:
    done = badbuzz("replay", record, "--report", str(tmp_path / "reports"))
    assert done.returncode == 0
    pages = sorted((tmp_path / "reports").glob("*.html"))
    assert pages
    assert done.stderr.decode().splitlines() == [str(page) for page in pages]
    crises = [page for page in pages if page.with_suffix(".svg").exists()]
    assert crises
    assert all("data:image/svg+xml;base64," in page.read_text(encoding="utf-8") for page in crises)
    text = crises[0].with_suffix(".md").read_text(encoding="utf-8")
    assert f"]({crises[0].with_suffix('.svg').name})" in text


def test_reports_change_nothing_of_what_a_replay_prints(record: str, tmp_path: Path) -> None:
    plain = badbuzz("replay", record, "--json")
    assert badbuzz("replay", record, "--json", "--report", str(tmp_path)).stdout == plain.stdout


def test_a_folder_that_cannot_be_written_is_one_line_and_status_2(record: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = badbuzz("replay", record, "--report", str(tmp_path / "file" / "reports"))
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"expected a folder that can be written" in done.stderr


@pytest.fixture
def published(kafka_settings: KafkaSettings) -> dict[str, str]:
    """The documented incident on Kafka, with what a cell did; the environment of the commands."""
    create(kafka_settings, TopicSettings(rollups_partitions=1, mentions_partitions=1))
    events, situations = recorded()
    send(
        kafka_settings,
        [
            *(Record(INCIDENTS, each.id.encode(), each.to_json()) for each in reversed(events)),
            *(Record(SITUATIONS, each.brand.encode(), each.to_json()) for each in situations.values()),
            *(Record(DESK, each.incident.encode(), each.to_json()) for each in (*actions(), *actions())),
        ],
    )
    return {
        "BADBUZZ_KAFKA_BOOTSTRAP_SERVERS": kafka_settings.bootstrap_servers,
        "BADBUZZ_KAFKA_TOPIC_PREFIX": kafka_settings.topic_prefix,
        "BADBUZZ_TIMEZONE": "Europe/Paris",
    }


def test_an_incident_is_reported_from_kafka_by_its_id_or_its_brand(published: dict[str, str], tmp_path: Path) -> None:
    golden = (GOLDEN / "trois_suisses_2012.md").read_text(encoding="utf-8")
    for name in (INCIDENT, "3 Suisses"):
        done = badbuzz("report", name, env=published)
        assert (done.returncode, done.stderr, done.stdout.decode()) == (0, b"", golden)
    done = badbuzz("report", "3 Suisses", "--out", str(tmp_path), env=published)
    page = tmp_path / "3-suisses-20120611T153100Z.html"
    assert done.stdout.decode().strip() == str(page)
    assert page.read_text(encoding="utf-8") == (GOLDEN / "trois_suisses_2012.html").read_text(encoding="utf-8")
    unknown = badbuzz("report", "Acme", env=published)
    assert unknown.returncode == 2
    assert unknown.stderr.count(b"\n") == 1
    assert b"a brand that had one (3 Suisses), got 'Acme'" in unknown.stderr


def test_a_drill_with_an_impossible_beginning_is_one_line_and_status_2() -> None:
    done = badbuzz("drill", "--begin", "midnight")
    assert done.returncode == 2
    assert b"--begin: expected a time as 2012-06-11T23:56:00Z, got 'midnight'" in done.stderr
    assert done.stderr.count(b"\n") == 1
