"""What a user can rely on after an interruption of X: it is filled, or said with its span."""

from datetime import timedelta

import pytest

from streams.sources.source import Batch
from tests.sources.fakes.fake_x import FakeX
from tests.sources.reading import Clock, posts_of, read_posts, read_until, run
from tests.sources.x.x_reading import open_source, read_while

SEARCH = "/2/tweets/search/recent"


def test_what_was_published_during_an_interruption_is_read_once_and_charged_once() -> None:
    missed = [f"Acme missed {n}" for n in range(25)]

    async def test() -> tuple[list[Batch], FakeX]:
        clock = Clock()
        async with FakeX(clock) as x:
            before = await read_while(x, open_source(x, clock), None, "Acme 1")
            await x.left_alone()
            clock.advance(minutes=5)
            x.page = 10
            for number, text in enumerate([*missed, "nothing of interest"]):
                x.publish(text, number)
            clock.advance(minutes=5)
            after = await read_while(x, open_source(x, clock), before[-1].cursor, "Acme 2")
            assert after[0].complete_to is None
            return [*before, *after], x

    batches, x = run(test())
    assert sorted(post.text for post in posts_of(batches)) == sorted(["Acme 1", "Acme 2", *missed])
    assert all(batch.gap is None for batch in batches)
    assert len(x.charged) == 27
    assert '"spent":27' in str(batches[-1].cursor)
    assert all(len(query) <= 512 for query in x.queries)


def test_a_batch_that_was_never_committed_is_found_again() -> None:
    async def test() -> list[str]:
        clock = Clock()
        async with FakeX(clock) as x:
            source = open_source(x, clock)
            committed = await read_until(source, None, bool)
            clock.advance(minutes=1)
            await read_while(x, source, committed[-1].cursor, "Acme lost")
            clock.advance(minutes=1)
            again = await read_posts(source, committed[-1].cursor, 1)
            assert '"spent":1' in str(again[-1].cursor)
            return [post.text for post in posts_of(again)]

    assert run(test()) == ["Acme lost"]


def test_an_interruption_longer_than_x_remembers_is_reported_as_a_gap() -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeX(clock) as x:
            before = await read_until(open_source(x, clock), None, bool)
            await x.left_alone()
            clock.advance(days=9)
            return await read_while(x, open_source(x, clock), before[-1].cursor, "Acme lives")

    (gap,) = [batch.gap for batch in run(test()) if batch.gap]
    assert gap == (Clock().now, Clock().now + timedelta(days=2, minutes=5))


@pytest.mark.parametrize("status", [400, 429, 503])
def test_a_search_that_x_refuses_is_a_gap_and_the_stream_goes_on(status: int) -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeX(clock) as x:
            before = await read_until(open_source(x, clock), None, bool)
            await x.left_alone()
            clock.advance(minutes=30)
            x.refuse[SEARCH] = (status, {}, "<html>busy</html>")
            return await read_while(x, open_source(x, clock), before[-1].cursor, "Acme lives")

    batches = run(test())
    assert [batch.gap for batch in batches if batch.gap] == [(Clock().now, Clock().now + timedelta(minutes=30))]
    assert [post.text for post in posts_of(batches)] == ["Acme lives"]


def test_without_backfill_an_interruption_is_a_gap_and_costs_nothing() -> None:
    async def test() -> tuple[list[Batch], set[str]]:
        clock = Clock()
        async with FakeX(clock) as x:
            before = await read_until(open_source(x, clock), None, bool)
            await x.left_alone()
            clock.advance(minutes=30)
            x.publish("Acme missed")
            batches = await read_until(open_source(x, clock, backfill=False), before[-1].cursor, lambda b: len(b) > 1)
            return batches, x.charged

    batches, charged = run(test())
    assert [bool(batch.gap) for batch in batches] == [True, False]
    assert not charged


def test_a_post_that_two_searches_find_is_read_once() -> None:
    rules = (("Acme", f'"acme" OR "{"a long name " * 41}"'), ("Globex", '"globex"'))

    async def test() -> tuple[list[Batch], FakeX]:
        clock = Clock()
        async with FakeX(clock) as x:
            before = await read_until(open_source(x, clock, rules=rules), None, bool)
            await x.left_alone()
            clock.advance(minutes=30)
            x.publish("Acme and Globex")
            clock.advance(minutes=1)
            return await read_while(x, open_source(x, clock, rules=rules), before[-1].cursor, "Acme lives"), x

    batches, x = run(test())
    assert len(x.queries) == 2
    assert [post.text for post in posts_of(batches)] == ["Acme and Globex", "Acme lives"]
