"""A broker with TLS, logins and rights: the whole pipeline runs on it, and every refusal is one line with its remedy.

One file, so that one process runs it and starts the broker once.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from deploy.local.sasl_kafka import LocalSaslKafka
from streams.cli.main import main
from streams.errors import BrokerError
from streams.kafka.access.rights import (
    GROUP,
    TOPIC,
    TRANSACTION,
    Right,
    collector_rights,
    scorer_rights,
    watcher_rights,
)
from streams.kafka.topic_admin import create, require
from streams.settings.kafka import KafkaSettings
from tests.behaviour.engines import in_process
from tests.helpers.cluster import BADBUZZ, Cluster, Worker
from tests.helpers.kafka.environment import environment
from tests.helpers.mentions import mention_line
from tests.helpers.records import crisis
from tests.kafka.secured.logins import TOPICS, grant, login, unsigned_token

COMMANDS = {
    "topics describe": [],
    "topics create": [],
    "dead-letters list": [],
    "dead-letters send-again": ["--all"],
    "incidents": [],
    "source list": [],
    "check": [],
    "replay": ["--to-kafka", "RECORD"],
    "worker": [],
    "worker --only": ["scorer"],
}
every_command = pytest.mark.parametrize("command", COMMANDS)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "record.jsonl").write_bytes(mention_line(1, 0) + b"\n")
    monkeypatch.chdir(tmp_path)


def run(command: str, settings: KafkaSettings) -> Result:
    arguments = [*command.split(), *COMMANDS.get(command, [])]
    words = [word.replace("RECORD", "record.jsonl") for word in arguments]
    own = {"BADBUZZ_TOPICS_MENTIONS_PARTITIONS": "4", "BADBUZZ_TOPICS_ROLLUPS_PARTITIONS": "4"}
    return CliRunner().invoke(main, words, env=environment(settings) | own | {"BADBUZZ_METRICS_PORT": "0"})


def refused(command: str, settings: KafkaSettings) -> str:
    """The one line that a refused command ends with; no password in it."""
    result = run(command, settings)
    assert result.exit_code == 2, result.output
    lines = result.output.splitlines()
    (line,) = [line for line in lines if line.startswith("badbuzz: ")]
    assert len(lines) == 1 or command == "check"  # which also says what is good
    assert settings.sasl_password not in line
    return line


@every_command
def test_a_wrong_password_is_named_as_that_by_every_command(command: str, secured_broker: LocalSaslKafka) -> None:
    line = refused(command, login(secured_broker, "ann", "mistyped"))
    assert "refused the login of 'ann' by SCRAM-SHA-512: check BADBUZZ_KAFKA_SASL_MECHANISM, _USERNAME and" in line


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "topics create"])
def test_a_missing_topic_is_named_with_the_command_that_creates_it(command: str, admin: KafkaSettings) -> None:
    settings = KafkaSettings(
        **{name: getattr(admin, name) for name in admin.__struct_fields__} | {"topic_prefix": "no."}
    )
    result = run(command, settings)
    assert result.exit_code == (1 if command == "topics describe" else 2)
    assert re.search(r"topic no\.\S+ is missing: run 'badbuzz topics create'", result.output)


@every_command
@pytest.mark.usefixtures("admin")
def test_a_missing_right_is_named_with_who_lacks_it(command: str, secured_broker: LocalSaslKafka) -> None:
    line = refused(command, login(secured_broker, "bob", topic_prefix="eu."))
    assert "does not allow 'bob'" in line
    assert re.search(r"eu\.(mentions|incidents|sources)", line)
    assert "'badbuzz topics plan' prints the commands" in line


def test_an_unknown_authority_is_named_with_the_file_to_set(secured_broker: LocalSaslKafka) -> None:
    line = refused("topics describe", login(secured_broker, "ann", ca="other-ca.pem"))
    assert "has a certificate that is not trusted here" in line
    assert "BADBUZZ_KAFKA_TLS_CA_FILE" in line


def test_a_certificate_for_another_name_is_named_as_that(secured_broker: LocalSaslKafka) -> None:
    settings = login(secured_broker, "ann")
    elsewhere = replace(settings, bootstrap_servers=f"127.0.0.2:{secured_broker.port}")
    line = refused("topics describe", elsewhere)
    # The broker listens on 127.0.0.1 alone on some systems: then nothing answers there.
    assert "has a certificate for another name" in line or "no answer from Kafka at 127.0.0.2" in line


def test_a_client_without_tls_is_told_that_the_listener_asks_for_more(secured_broker: LocalSaslKafka) -> None:
    plain = KafkaSettings(bootstrap_servers=secured_broker.bootstrap, connect_timeout_s=1.5, sasl_password="")
    result = run("topics describe", plain)
    assert result.exit_code == 2
    assert "did not answer over PLAINTEXT" in result.output
    assert "BADBUZZ_KAFKA_TLS=true" in result.output


def test_tls_without_a_login_is_told_that_one_is_asked_for(secured_broker: LocalSaslKafka) -> None:
    ca = str(secured_broker.keys / "ca.pem")
    result = run(
        "incidents", KafkaSettings(bootstrap_servers=secured_broker.bootstrap, connect_timeout_s=1.5, tls_ca_file=ca)
    )
    assert result.exit_code == 2
    assert "set BADBUZZ_KAFKA_SASL_MECHANISM, _USERNAME and _PASSWORD where it asks for a login" in result.output


def test_a_mechanism_that_the_broker_does_not_offer_is_a_refused_login(secured_broker: LocalSaslKafka) -> None:
    settings = login(secured_broker, "ann")
    other = replace(settings, sasl_mechanism="PLAIN")
    assert "refused the login of 'ann' by PLAIN: check BADBUZZ_KAFKA_SASL_MECHANISM" in refused("incidents", other)


def test_workers_with_the_documented_rights_publish_the_incidents_of_a_replay(
    secured_broker: LocalSaslKafka, admin: KafkaSettings, tmp_path: Path
) -> None:
    ann = login(secured_broker, "ann", topic_prefix="eu.")
    readers = [Right(TOPIC, "eu.incidents", "READ"), Right(TOPIC, "eu.mentions", "WRITE")]
    grant(admin, "ann", {*scorer_rights(ann), *watcher_rights(ann), *collector_rights(ann), *readers})
    record = tmp_path / "record.jsonl"
    record.write_bytes(b"\n".join(crisis()))
    with Cluster(admin, tmp_path) as cluster:
        worker = Worker(ann, "w", tmp_path / "w.log")
        cluster.workers.append(worker)
        worker.wait_ready()
        command = [str(BADBUZZ), "replay", "--to-kafka", str(record)]
        sent = subprocess.run(command, env=os.environ | environment(ann), capture_output=True, timeout=120, check=False)
        assert sent.returncode == 0, sent.stderr
        cluster.drain()
        assert cluster.incidents() == in_process(crisis())
        cluster.stop(worker, kill=False)
        assert "Traceback" not in worker.log.read_text()


@pytest.mark.parametrize(
    ("lacks", "named"),
    [
        (Right(TOPIC, "x.rollups", "WRITE"), "WRITE on topic x.rollups"),
        (Right(GROUP, "x.badbuzz-scorer", "READ"), "READ on group x.badbuzz-scorer"),
        (Right(TRANSACTION, "x.badbuzz-scorer-", "WRITE"), r"WRITE on transactional-id x.badbuzz-scorer-\*"),
    ],
)
def test_a_worker_that_lacks_one_right_does_not_start_and_names_it(
    lacks: Right, named: str, secured_broker: LocalSaslKafka, admin: KafkaSettings
) -> None:
    prefix = f"{lacks.resource}."
    lacks = lacks._replace(name=lacks.name.replace("x.", prefix))
    eve = login(secured_broker, "eve", topic_prefix=prefix)
    create(replace(admin, topic_prefix=prefix), TOPICS)
    needed = scorer_rights(eve)
    lacking = [right for right in needed if right[:2] == lacks[:2]]
    grant(admin, "eve", [right for right in needed if right not in lacking])
    with pytest.raises(BrokerError, match=f"does not allow 'eve': .*{named.replace('x.', prefix)}"):
        require(eve, TOPICS, needed)
    grant(admin, "eve", lacking)
    require(eve, TOPICS, needed)


@pytest.mark.usefixtures("admin")
def test_a_token_is_a_login_too(secured_broker: LocalSaslKafka, tmp_path: Path) -> None:
    token = tmp_path / "token"
    settings = KafkaSettings(
        bootstrap_servers=secured_broker.bootstrap,
        sasl_mechanism="OAUTHBEARER",
        oauth_token_file=str(token),
        tls_ca_file=str(secured_broker.keys / "ca.pem"),
        topic_prefix="eu.",
        connect_timeout_s=1.5,
    )
    token.write_text(unsigned_token("admin"))
    require(settings, TOPICS)
    token.write_text(unsigned_token("bob"))
    with pytest.raises(BrokerError, match="does not allow the OAuth client's principal"):
        require(settings, TOPICS)
    token.write_text("no token at all")
    with pytest.raises(BrokerError, match="refused the login of the OAuth client by OAUTHBEARER"):
        require(settings, TOPICS)
