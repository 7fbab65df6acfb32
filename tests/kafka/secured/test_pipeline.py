"""The whole pipeline on a broker with TLS, logins and rights, by users with the rights that are documented."""

import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from deploy.local.sasl_kafka import LocalSaslKafka
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
from tests.helpers.environment import environment
from tests.helpers.records import crisis
from tests.kafka.secured.logins import TOPICS, grant, login, unsigned_token


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
    create(msgspec.structs.replace(admin, topic_prefix=prefix), TOPICS)
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
