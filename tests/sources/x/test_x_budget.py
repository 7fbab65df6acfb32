"""What a user can rely on so that X costs no more than was agreed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.errors import SourceError
from streams.sources.source import LooksUp, Post, Recounts
from streams.sources.x.budget import DailyBudget
from tests.sources.fakes.fake_x import FakeX
from tests.sources.reading import Clock, posts_of, read_to_error, read_until, run
from tests.sources.x.x_reading import open_source, read_while


def test_the_days_budget_stops_reading_until_midnight_whatever_is_restarted() -> None:
    async def test() -> None:
        clock = Clock()
        async with FakeX(clock) as x:

            def crisis(batches: int) -> None:
                for number in range(6 if batches == 1 else 0):
                    x.publish(f"Acme {number}", number)

            batches, error = await read_to_error(open_source(x, clock, posts_a_day=3), None, crisis)
            assert (error.reason, error.fatal) == ("budget", False)
            assert error.retry_after_s == timedelta(hours=12).total_seconds()
            assert "posts_a_day = 3" in str(error)
            assert [post.text for post in posts_of(batches)] == ["Acme 0", "Acme 1", "Acme 2"]

            asked = len(x.requests)
            clock.advance(hours=1)
            _, error = await read_to_error(open_source(x, clock, posts_a_day=3), batches[-1].cursor)
            assert error.reason == "budget"
            assert error.retry_after_s == timedelta(hours=11).total_seconds()
            assert len(x.requests) == asked

            clock.advance(hours=12)
            after = await read_while(x, open_source(x, clock, posts_a_day=3), batches[-1].cursor, "Acme new day")
            stopped_at = batches[-1].complete_to
            assert [b.gap for b in after if b.gap] == [(stopped_at, datetime(2026, 10, 2, 1, tzinfo=UTC))]
            assert [post.text for post in posts_of(after)] == ["Acme new day"]
            assert not x.queries

    run(test())


def test_filling_a_gap_spends_the_budget_and_no_more() -> None:
    async def test() -> tuple[int, SourceError]:
        clock = Clock()
        async with FakeX(clock) as x:
            before = await read_until(open_source(x, clock), None, bool)
            await x.left_alone()
            clock.advance(minutes=5)
            for number in range(200):
                x.publish(f"Acme {number}", number)
            clock.advance(minutes=1)
            batches, error = await read_to_error(open_source(x, clock, posts_a_day=30), before[-1].cursor)
            assert len(posts_of(batches)) == len(x.charged)
            clock.advance(days=1)
            later = await read_until(open_source(x, clock, posts_a_day=30), batches[-1].cursor, bool)
            assert later[0].gap == (before[-1].complete_to, clock.now)
            return len(x.charged), error

    charged, error = run(test())
    assert charged == 30
    assert error.reason == "budget"


def test_a_higher_budget_takes_effect_at_once() -> None:
    async def test() -> list[str]:
        clock = Clock()
        async with FakeX(clock) as x:
            batches, _ = await read_to_error(
                open_source(x, clock, posts_a_day=1), None, lambda n: x.publish("Acme 1") if n == 1 else None
            )
            after = await read_while(x, open_source(x, clock, posts_a_day=2), batches[-1].cursor, "Acme 2")
            return [post.text for post in posts_of(after)]

    assert run(test()) == ["Acme 2"]


def test_followers_are_looked_up_once_a_week_and_charged_to_the_budget() -> None:
    async def test() -> None:
        clock = Clock()
        async with FakeX(clock) as x:
            x.followers = {"77": 1200}
            source = open_source(x, clock, profiles=True)
            assert isinstance(source, LooksUp)
            posts = [Post(id=str(n), created_at=clock.now, text="Acme", author=a) for n, a in enumerate(("77", "78"))]
            reading = source.read(None)
            await anext(reading)
            for _ in range(3):
                assert [post.followers for post in await source.look_up(posts)] == [1200, None]
            assert x.users == 1
            batch = await anext(reading)
            assert '"spent":2' in str(batch.cursor)
            assert batch.spent == 2
            clock.advance(days=8)
            await source.look_up(posts)
            assert x.users == 2
            await reading.aclose()

    run(test())


def test_posts_go_on_without_followers_where_x_fails_or_nobody_pays() -> None:
    async def test() -> None:
        clock = Clock()
        async with FakeX(clock) as x:
            x.followers = {"77": 1200}
            x.refuse["/2/users"] = (500, {}, "")
            posts = [Post(id="1", created_at=clock.now, text="Acme", author="77")]
            for options in ({"profiles": True}, {"profiles": False}, {"profiles": True, "posts_a_day": 1}):
                source = open_source(x, clock, **options)
                reading = source.read(None)
                await anext(reading)
                assert list(await source.look_up(posts)) == posts
                await reading.aclose()
                assert list(await source.look_up(posts)) == posts

    run(test())


def test_shared_posts_are_counted_again_where_profiles_are_paid_for() -> None:
    async def test() -> list[Post]:
        clock = Clock()
        async with FakeX(clock) as x:
            source = open_source(x, clock, profiles=True)
            assert isinstance(source, Recounts)
            tweet = x.publish("Acme broke", public_metrics={"retweet_count": 900, "impression_count": 40_000})
            reading = source.read(None)
            await anext(reading)
            clock.advance(minutes=15)
            counted = await source.recount([tweet["id"], "123", "not an id"])
            await reading.aclose()
            return list(counted)

    (post,) = run(test())
    assert (post.kind, post.reposts, post.views) == ("update", 900, 40_000)
    assert post.created_at == Clock().now + timedelta(minutes=15)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 50)), max_size=40), st.integers(1, 5))
def test_the_count_of_a_day_is_that_of_its_distinct_posts(charges: list[tuple[str, int]], limit: int) -> None:
    budget, start = DailyBudget("x", limit), datetime(2026, 10, 1, tzinfo=UTC)
    charges.sort(key=lambda charge: charge[1])
    for post, hour in charges:
        budget.charge(post, start + timedelta(hours=hour))
    end = start + timedelta(hours=50)
    today = {post for post, hour in charges if hour >= 48}
    assert budget.spent(end) == ("2026-10-03", len(today))
    assert budget.left(end) == max(limit - len(today), 0)
