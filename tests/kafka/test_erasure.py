"""An author who asks for it, and what its author deleted, are erased from the published events."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from msgspec.structs import replace

from streams.cli.main import main
from streams.collecting.pseudonyms import pseudonym
from streams.kafka.clients import consumer_options, producer_options
from streams.kafka.logs.desk_log import read_situations
from streams.kafka.logs.incident_log import read_incidents
from streams.kafka.reading import read_to_end
from streams.kafka.topic_admin import create
from streams.settings.kafka import KafkaSettings, TopicSettings
from tests.behaviour.engines import in_process
from tests.helpers.kafka.environment import environment
from tests.helpers.records import crisis
from tests.helpers.situations import post, situation
from tests.sources.fakes.fake_x import TOKEN, FakeX
from tests.sources.reading import Clock

KEY = "a key of a test, not a secret"


def rewritten(output: str) -> int:
    """The number that the command ends its first sentence with."""
    return int(" ".join(output.split()).split("of this author: ")[1].split()[0])


def test_forgetting_an_author_rewrites_the_events_that_quote_them_and_no_other(
    kafka_settings: KafkaSettings, tmp_path: Path
) -> None:
    create(kafka_settings, TopicSettings(mentions_partitions=1, rollups_partitions=1))
    events = [event for event in in_process(crisis()) if b'"type":"incident"' in event]
    # Two of these events quote one author, once by the account and once by the pseudonym.
    author, hashed = "ann's account", pseudonym(KEY, "x", "ann's account")
    quoting = [number for number, event in enumerate(events) if json.loads(event)["posts"]]
    for number, name in zip(quoting, (author, hashed), strict=False):
        event = json.loads(events[number])
        event["posts"][0]["author"] = name
        events[number] = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
    topic = kafka_settings.topic("incidents")
    producer = KafkaProducer(**producer_options(kafka_settings))
    for event in events:
        producer.send(topic, key=json.loads(event)["id"].encode(), value=event, partition=0)
    producer.flush(10)
    producer.close()

    (tmp_path / "badbuzz.toml").write_text("")
    env = environment(kafka_settings) | {"BADBUZZ_SOURCE_PSEUDONYM_KEY": KEY}
    config = ["--config", str(tmp_path / "badbuzz.toml")]
    result = CliRunner().invoke(main, ["forget", author, *config], env=env)
    assert (result.exit_code, rewritten(result.output)) == (0, 1)
    result = CliRunner().invoke(main, ["forget", author, "--network", "x", *config], env=env)
    assert rewritten(result.output) == 1

    consumer = KafkaConsumer(**consumer_options(kafka_settings, None))
    rows = {record.key: record.value for record in read_to_end(consumer, [TopicPartition(topic, 0)])}
    consumer.close()
    assert len(rows) == len(events)
    assert not any(author.encode() in value or hashed.encode() in value for value in rows.values())
    for before in events:
        after, old = json.loads(rows[json.loads(before)["id"].encode()]), json.loads(before)
        assert {**after, "posts": 0, "reach": 0} == {**old, "posts": 0, "reach": 0}
        assert [post["reach"] for post in after["posts"]] == [post["reach"] for post in old["posts"]]
    # Until Kafka compacts the topic the events are there twice; readers see the newest of each.
    assert [each.event.id for each in read_incidents(kafka_settings)].count(json.loads(events[0])["id"]) == 1


def test_forgetting_an_author_rewrites_the_last_situation_of_a_brand_once_its_incident_has_ended(
    kafka_settings: KafkaSettings, tmp_path: Path
) -> None:
    create(kafka_settings, TopicSettings(mentions_partitions=1, rollups_partitions=1))
    quoted = [post(1, author="ann"), post(2, author="bob")]
    over = situation("Acme", ended=True, posts=quoted)
    still_open = situation("Zeta", posts=quoted)
    alone = situation("Beta", ended=True, posts=quoted[1:])
    topic = kafka_settings.topic("situations")
    producer = KafkaProducer(**producer_options(kafka_settings))
    for picture in (replace(over, ended=False), over, still_open, alone):
        producer.send(topic, key=picture.brand.encode(), value=picture.to_json(), partition=0)
    producer.flush(10)
    producer.close()

    (tmp_path / "badbuzz.toml").write_text("")
    done = CliRunner().invoke(
        main, ["forget", "ann", "--config", str(tmp_path / "badbuzz.toml")], env=environment(kafka_settings)
    )
    assert (done.exit_code, rewritten(done.output)) == (0, 1)
    assert "run this again once it has ended" in " ".join(done.output.split())

    shown = read_situations(kafka_settings)
    assert (shown["Zeta"], shown["Beta"]) == (still_open, alone)
    erased, bobs = shown["Acme"].posts
    assert (erased.id, erased.author, erased.text, erased.url) == ("[erased]",) * 4
    assert (erased.reach, bobs) == (quoted[0].reach, quoted[1])
    assert replace(shown["Acme"], posts=quoted) == over


@contextmanager
def running_x() -> Iterator[FakeX]:
    """A fake X, served by a thread of its own: a command runs an event loop of its own."""
    loop, ready, x = asyncio.new_event_loop(), threading.Event(), FakeX(Clock())

    async def serve() -> None:
        async with x:
            ready.set()
            await stopping.wait()

    stopping = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield x
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join(10)
        loop.close()


def test_what_is_deleted_on_x_is_quoted_no_longer_and_what_x_still_shows_is(
    kafka_settings: KafkaSettings, tmp_path: Path
) -> None:
    create(kafka_settings, TopicSettings(mentions_partitions=1, rollups_partitions=1))
    event = json.loads(next(e for e in in_process(crisis()) if b'"type":"incident"' in e and json.loads(e)["posts"]))
    post = event["posts"][0]
    with running_x() as x:
        x.tweets.append(x.tweet("still there"))
        ids = [x.tweets[0]["id"], "41", "42"]
        event["posts"] = [{**post, "id": i, "network": "x", "text": f"text of {i}"} for i in ids]
        event["posts"].append({**post, "id": "43", "network": "forum", "text": "of a forum"})
        producer = KafkaProducer(**producer_options(kafka_settings))
        producer.send(kafka_settings.topic("incidents"), key=event["id"].encode(), value=json.dumps(event).encode())
        producer.flush(10)
        producer.close()

        def forget(*options: str) -> tuple[int, str]:
            done = CliRunner().invoke(main, ["forget", *options, "--config", str(tmp_path / "b.toml")], env=env)
            return done.exit_code, done.output

        def shown() -> list[str]:
            return [post["id"] for post in json.loads(read_incidents(kafka_settings)[0].line)["posts"]]

        (tmp_path / "b.toml").write_text(
            f'[source]\nallow_private = true\n[sources.x]\ntype = "x"\nurl = "{x.url}"\ntoken = "{TOKEN}"\n'
        )
        env = environment(kafka_settings)
        x.refuse["/2/tweets"] = (503, {}, "")
        code, output = forget("--deleted")
        assert (code, shown()) == (2, [*ids, "43"]), output
        del x.refuse["/2/tweets"]
        code, output = forget("--deleted")
        assert (code, shown()) == (0, [ids[0], "[erased]", "[erased]", "43"]), output
        assert "x: 2 of 3 publications are shown no longer" in output
        code, output = forget("--post", "43", "--network", "forum")
        assert (code, shown()) == (0, [ids[0], "[erased]", "[erased]", "[erased]"]), output
        assert forget("--deleted", "--post", "43")[0] == forget()[0] == forget("--post", "43")[0] == 2
