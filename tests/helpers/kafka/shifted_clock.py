"""A worker whose wall clock is wrong; its monotonic clock is right.

Run as `python -m tests.helpers.kafka.shifted_clock SECONDS badbuzz worker ...`: the rest is the command.
"""

import sys
import time


def shift(seconds: int) -> None:
    """Let the wall clock be ahead by so many seconds; to be called before anything imports a function of it."""
    now, now_ns = time.time, time.time_ns
    time.time = lambda: now() + seconds
    time.time_ns = lambda: now_ns() + seconds * 1_000_000_000


if __name__ == "__main__":
    shift(int(sys.argv[1]))
    from streams.cli.main import main

    main(sys.argv[3:])
