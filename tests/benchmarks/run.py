"""Measure speed, and rewrite the tables in docs/benchmarks.md: `make bench`, or with the names of some of them.

Without names, everything that takes a few minutes at most. What needs a broker or the shared records where there are
none is left out, saying so, and its table stays as it was.
"""

import argparse
import subprocess
import sys
from typing import NamedTuple

from deploy.local.kafka_jars import why_unavailable
from tests.benchmarks.page import write_section
from tests.helpers.paths import SHARED


class Benchmark(NamedTuple):
    """A module that prints a section of the page.

    Parameters
    ----------
    module
        Of this package.
    kafka, records
        Whether it needs a broker, and the shared records.
    long
        It takes a quarter of an hour, or what is not everywhere (other engines, a Chromium): it runs where it is named.
    """

    module: str
    kafka: bool = False
    records: bool = False
    long: bool = False

    def missing(self) -> str | None:
        """Say what it lacks here."""
        if self.records and not (SHARED / "data").is_dir():
            return f"no {SHARED}/data (BADBUZZ_SHARED says where the records are)"
        return why_unavailable() if self.kafka else None


BENCHMARKS = {
    "negativity": Benchmark("negativity", records=True),
    "matching": Benchmark("matching"),
    "replay": Benchmark("replay", records=True),
    "kafka-engines": Benchmark("kafka.engines", kafka=True, records=True, long=True),
    "kafka-latency": Benchmark("kafka.latency", kafka=True),
    "kafka-scale": Benchmark("kafka.scale", kafka=True, records=True),
    "kafka-recovery": Benchmark("kafka.recovery", kafka=True, long=True),
    "console": Benchmark("console", kafka=True, long=True),
    "jetstream": Benchmark("jetstream"),
}
"""By section of the page."""


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.run", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these of {', '.join(BENCHMARKS)}")
    names: list[str] = parser.parse_args().names
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"expected names of {', '.join(BENCHMARKS)}, got {', '.join(sorted(unknown))}")
    for name in names or [name for name, benchmark in BENCHMARKS.items() if not benchmark.long]:
        benchmark = BENCHMARKS[name]
        if reason := benchmark.missing():
            print(f"{name} left out: {reason}\n", flush=True)
            continue
        command = [sys.executable, "-m", f"tests.benchmarks.{benchmark.module}"]
        table = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        print(table, flush=True)
        write_section(name, table)


if __name__ == "__main__":
    main()
