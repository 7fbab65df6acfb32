"""What a user can rely on where Mastodon fails, disables a stream, or was not read for a while."""

from datetime import timedelta

import pytest

from streams.errors import SourceError
from streams.sources.source import Batch
from tests.sources.fakes.fake_mastodon import FakeMastodon
from tests.sources.mastodon.mastodon_reading import open_source, read_while
from tests.sources.reading import Clock, posts_of, read_to_error, read_until, refused_of, run

TIMELINE = "/api/v1/timelines/tag/acme"


def texts(batches: list[Batch]) -> list[str]:
    return [post.text for post in posts_of(batches)]


def test_a_server_whose_hashtag_stream_is_disabled_is_refused_in_one_clear_line() -> None:
    async def test() -> SourceError:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            server.access = {"local": "disabled", "remote": "disabled"}
            assert await read_until(open_source(server, clock, hashtags=()), None, bool)
            return (await read_to_error(open_source(server, clock)))[1]

    error = run(test())
    assert error.fatal
    assert "administrators switched off timelines_access.hashtag_feeds" in str(error)
    assert "\n" not in str(error)


def test_a_server_that_shows_its_own_statuses_only_is_read_as_far_as_it_shows_them() -> None:
    async def test() -> list[dict[str, str]]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            server.access = {"local": "authenticated", "remote": "disabled"}
            await read_while(server, open_source(server, clock), lambda: server.publish("#acme"))
            return server.subscriptions

    assert run(test())[0] == {"type": "subscribe", "stream": "hashtag:local", "tag": "acme"}


def test_a_stream_that_no_longer_pings_is_noticed_within_the_limit_of_silence() -> None:
    async def test() -> tuple[list[Batch], SourceError]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            server.ping_s = None
            source = open_source(server, clock, silence_s=0.2)
            return await read_to_error(source, None, lambda _: clock.advance(minutes=1))

    batches, error = run(test())
    assert (error.reason, error.fatal) == ("silent", False)
    assert all(batch.complete_to is not None and batch.complete_to <= Clock().now for batch in batches)


def test_a_stream_that_pings_but_delivers_nothing_is_noticed_by_what_timelines_show() -> None:
    async def test() -> tuple[list[Batch], SourceError]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            server.blind = True

            def then(batches: int) -> None:
                if batches == 1:
                    server.publish("#acme unseen")
                    clock.advance(minutes=16)

            return await read_to_error(open_source(server, clock), None, then)

    batches, error = run(test())
    assert error.reason == "silent"
    assert "1 statuses" in str(error)
    assert texts(batches) == ["#acme unseen"]


def test_a_hashtag_that_nobody_uses_is_no_fault() -> None:
    async def test() -> int:
        clock = Clock()
        async with FakeMastodon(clock) as server:

            def enough(batches: list[Batch]) -> bool:
                clock.advance(minutes=8)
                return len(batches) == 6

            await read_until(open_source(server, clock), None, enough)
            return server.requests.count(f"GET {TIMELINE}")

    assert run(test()) >= 2


def test_a_stream_that_shows_a_hashtag_is_not_compared_with_its_timelines() -> None:
    async def test() -> list[str]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            source = open_source(server, clock)
            for_each = iter(range(100))

            def enough(batches: list[Batch]) -> bool:
                clock.advance(minutes=8)
                server.publish(f"#acme {next(for_each)}")
                return len(posts_of(batches)) >= 5

            await read_until(source, None, enough)
            return server.requests

    assert f"GET {TIMELINE}" not in run(test())


def test_the_pings_of_a_server_are_answered_or_it_would_hang_up() -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeMastodon(clock, ping_s=0.001) as server:
            return await read_until(open_source(server, clock), None, lambda batches: len(batches) == 10)

    assert len(run(test())) == 10


def test_a_status_of_another_server_that_came_late_is_found_after_an_interruption() -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            before = await read_until(open_source(server, clock), None, bool)
            server.publish("#acme from afar", "ann@far.example", age_s=30)
            clock.advance(minutes=1)
            return await read_until(open_source(server, clock), before[-1].cursor, lambda b: bool(posts_of(b)))

    assert texts(run(test())) == ["#acme from afar"]


def test_what_was_published_during_an_interruption_is_read_from_a_minute_before_it_on() -> None:
    async def test() -> tuple[list[Batch], list[Batch]]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            server.page = 10
            server.publish("#acme long ago", age_s=7200)
            before = await read_while(server, open_source(server, clock), lambda: server.publish("#acme 1"))
            clock.advance(minutes=5)
            for number in range(25):
                server.publish(f"#acme missed {number}")
                clock.advance(seconds=1)
            server.notify("mention", server.status("a missed mention"))
            clock.advance(minutes=5)
            server.publish("#acme young")
            source = open_source(server, clock)

            def act() -> object:
                return server.publish("#acme 2")

            after = await read_while(server, source, act, 2, cursor=before[-1].cursor)
            return before, after

    before, after = run(test())
    assert texts(before) == ["#acme 1"]
    missed = [f"#acme missed {n}" for n in range(25)]
    assert texts(after)[:27] == ["#acme 1", *missed, "#acme young"]
    assert sorted(texts(after)[27:]) == ["#acme 2", "a missed mention"]
    assert len({post.id for post in posts_of(after)}) == len(posts_of(after))
    assert all(batch.gap is None for batch in after)
    assert after[0].complete_to is None


