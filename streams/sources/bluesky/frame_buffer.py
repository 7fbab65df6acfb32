"""The bounded queue between the socket and the collector: frames as they came, by number and by bytes."""

import asyncio


class FrameBuffer:
    """Frames that wait to be read.

    Parameters
    ----------
    limit
        Frames that wait at most.
    limit_bytes
        Their bytes at most.

    Attributes
    ----------
    closed
        Whether no further frame comes.
    """

    def __init__(self, limit: int, limit_bytes: int) -> None:
        self._limit = limit
        self._limit_bytes = limit_bytes
        self._frames: list[bytes] = []
        self._bytes = 0
        self._wanted = 1
        self._enough = asyncio.Event()
        self._space = asyncio.Event()
        self.closed = False

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def full(self) -> bool:
        """Whether a further frame must wait."""
        return len(self._frames) >= self._limit or self._bytes >= self._limit_bytes

    def add(self, frame: bytes) -> None:
        """Append a frame."""
        self._frames.append(frame)
        self._bytes += len(frame)
        if len(self._frames) >= self._wanted or self.full:
            self._enough.set()

    def close(self) -> None:
        """Announce that no further frame comes."""
        self.closed = True
        self._enough.set()

    async def space(self, seconds: float) -> bool:
        """Wait until there is space; return whether there is after so many seconds."""
        self._space.clear()
        return not self.full or await _within(self._space, seconds)

    async def take(self, wanted: int, seconds: float) -> list[bytes]:
        """Wait for so many frames, so many seconds at most; return what is there, at most so many."""
        self._wanted = wanted
        self._enough.clear()
        if not self.closed and not self.full and len(self._frames) < wanted:
            await _within(self._enough, seconds)
        taken, self._frames = self._frames[:wanted], self._frames[wanted:]
        self._bytes -= sum(map(len, taken))
        self._space.set()
        return taken


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
