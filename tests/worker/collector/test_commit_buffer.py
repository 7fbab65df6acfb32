"""What reading and committing can rely on between them: order, bounds, and knowing when all is written."""

import asyncio

import pytest

from streams.collecting.commit import Commit
from streams.worker.collector.commit_buffer import CommitBuffer


def commit(number: int, messages: int = 1) -> Commit:
    return Commit(messages=[("Acme", b"{}")] * messages, cursor=str(number), events=1)


def test_all_that_waits_is_taken_as_one_commit_in_order() -> None:
    async def session() -> None:
        buffer = CommitBuffer(0.0)
        for number in range(3):
            await buffer.put(commit(number))
        taken = await buffer.take()
        assert taken is not None
        assert (taken.cursor, taken.events, len(taken.messages)) == ("2", 3, 3)

    asyncio.run(session())


@pytest.mark.parametrize("bounds", [{"max_messages": 4}, {"max_commits": 2}])
def test_a_full_buffer_lets_nobody_put_more_until_it_is_taken(bounds: dict[str, int]) -> None:
    async def session() -> None:
        buffer = CommitBuffer(3600.0, **bounds)
        await buffer.put(commit(0, 2))
        await buffer.put(commit(1, 2))
        late = asyncio.create_task(buffer.put(commit(2)))
        await asyncio.sleep(0.01)
        assert not late.done()
        taken = await buffer.take()  # at once although an hour is not over: it is full
        assert taken is not None
        assert taken.cursor == "1"
        await late

    asyncio.run(session())


def test_it_is_drained_only_when_what_was_taken_is_written_too() -> None:
    async def session() -> None:
        buffer = CommitBuffer(0.0)
        await buffer.put(commit(0))
        await buffer.take()
        drained = asyncio.create_task(buffer.drained())
        await asyncio.sleep(0.01)
        assert not drained.done()
        await buffer.done()
        await drained

    asyncio.run(session())


def test_closing_hands_out_what_waits_and_then_nothing() -> None:
    async def session() -> None:
        buffer = CommitBuffer(3600.0)
        await buffer.put(commit(0))
        await buffer.take()
        await buffer.put(commit(1))
        taking = asyncio.create_task(buffer.take())
        await asyncio.sleep(0.01)
        assert not taking.done(), "an hour is not over"
        await buffer.close()
        taken = await taking
        assert taken is not None
        assert taken.cursor == "1"
        assert await buffer.take() is None

    asyncio.run(session())
