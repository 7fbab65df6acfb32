"""A message of `rollups` that no watcher can read is a dead letter; it ends no watcher, and can be sent again."""

from pathlib import Path

from kafka import KafkaProducer

from streams.kafka.clients import producer_options
from streams.kafka.logs.dead_letters import read_letters, send_again
from streams.kafka.topics import ROLLUPS
from streams.scoring.rollup_batch import VERSION
from streams.settings.kafka import KafkaSettings
from tests.behaviour.engines import in_process
from tests.helpers.cluster import TOPICS, Cluster, wait_until
from tests.helpers.records import crisis

UNREADABLE = (b"no rollups", b"\x92\x63\x90", b"")  # other bytes, a later version, nothing


def test_a_watcher_goes_on_past_messages_it_cannot_read(kafka_settings: KafkaSettings, tmp_path: Path) -> None:
    with Cluster(kafka_settings, tmp_path) as cluster:
        worker = cluster.start("w")
        worker.wait_ready()
        producer = KafkaProducer(**producer_options(kafka_settings))
        for partition in range(TOPICS.rollups_partitions):
            for value in UNREADABLE:
                producer.send(kafka_settings.topic(ROLLUPS), value=value, partition=partition).get(10)
        producer.close()
        cluster.send(crisis())
        cluster.drain()
        assert cluster.incidents() == in_process(crisis())
        letters = list(read_letters(kafka_settings))
        assert {letter.reason for letter in letters} == {"rollup"}
        assert sorted(letter.value for letter in letters) == sorted(UNREADABLE * TOPICS.rollups_partitions)
        refusal = f"expected rollups of version {VERSION}, got version 99: update this worker"
        assert any(refusal in letter.detail for letter in letters)
        assert worker.process.poll() is None
        assert "Traceback" not in worker.log.read_text()

        # Sent again, each goes to its own partition, where it is as unreadable as before.
        assert send_again(kafka_settings, letters[:1] + letters[:1]) == 1

        def stored_again() -> bool:
            return [x.source for x in read_letters(kafka_settings)].count(letters[0].source) == len(UNREADABLE) + 1

        wait_until(stored_again, lambda: worker.log.read_text()[-2000:])
        cluster.stop(worker, kill=False)
