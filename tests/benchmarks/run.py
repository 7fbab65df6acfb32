"""Run every benchmark that needs no broker and rewrite its table in docs/benchmarks.md: `make bench`."""

import subprocess
import sys

from tests.benchmarks.page import write_section

BENCHMARKS = {"negativity": "tests.benchmarks.negativity", "replay": "tests.benchmarks.replay"}
"""Section of the page, and the module that prints it."""


def main() -> None:
    """Measure, print and write."""
    for section, module in BENCHMARKS.items():
        table = subprocess.run([sys.executable, "-m", module], capture_output=True, text=True, check=True).stdout
        print(table)
        write_section(section, table)


if __name__ == "__main__":
    main()
