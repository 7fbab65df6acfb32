"""Latency from the close of a minute to the notification: `python -m tests.benchmarks.alerting`; about a minute.

A stack of real servers on loopback gets the documented incident and a dozen made-up crises. The latency is measured
from the publication of each critical incident event, as its minute closes, to its first notification, with a scrape
and an evaluation each second.
"""

import tempfile
from pathlib import Path

from tests.oncall.end_to_end import in_crisis, percentile, record


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, in_crisis(Path(folder), record()) as run:
        seconds = run.latencies()
    print(f"from the close of a minute to the notification, {len(seconds)} crises:")
    for name, share in (("median", 0.5), ("p90", 0.9), ("p99", 0.99)):
        print(f"  {name:6} {percentile(seconds, share):5.1f} s")
    print("from a mention: the rest of its minute (up to 60 s) and the allowed lateness (60 s) come before that")


if __name__ == "__main__":
    main()
