"""`badbuzz desk`, as a person of the crisis cell runs it at a terminal."""

import json
import time
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest
from kafka import KafkaProducer

from deploy.local.prometheus import LocalAlertmanager
from streams.kafka.clients import producer_options
from streams.kafka.logs.desk_log import read_desk_log
from streams.kafka.topic_admin import create
from streams.oncall.silences import Alertmanager
from streams.settings.kafka import KafkaSettings, TopicSettings
from tests.helpers.desk_actions import INCIDENT, picture
from tests.helpers.terminal import badbuzz

Desk = Callable[..., CompletedProcess[bytes]]


@pytest.fixture
def desk(kafka_settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The command, where one incident of Acme is open."""
    create(kafka_settings, TopicSettings())
    producer = KafkaProducer(**producer_options(kafka_settings))
    producer.send(kafka_settings.topic("situations"), key=b"Acme", value=picture().to_json(), partition=0).get(10)
    producer.close()
    monkeypatch.setenv("BADBUZZ_KAFKA_BOOTSTRAP_SERVERS", kafka_settings.bootstrap_servers)
    monkeypatch.setenv("BADBUZZ_KAFKA_TOPIC_PREFIX", kafka_settings.topic_prefix)
    monkeypatch.setenv("BADBUZZ_DESK_WHO", "anne")
    return lambda *arguments: badbuzz("desk", *arguments)


def status(desk: Desk) -> dict[str, object]:
    [line] = desk("status", "--json").stdout.splitlines()
    found: dict[str, object] = json.loads(line)
    return found


def test_what_a_person_does_at_a_terminal_is_in_the_log_and_in_the_status(
    desk: Desk, kafka_settings: KafkaSettings
) -> None:
    assert status(desk)["acknowledged_by"] is None
    for arguments in (
        ("ack", "Acme"),
        ("role", INCIDENT, "lead", "marc"),
        ("hold", "Acme", "--why", "five posts planned"),
        ("note", "Acme", "the plant confirms"),
    ):
        done = desk(*arguments)
        assert (done.returncode, done.stderr) == (0, b"")
    logged = read_desk_log(kafka_settings)
    assert [(each.kind, each.who, each.incident) for each in logged] == [
        ("acknowledge", "anne", INCIDENT),
        ("role", "anne", INCIDENT),
        ("hold", "anne", INCIDENT),
        ("note", "anne", INCIDENT),
    ]
    now = status(desk)
    assert (now["acknowledged_by"], now["roles"], now["held"], now["version"]) == ("anne", {"lead": "marc"}, True, 4)
    assert desk("release", "Acme").returncode == 0
    assert desk("false-alarm", "Acme", "--why", "a joke").returncode == 0
    assert status(desk)["owed"] == []


def test_a_person_sees_in_one_table_what_is_open_who_has_it_and_what_is_due(desk: Desk) -> None:
    done = desk("status")
    text = " ".join(done.stdout.decode().split())
    assert done.returncode == 0
    assert "warning" in text
    assert "nobody" in text
    assert "holding OVERDUE" in text


def test_an_unknown_incident_is_refused_with_those_that_are_open(desk: Desk) -> None:
    done = desk("ack", "Nobody")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"a brand with an open one (Acme), got 'Nobody'" in b" ".join(done.stderr.split())


def test_a_mute_makes_the_silence_and_names_it_in_the_log(
    desk: Desk,
    kafka_settings: KafkaSettings,
    tools: None,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = desk("mute", "Acme", "--why", "known")
    assert refused.returncode == 2
    assert b"BADBUZZ_ALERTMANAGER_URL" in refused.stderr
    config = tmp_path_factory.mktemp("mute") / "alertmanager.yml"
    config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    with LocalAlertmanager(config) as server:
        monkeypatch.setenv("BADBUZZ_ALERTMANAGER_URL", server.url)
        done = desk("mute", "Acme", "--minutes", "30", "--why", "known, we answer at noon")
        assert (done.returncode, done.stderr) == (0, b"")
        [muted] = read_desk_log(kafka_settings)
        silence = Alertmanager(server.url, "badbuzz").silence(muted.silence)
    assert (silence.state, silence.created_by, silence.comment) == ("active", "anne", "known, we answer at noon")
    assert silence.ends_at == muted.until
    assert muted.until > time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    assert status(desk)["muted_until"] == muted.until
