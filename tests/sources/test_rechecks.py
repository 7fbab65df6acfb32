"""What people who delete a post can rely on: the network is asked, and only what it says counts as deleted."""

import pytest

from streams.errors import SourceError
from streams.sources.mastodon import lookup
from streams.sources.source import Rechecks
from tests.sources.bluesky.jetstream_runs import source, with_server
from tests.sources.fakes.fake_jetstream import FakeJetstream
from tests.sources.fakes.fake_mastodon import DOMAIN, FakeMastodon
from tests.sources.fakes.fake_x import FakeX
from tests.sources.mastodon.mastodon_reading import open_source as open_mastodon
from tests.sources.mastodon.mastodon_reading import read_while
from tests.sources.reading import Clock, run
from tests.sources.x.x_reading import open_source as open_x


def test_x_says_which_posts_are_deleted_protected_or_withheld_and_no_other_counts() -> None:
    async def test() -> None:
        clock = Clock()
        async with FakeX(clock) as x:
            there, withheld = x.tweet("there"), x.tweet("withheld", 1, withheld={"country_codes": ["FR"]})
            x.tweets += [there, withheld]
            x.silent_about = {"55"}
            x.problems["56"] = "not-authorized-for-resource"
            x.problems["57"] = "over-capacity"
            ids = [there["id"], withheld["id"], "54", "55", "56", "57", "no number"]
            reading = open_x(x, clock)
            assert isinstance(reading, Rechecks)
            assert await reading.absent(ids) == {withheld["id"], "54", "56"}
            assert x.charged == {there["id"], withheld["id"]}
            many = [str(number) for number in range(1, 251)]
            assert await reading.absent(many) == set(many) - x.silent_about - {"57"}
            x.refuse["/2/tweets"] = (503, {}, "")
            with pytest.raises(SourceError):
                await reading.absent(ids)

    run(test())


def test_a_mastodon_server_says_which_statuses_it_finds_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "PAUSE_S", 0)

    async def test() -> None:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            there = server.publish("#acme broke")
            deleted = f"https://{DOMAIN}/users/ann/statuses/1"
            reading = open_mastodon(server, clock)
            assert isinstance(reading, Rechecks)
            # The address of a boost is found by no search: it is not asked for.
            assert await reading.absent([there["uri"], deleted, f"{deleted}/activity", "5"]) == {deleted}
            server.refuse["/api/v2/search"] = (429, {}, "")
            with pytest.raises(SourceError):
                await reading.absent([deleted])

    run(test())


def test_what_a_mastodon_author_deletes_is_forgotten_as_it_happens() -> None:
    async def test() -> list[str]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            uris: list[str] = []

            def act() -> None:
                status = server.publish("#acme broke")
                uris.append(status["uri"])
                server.home("delete", status["id"])
                server.home("delete", "12345")
                server.publish("#acme last")

            batches = await read_while(server, open_mastodon(server, clock), act, 2)
            assert [post_id for batch in batches for post_id in batch.gone] == uris
            return uris

    assert run(test())


def test_bluesky_says_which_posts_are_shown_no_longer_and_no_answer_is_none() -> None:
    async def test(server: FakeJetstream) -> None:
        there = "at://did:plc:ann/app.bsky.feed.post/1"
        server.counts[there] = (1, 2, 3)
        gone = [f"at://did:plc:bob/app.bsky.feed.post/{number}" for number in range(30)]
        reading = source(server.jetstream, appview=server.url)
        assert isinstance(reading, Rechecks)
        assert await reading.absent([there, *gone, "at://did:plc:bob/app.bsky.feed.repost/1"]) == set(gone)
        with pytest.raises(SourceError, match="expected an answer"):
            await source(server.jetstream).absent([there])

    with_server(test)
