"""Write the example reports of docs/examples: `python -m tests.reports.examples` replays each shipped reconstruction.

Of each, the Markdown of its worst incident, with its picture. Nobody acted in a reconstruction: what people did is not
in it. Names of scenarios as arguments write those alone.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from streams.scenarios import load_scenario, shipped_scenarios
from tests.helpers.paths import ROOT

EXAMPLES = ROOT / "docs" / "examples"


def write_example(name: str, into: Path = EXAMPLES) -> Path:
    """Replay a shipped reconstruction and write the report of its worst incident; return the Markdown."""
    badbuzz = Path(sys.executable).with_name("badbuzz")
    environment = os.environ | {"BADBUZZ_TIMEZONE": str(load_scenario(name).zone)}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        record = folder / "record.jsonl.gz"
        for command in (
            ["demo", "--scenario", name, "--record", str(record)],
            ["replay", str(record), "--report", str(folder)],
        ):
            subprocess.run([badbuzz, *command], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
        # Those that became a warning have a picture; the longest report is of the incident with the case.
        drawn = max(folder.glob("*.svg"), key=lambda path: len(path.with_suffix(".md").read_bytes()))
        text = drawn.with_suffix(".md").read_text(encoding="utf-8").replace(drawn.name, f"{name}.svg")
        into.mkdir(exist_ok=True)
        (into / f"{name}.svg").write_bytes(drawn.read_bytes())
        written = into / f"{name}.md"
        written.write_text(text, encoding="utf-8")
    return written


def write_index(into: Path = EXAMPLES) -> None:
    """List the examples that are there, by the title of their scenario."""
    written = [name for name in shipped_scenarios() if (into / f"{name}.md").exists()]
    lines = [f"- [{load_scenario(name).title}]({name}.md)\n" for name in written]
    (into / "README.md").write_text("# Reports of the shipped reconstructions\n\n" + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    for each in sys.argv[1:] or shipped_scenarios():
        print(write_example(each))
        write_index()