@pytest.mark.parametrize("fault", [429, 503])
def test_a_timeline_that_cannot_be_read_leaves_a_gap_and_the_stream_goes_on(fault: int) -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            before = await read_until(open_source(server, clock), None, bool)
            clock.advance(minutes=30)
            server.refuse[TIMELINE] = (fault, {}, "<html>busy</html>")
            source = open_source(server, clock, own=False)
            return await read_until(source, before[-1].cursor, lambda batches: len(batches) == 3)

    batches = run(test())
    assert [batch.gap for batch in batches] == [None, (Clock().now, Clock().now + timedelta(minutes=30)), None]
    assert [batch.complete_to is not None for batch in batches] == [False, False, True]


def test_a_hashtag_that_the_server_does_not_know_yet_is_no_gap() -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            before = await read_until(open_source(server, clock), None, bool)
            server.refuse[TIMELINE] = (404, {}, '{"error":"Record not found"}')
            source = open_source(server, clock, own=False)
            clock.advance(minutes=30)
            return await read_until(source, before[-1].cursor, lambda batches: len(batches) == 2)

    assert all(batch.gap is None for batch in run(test()))


def test_an_interruption_with_more_statuses_than_are_asked_for_is_a_gap() -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            server.page = 2
            before = await read_until(open_source(server, clock), None, bool)
            clock.advance(minutes=30)
            for number in range(60):
                server.publish(f"#acme {number}")
            return await read_until(open_source(server, clock), before[-1].cursor, lambda b: bool(b[-1].gap))

    batches = run(test())
    assert batches[-1].gap is not None
    assert texts(batches) == [f"#acme {number}" for number in range(10, 60)]


@pytest.mark.parametrize("code", [1000, 1001, 1011])
def test_a_closed_connection_is_an_error_to_wait_for_and_loses_no_status_before_it(code: int) -> None:
    async def test() -> tuple[list[Batch], SourceError]:
        clock = Clock()
        async with FakeMastodon(clock) as server:

            def then(batches: int) -> None:
                if batches == 1:
                    server.publish("#acme")
                    server.send(code)

            return await read_to_error(open_source(server, clock), None, then)

    batches, error = run(test())
    assert (error.reason, error.fatal, error.retry_after_s) == ("closed", False, None)
    assert texts(batches) == ["#acme"]


def test_a_cut_connection_is_an_error_to_wait_for() -> None:
    async def test() -> SourceError:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            return (await read_to_error(open_source(server, clock), None, lambda _: server.cut()))[1]

    assert run(test()).reason == "closed"


def test_frames_that_are_no_events_are_counted_by_reason_and_skipped() -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeMastodon(clock) as server:

            def act() -> None:
                for frame in ("no json", "[]", '{"event":"update","payload":"no json"}', '{"event":"update"}', b"\x00"):
                    server.send(frame)
                server.send('{"event":"update","payload":"{\\"id\\":1}"}')
                server.send('{"event":"filters_changed"}')
                server.send('{"event":"an event of tomorrow","payload":"{}"}')
                server.send('{"event":"notification","payload":"{}"}')
                server.publish("#acme goes on")

            return await read_while(server, open_source(server, clock), act)

    batches = run(test())
    assert refused_of(batches) == {"json": 3, "form": 4}
    assert texts(batches) == ["#acme goes on"]


def test_a_frame_of_33_megabytes_closes_the_connection_and_takes_no_memory() -> None:
    async def test() -> SourceError:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            huge = "x" * (33 * 1024 * 1024)
            return (await read_to_error(open_source(server, clock), None, lambda _: server.send(huge)))[1]

    error = run(test())
    assert error.reason == "closed"
    assert "1009" in str(error)


def test_a_collector_that_is_too_slow_loses_the_oldest_posts_and_is_told_which() -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            before = await read_until(open_source(server, clock), None, bool)
            for number in range(10):
                server.publish(f"#acme {number}")
                clock.advance(seconds=1)
            return await read_until(
                open_source(server, clock, capacity=3), before[-1].cursor, lambda b: bool(posts_of(b))
            )

    (batch,) = run(test())
    assert texts([batch]) == ["#acme 7", "#acme 8", "#acme 9"]
    assert batch.refused == {"overflow": 7}
    assert batch.gap == (Clock().now, Clock().now + timedelta(seconds=6))
