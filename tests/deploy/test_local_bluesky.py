"""What a person who tries live sources on a laptop can rely on: an incident that happens on a fake Bluesky, now."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from functools import cache

from deploy.local.bluesky import LocalBluesky
from deploy.local.bluesky_player import Player, tag_of
from deploy.local.fake_bluesky import FakeBluesky
from streams.scenarios import Scenario, load_scenario
from streams.settings.sources import CollectorSettings, JetstreamConfig
from streams.sources.bluesky.jetstream import Jetstream, Limits
from streams.sources.source import Post
from tests.sources.reading import at_least, posts_of, read_until

OFFICIAL = frozenset(("3suisses.example",))
SHOWN = 400


def named(text: str) -> bool:
    return "3suisses" in tag_of(text)


@cache
def scenario() -> Scenario:
    return load_scenario("trois_suisses_2012")


def reading_of(jetstream: str, appview: str) -> Jetstream:
    config = JetstreamConfig(url=(jetstream,), appview=appview)
    return Jetstream(
        "bluesky", config, CollectorSettings(allow_private=True), OFFICIAL, named=named, limits=Limits(batch_s=0.05)
    )


@cache
def played() -> tuple[list[Post], Player, datetime, datetime]:
    """Play ten days up to now and read what concerns the brand; with the times of the beginning and the end."""

    async def run() -> tuple[list[Post], Player, datetime, datetime]:
        player = Player(scenario(), now=scenario().start + timedelta(days=10), catch_up_s=1.0, small_talk_s=0.05)
        async with FakeBluesky(player.log) as server:
            server.followers, server.handles = player.followers, player.handles
            reading = asyncio.create_task(read_until(reading_of(server.jetstream, server.url), None, at_least(SHOWN)))
            await player.log.watched.wait()
            began = datetime.now(UTC)
            playing = asyncio.create_task(player.play())
            posts = posts_of(await reading)
            while player.log.events[-1].us / 1e6 < (began + timedelta(seconds=1.5)).timestamp():
                await asyncio.wait({playing}, timeout=0.05)
            playing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await playing
        return posts, player, began, datetime.now(UTC)

    return asyncio.run(run())


def test_the_past_is_played_until_it_is_now_and_never_beyond() -> None:
    _, player, began, ended = played()
    times = [event.us / 1e6 for event in player.log.events]
    assert times == sorted(times)
    assert (began - timedelta(days=10, seconds=5)).timestamp() < times[0] < (began - timedelta(days=9)).timestamp()
    assert began.timestamp() < times[-1] <= ended.timestamp()


def test_every_post_about_the_brand_can_be_found() -> None:
    posts, _, _, _ = played()
    about = [post for post in posts if post.kind in ("post", "reply") and post.author not in OFFICIAL]
    assert len(about) > SHOWN / 2
    assert all(named(f"{post.text} {post.searched}") or post.addressed for post in about)


def test_the_brand_answers_from_its_official_account() -> None:
    posts, _, _, _ = played()
    answers = [post for post in posts if post.author in OFFICIAL]
    assert answers
    assert {post.kind for post in answers} == {"reply"}


def test_people_share_what_others_wrote() -> None:
    posts, player, _, _ = played()
    shared = [post.about for post in posts if post.kind == "repost"]
    assert shared
    assert all(player.counts[uri or ""][0] > 0 for uri in shared)


def test_it_runs_as_a_process_of_a_stack() -> None:
    with LocalBluesky(catch_up_s=5.0) as bluesky:
        posts = posts_of(asyncio.run(read_until(reading_of(bluesky.jetstream, bluesky.url), None, at_least(5))))
        assert len(posts) >= 5
        pid = bluesky.pid
    assert pid is not None
    assert bluesky.pid is None
