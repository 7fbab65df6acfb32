"""Texts of others reach the terminal as they are: never as markup, and never as its control characters."""

import json
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from streams.cli.output import console, event_lines, printable
from streams.settings.config import Config
from streams.watching.incident_event import IncidentEvent
from tests.helpers.paths import ROOT
from tests.helpers.records import crisis
from tests.helpers.terminal import badbuzz, write_lines

HOSTILE = ("[/b]", "[red]x", "[link=http://x]y[/link]", ":smile:", "[bold]Acme[/beta]", "\\[x]")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_console_shows_a_text_in_a_line_and_in_a_table_as_it_is(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = console()
    table = Table("column", box=None)
    table.add_row(text)
    shown.print(text)
    shown.print(table)
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == [text, "column", text]


@pytest.mark.parametrize("text", HOSTILE)
def test_the_lines_of_an_event_show_its_texts_as_they_are(text: str, record: str) -> None:
    line = next(row for row in badbuzz("replay", record, "--json").stdout.splitlines() if b'"warning"' in row)
    event = IncidentEvent.from_json(json.dumps(json.loads(line) | {"summary": text}).encode())
    assert next(event_lines(event, Config())).plain.endswith(f"  {text}")


def test_a_truth_table_with_brackets_in_a_name_is_printed_as_it_is(tmp_path: Path) -> None:
    record = write_lines(tmp_path / "crisis.jsonl", crisis())
    truth = tmp_path / "truth.csv"
    row = "crisis.jsonl,Acme,prices [/beta] [red],crisis,2024-03-09T09:00:00Z,2024-03-09T18:00:00Z"
    truth.write_text(f"file,brand,name,class,onset,end\n{row}\n", encoding="utf-8")
    done = badbuzz("backtest", record, "--truth", str(truth), env={"COLUMNS": "160"})
    assert done.returncode == 0
    assert "prices [/beta] [red]" in done.stdout.decode()
    assert "negative_growth" in done.stdout.decode()  # no column is cut


def test_every_console_of_the_command_line_has_markup_off() -> None:
    makers = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "streams").rglob("*.py")
        if "Console(" in path.read_text(encoding="utf-8").replace("console: Console", "")
    ]
    assert makers == ["streams/cli/output.py"]
    assert isinstance(console(), Console)
    assert "markup=False" in (ROOT / "streams" / "cli" / "output.py").read_text(encoding="utf-8")


def test_characters_that_steer_a_terminal_are_replaced() -> None:
    assert printable("a\x1b]0;x\x07b\n") == "a\ufffd]0;x\ufffdb\ufffd"
