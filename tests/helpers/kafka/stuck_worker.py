"""A worker whose Faust consumer no longer fetches one partition of `rollups` (faust-streaming #629).

Run as `python -m tests.helpers.kafka.stuck_worker PARTITION badbuzz worker ...`: the rest is the command.
"""

import sys
from typing import Any

from streams.cli.main import main
from streams.worker.faust_app import _ConsumerThread


def skip(partition: int) -> None:
    """Let the consumer's thread fetch every partition but one."""
    fetch = _ConsumerThread._fetch_records

    async def fetch_others(self: Any, consumer: Any, active: Any, *args: Any, **kwargs: Any) -> Any:
        others = {tp for tp in active if tp.partition != partition}
        return await fetch(self, consumer, others, *args, **kwargs)

    setattr(_ConsumerThread, "_fetch_records", fetch_others)  # noqa: B010  mypy knows no assignment to a method


if __name__ == "__main__":
    skip(int(sys.argv[1]))
    main(sys.argv[3:])
