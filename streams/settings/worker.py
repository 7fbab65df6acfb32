"""Settings of a worker: section `[worker]`."""

import re

import msgspec

from streams.settings.options import setting_error


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Batching, deduplication and idle heartbeats of a worker.

    Parameters
    ----------
    instance
        Name of this worker, stable over restarts and unique among running workers: a restart then aborts the open
        transactions of the previous run at once.
    batch_messages
        Most messages in one transaction of a scorer.
    batch_ms
        Longest time to wait for a batch to fill, in milliseconds.
    read_back
        Last messages of a partition that deduplication and lateness refer to: at least this many, at most twice. A new
        owner of the partition reads them again, about 12 microseconds each.
    clock_after_s
        Seconds after which a silent partition no longer holds back a brand: a worker sends a heartbeat to it. If all
        its partitions are silent and its sources send no heartbeats, event time goes on with the clock. 0: never.

    Raises
    ------
    ConfigError
        Where a value is impossible.
    """

    instance: str = ""
    batch_messages: int = 5000
    batch_ms: int = 200
    read_back: int = 32_768
    clock_after_s: float = 60.0

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9._-]{0,100}", self.instance):
            raise setting_error(
                "worker", "instance", f"expected at most 100 of A-Z a-z 0-9 . _ -, got {self.instance!r}"
            )
        for name in ("batch_messages", "read_back"):
            if getattr(self, name) < 1:
                raise setting_error("worker", name, f"expected at least 1, got {getattr(self, name)}")
        for name in ("batch_ms", "clock_after_s"):
            if not getattr(self, name) >= 0:
                raise setting_error("worker", name, f"expected at least 0, got {getattr(self, name)}")
