"""What a network or an export repeats, or tells by another clock, did not happen now: it raises no incident."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from streams.mentions.mention import decode
from streams.sources.source import Batch, Post
from tests.exports.files import export, imported
from tests.sources.bluesky.jetstream_runs import source
from tests.sources.fakes.clock import START
from tests.sources.fakes.fake_jetstream import NOON, SECOND, FakeJetstream
from tests.sources.pipeline_runs import MINUTE, incidents, played
from tests.sources.reading import at_least, posts_of, read_until

NEW_YORK = ZoneInfo("America/New_York")


def repaired() -> list[Post]:
    """Posts of a resync: repositories are sent again, whole, while the stream goes on."""

    async def run() -> list[Post]:
        async with FakeJetstream() as server:
            at = int(START.timestamp()) - NOON // SECOND
            cursor = await server.beginning()
            for number in range(300):
                old = START - timedelta(hours=4, minutes=number)
                text = f"Acme box {number} is a shame, the worst parcel {number * 7919}, never again"
                await server.post(text, at, f"did:plc:a{number}", createdAt=old.isoformat())
            return posts_of(await read_until(source(server.jetstream), cursor, at_least(300)))

    return asyncio.run(run())


def test_a_resync_of_repositories_raises_no_incident() -> None:
    posts = repaired()
    assert len(posts) == 300
    later = Batch(complete_to=START + 20 * MINUTE)
    assert incidents([Batch(posts, complete_to=START), later]) == 0
    at_once = [msgspec.structs.replace(post, created_at=START) for post in posts]
    assert incidents([Batch(at_once, complete_to=START), later]) > 0, "they would, if they counted when they came"


def test_the_hour_that_clocks_repeat_in_an_export_raises_no_incident_and_is_two_hours_of_mentions() -> None:
    start = datetime(2026, 10, 18, 12, tzinfo=UTC)
    local = [(start + 3 * MINUTE * number).astimezone(NEW_YORK) for number in range(14 * 24 * 20)]
    rows = [
        {"created_at": f"{at:%Y-%m-%d %H:%M:%S}", "brand": "Acme", "text": f"parcel {n} broken, a shame", "author": n}
        for n, at in enumerate(local)
    ]
    result = imported(export(["created_at", "brand", "text", "author"], *rows), zone=NEW_YORK)
    assert any("an hour that the clocks repeat" in note for note in result.report.notes)
    mentions = [mention for mention in map(decode, result.lines) if mention.kind != "heartbeat"]
    hours = Counter(f"{mention.created_at:%m-%d %H}" for mention in mentions)
    assert set(hours.values()) == {20}, "where both runs were taken for one, an hour would have 40 and the next none"
    assert played(result.lines) == 0
