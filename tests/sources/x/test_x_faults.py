"""What a user can rely on where X fails: each fault is noticed, named, and waited for as X asks."""

import pytest

from streams.errors import SourceError
from streams.settings.sources import XConfig
from streams.sources.source import Batch
from streams.sources.x.stream import XStream
from tests.sources.fakes.fake_x import OPERATIONAL_DISCONNECT, TOKEN, TOO_MANY, FakeX
from tests.sources.reading import Clock, posts_of, read_to_error, run
from tests.sources.x.x_reading import COMMON, RULES, open_source, read_while


def test_a_stream_without_keep_alive_is_noticed_within_the_limit_of_silence() -> None:
    async def test() -> tuple[list[Batch], SourceError]:
        clock = Clock()
        async with FakeX(clock) as x:
            x.keep_alive_s = None
            return await read_to_error(open_source(x, clock, silence_s=0.2), None, lambda _: clock.advance(minutes=1))

    batches, error = run(test())
    assert error.reason == "silent"
    assert all(batch.complete_to is not None and batch.complete_to <= Clock().now for batch in batches)


def test_a_dead_connection_that_x_still_counts_is_closed_and_the_next_attempt_succeeds() -> None:
    async def test() -> SourceError:
        clock = Clock()
        async with FakeX(clock) as x:
            x.half_open = True
            source = open_source(x, clock)
            _, error = await read_to_error(source)
            assert "DELETE /2/connections/all" in x.requests
            assert posts_of(await read_while(x, source, None, "Acme is back"))
            return error

    error = run(test())
    assert (error.reason, error.retry_after_s, error.fatal) == ("rate_limit", 20, False)


def test_a_dead_connection_that_cannot_be_closed_is_waited_for_longer() -> None:
    async def test() -> SourceError:
        clock = Clock()
        async with FakeX(clock) as x:
            x.half_open = True
            x.refuse["/2/connections/all"] = (429, {"x-rate-limit-reset": str(int(clock.now.timestamp()) + 300)}, "")
            return (await read_to_error(open_source(x, clock)))[1]

    assert run(test()).retry_after_s == 300


def test_too_many_connections_said_in_mid_stream_closes_them_too() -> None:
    async def test() -> SourceError:
        clock = Clock()
        async with FakeX(clock) as x:
            _, error = await read_to_error(open_source(x, clock), None, lambda _: x.send(TOO_MANY))
            assert "DELETE /2/connections/all" in x.requests
            return error

    assert run(test()).reason == "rate_limit"


@pytest.mark.parametrize("fault", ["operational", "end", "cut"])
def test_a_dropped_connection_is_opened_again_at_once_and_only_once(fault: str) -> None:
    async def test() -> list[SourceError]:
        clock = Clock()
        async with FakeX(clock) as x:
            drop = {"operational": lambda: x.send(OPERATIONAL_DISCONNECT), "end": x.end, "cut": x.cut}[fault]
            source = open_source(x, clock)
            errors = [(await read_to_error(source, None, lambda _: drop()))[1] for _ in range(2)]
            clock.advance(minutes=10)
            return [*errors, (await read_to_error(source, None, lambda _: drop()))[1]]

    errors = run(test())
    assert [error.reason for error in errors] == ["closed"] * 3
    assert [error.retry_after_s for error in errors] == [0, None, 0]


def test_posts_before_a_disconnection_are_not_lost() -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeX(clock) as x:

            def then(batches: int) -> None:
                if batches == 1:
                    x.publish("Acme broke")
                    x.send(OPERATIONAL_DISCONNECT)

            return (await read_to_error(open_source(x, clock), None, then))[0]

    assert [post.text for post in posts_of(run(test()))] == ["Acme broke"]


@pytest.mark.parametrize(
    ("status", "body", "reason", "wait"),
    [
        (402, '{"title":"CreditsDepleted"}', "budget", 3600),
        (429, '{"title":"UsageCapExceeded","period":"Monthly"}', "budget", 3600),
        (429, "slow down", "rate_limit", 60),
        (503, "<html>maintenance</html>", "http", None),
        (302, "", "http", None),
        (200, "<html>sign in</html>", "protocol", None),
        (200, "[" * 100_000, "protocol", None),
    ],
)
def test_a_refusal_of_x_says_what_it_is_and_how_long_to_wait(
    status: int, body: str, reason: str, wait: float | None
) -> None:
    async def test() -> SourceError:
        clock = Clock()
        async with FakeX(clock) as x:
            headers = {"x-rate-limit-reset": str(int(clock.now.timestamp()) + 60), "Location": "/elsewhere"}
            x.refuse["/2/tweets/search/stream/rules"] = (status, headers, body)
            return (await read_to_error(open_source(x, clock)))[1]

    error = run(test())
    assert (error.reason, error.retry_after_s, error.fatal) == (reason, wait, False)


def test_an_unreachable_server_is_an_error_to_wait_for() -> None:
    config = XConfig(url="http://127.0.0.1:9", token=TOKEN)
    _, error = run(read_to_error(XStream("x", config, COMMON, rules=RULES)))
    assert (error.reason, error.fatal) == ("connect", False)
