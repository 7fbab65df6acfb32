"""What a user is told where X is set up wrongly, and that a token stays secret."""

import logging
from pathlib import Path

import pytest

from streams.errors import ConfigError, SourceError
from streams.settings.sources import CollectorSettings, XConfig
from streams.sources.source import Post
from streams.sources.x.stream import XStream
from tests.sources.fakes.fake_x import TOKEN, FakeX
from tests.sources.reading import Clock, read_to_error, read_until, run
from tests.sources.x.x_reading import COMMON, RULES, open_source, read_while


def test_a_rule_that_x_refuses_stops_the_source_and_is_named() -> None:
    async def test() -> SourceError:
        clock = Clock()
        async with FakeX(clock) as x:
            x.invalid_rule = '"acme"'
            return (await read_to_error(open_source(x, clock)))[1]

    error = run(test())
    assert error.fatal
    assert '"acme"' in str(error)
    assert "InvalidRules" in str(error)


def test_a_check_costs_nothing_changes_nothing_and_leaves_the_collectors_connection_alone() -> None:
    async def test() -> None:
        clock = Clock()
        async with FakeX(clock) as x:
            checked = await open_source(x, clock).check()
            assert checked == "rules: 1, not at X yet: 1; posts read this month: 0 of 3,000,000"
            assert x.requests == ["GET /2/tweets/search/stream/rules", "GET /2/usage/tweets"]
            assert not x.rules
            await read_while(x, open_source(x, clock), None, "Acme fell over")
            checked = await open_source(x, clock).check()
            assert checked == "rules: 1, not at X yet: 0; posts read this month: 1 of 3,000,000"

    run(test())


def test_a_wrong_token_stops_the_source_and_stays_secret() -> None:
    async def test() -> SourceError:
        clock = Clock()
        async with FakeX(clock) as x:
            return (await read_to_error(open_source(x, clock, token="s3cret")))[1]  # noqa: S106 (made up)

    error = run(test())
    assert (error.reason, error.fatal) == ("unauthorized", True)
    assert "s3cret" not in str(error)


@pytest.mark.parametrize("token", ["", "two\nlines", "caf\u00e9"])
def test_a_token_that_cannot_be_one_is_refused_before_it_is_sent(token: str) -> None:
    _, error = run(read_to_error(XStream("x", XConfig(token=token), COMMON, rules=RULES)))
    assert (error.reason, error.fatal) == ("unauthorized", True)
    assert "token_file" in str(error)


def test_a_token_file_is_read_at_each_connection_so_that_a_token_can_be_changed(tmp_path: Path) -> None:
    async def test() -> None:
        clock = Clock()
        file = tmp_path / "token"
        async with FakeX(clock) as x:
            source = open_source(x, clock, token="", token_file=str(file))
            assert (await read_to_error(source))[1].fatal
            file.write_text("old\n")
            assert (await read_to_error(source))[1].reason == "unauthorized"
            file.write_text(f"{TOKEN}\n")
            assert await read_until(source, None, bool)

    run(test())


def test_a_token_is_never_sent_unencrypted_unless_that_is_permitted() -> None:
    with pytest.raises(ConfigError, match="https"):
        XStream("x", XConfig(url="http://api.example", token=TOKEN), CollectorSettings(), rules=RULES)


@pytest.mark.parametrize("cursor", ["7", '{"v":2}', "not json", '{"v":1,"at":"yesterday"}', "[" * 100_000])
def test_the_cursor_of_another_source_is_refused(cursor: str) -> None:
    _, error = run(read_to_error(XStream("x", XConfig(token=TOKEN), COMMON, rules=RULES), cursor))
    assert (error.reason, error.fatal) == ("cursor", True)


def test_no_rules_is_an_error_that_says_what_to_do() -> None:
    _, error = run(read_to_error(XStream("x", XConfig(token=TOKEN), COMMON)))
    assert error.fatal
    assert "[brands]" in str(error)


def test_reading_logs_no_token(caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        clock = Clock()
        async with FakeX(clock) as x:
            x.refuse["/2/users"] = (500, {}, "")
            source = open_source(x, clock, profiles=True)
            async for _ in source.read(None):
                await source.look_up([Post(id="1", created_at=clock.now, text="Acme", author="77")])
                break

    with caplog.at_level(logging.DEBUG):
        run(test())
    assert "without followers" in caplog.text
    assert TOKEN not in caplog.text
