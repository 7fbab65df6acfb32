"""Settings of a worker: `[worker]`."""

import re

import msgspec

from streams.settings.options import setting_error


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a worker reads, and when its clock stands in for a source that sends no heartbeats: `[worker]`.

    Parameters
    ----------
    instance
        Name of this worker, the same over its restarts and different from every other that runs: its next start ends
        at once what it left open.
    batch_messages
        Most messages a scorer puts in one transaction.
    batch_ms
        Longest time a message waits for others to fill its batch, in milliseconds.
    read_back
        A duplicate, and what is late, is told from the last messages of a partition: at least this many, at most twice.
        They are read again when a partition changes hands, about 12 microseconds each.
    clock_after_s
        Seconds of silence after which a worker sends a heartbeat itself for a brand whose sources send none; 0: never.

    Raises
    ------
    ConfigError
        Where a value is impossible.
    """

    instance: str = ""
    batch_messages: int = 5000
    batch_ms: int = 200
    read_back: int = 32_768
    clock_after_s: float = 120.0

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
