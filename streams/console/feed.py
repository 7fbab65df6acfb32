"""The console's feed: where its records come from and its actions go, Kafka or a replay; the page is the same."""

from typing import Protocol

from streams.console.state import ConsoleState
from streams.console.views.health import Feeding
from streams.desk_log.action import DeskAction


class Feed(Protocol):
    """Where the records of a console come from, and where its actions go."""

    async def start(self, state: ConsoleState) -> None:
        """Apply what there is to a state, and then what comes."""

    async def append(self, action: DeskAction) -> None:
        """Append an action to the desk log; it comes back as a record."""

    async def stop(self) -> None:
        """End."""

    def now_ms(self) -> int:
        """Return the present, in milliseconds since the epoch."""

    def feeding(self) -> Feeding:
        """Return how the console is fed."""

    def failure(self) -> Exception | None:
        """Return why no record comes any more; None while they come."""
