"""The console's feed in one process: records that this process makes, and a desk log in memory, without Kafka."""

import asyncio
import time
from collections.abc import Sequence

from streams.console.state import DESK, ConsoleState, Record
from streams.console.views.health import Feeding
from streams.desk_log.action import DeskAction


class LocalFeed:
    """Records of this process; actions last as long as it does.

    Parameters
    ----------
    records
        What there is at the start.

    Examples
    --------
    >>> feed = LocalFeed()
    >>> asyncio.run(feed.start(ConsoleState()))
    >>> feed.feeding().connected, feed.failure() is None
    (True, True)
    """

    def __init__(self, records: Sequence[Record] = ()) -> None:
        self._records = records
        self._loop: asyncio.AbstractEventLoop | None = None
        self._state: ConsoleState | None = None

    async def start(self, state: ConsoleState) -> None:
        """Apply what there is."""
        self._loop, self._state = asyncio.get_running_loop(), state
        state.apply(self._records)

    def deliver(self, records: Sequence[Record]) -> None:
        """Apply more records, from any thread."""
        if self._loop is not None and self._state is not None:
            self._loop.call_soon_threadsafe(self._state.apply, records)

    async def append(self, action: DeskAction) -> None:
        """Append an action to the log in memory."""
        self.deliver([Record(DESK, action.incident.encode(), action.to_json())])

    async def stop(self) -> None:
        """End; there is nothing to close."""

    def now_ms(self) -> int:
        """Return the present by this machine's clock."""
        return round(time.time() * 1000)

    def feeding(self) -> Feeding:
        """Return that nothing is missing: there are no stages to run."""
        return Feeding()

    def failure(self) -> Exception | None:
        """Return None: nothing can be lost."""
        return None
