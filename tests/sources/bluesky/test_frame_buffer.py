"""What people can rely on when Kafka is slow: what waits in memory is bounded, by frames and by bytes."""

import asyncio

import pytest

from streams.sources.bluesky.frame_buffer import FrameBuffer

LONG = 60.0


@pytest.mark.parametrize(("limit", "limit_bytes"), [(3, 10**6), (10**6, 12)], ids=["frames", "bytes"])
def test_a_full_buffer_is_handed_over_at_once_and_has_space_again(limit: int, limit_bytes: int) -> None:
    async def run() -> None:
        buffer = FrameBuffer(limit, limit_bytes)
        taking = asyncio.create_task(buffer.take(1000, LONG))
        await asyncio.sleep(0)
        for number in range(3):
            assert not buffer.full
            buffer.add(b"%04d" % number)
        assert buffer.full
        assert not await buffer.space(0.0)
        async with asyncio.timeout(LONG / 10):
            assert await taking == [b"0000", b"0001", b"0002"]
        assert not buffer.full
        assert await buffer.space(LONG)

    asyncio.run(run())


def test_frames_come_in_order_and_at_most_as_many_as_wanted() -> None:
    async def run() -> list[list[bytes]]:
        buffer = FrameBuffer(100, 10**6)
        for number in range(5):
            buffer.add(b"%d" % number)
        buffer.close()
        return [await buffer.take(2, LONG) for _ in range(4)]

    assert asyncio.run(run()) == [[b"0", b"1"], [b"2", b"3"], [b"4"], []]
