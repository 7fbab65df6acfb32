"""`badbuzz demo`, as a person runs it."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from streams.cli.demo import run_demo
from streams.scenarios import load_scenario, shipped_scenarios
from streams.settings.config import Config
from tests.helpers.scenarios.own_scenario import SAMPLE, write
from tests.helpers.terminal import badbuzz


def test_the_demo_shows_each_severity_its_lead_and_draws_a_picture(tmp_path: Path) -> None:
    picture = tmp_path / "demo.svg"
    done = badbuzz("demo", "--seconds", "0", "--picture", str(picture), env={"COLUMNS": "200"})
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode()
    assert "first watch: Mon 2012-06-11" in shown
    assert "UTC" not in shown
    assert "21 h 29 min before the company's public answer" in shown
    assert "the company's public answer: about Tue 2012-06-12 15:00 CEST" in shown
    assert "first alert 21 h 29 min before the public answer" in picture.read_text(encoding="utf-8")


def test_a_slow_machine_waits_less_for_the_demo_not_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, waited = [0.0], []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    def late() -> float:
        now[0] += 0.01  # what each step takes
        return now[0]

    monkeypatch.setattr("streams.cli.demo.time.sleep", wait)
    monkeypatch.setattr("streams.cli.demo.time.monotonic", late)
    scenario = load_scenario(str(write(tmp_path, SAMPLE)))
    screen = Console(file=io.StringIO(), force_terminal=True, width=100)
    run_demo(scenario, tmp_path / "demo.svg", 20, Config(), screen)
    assert sum(waited) < 20
    assert 19 < now[0] < 22


def test_the_demo_lists_every_scenario_that_ships_with_its_title() -> None:
    done = badbuzz("demo", "--list")
    assert (done.returncode, done.stderr) == (0, b"")
    listed = dict(line.split(maxsplit=1) for line in done.stdout.decode().splitlines())
    assert list(listed) == shipped_scenarios()
    assert listed["orange_2012"] == "Orange: the network failure of 6-7 July 2012"


def test_a_severity_skipped_on_the_way_to_a_worse_one_is_not_dated_by_a_later_incident(tmp_path: Path) -> None:
    picture = tmp_path / "demo.svg"
    done = badbuzz("demo", "--scenario", "o2_2012", "--picture", str(picture), env={"COLUMNS": "200"})
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode()
    assert "first warning: Wed 2012-07-11 14:" in shown
    assert "first watch" not in shown


EN = (
    "local time  Wed 2012-06-13 12:15 CEST",
    " mentions, 7.6 expected; 68% negative",
    "incident    critical",
    "spreading",
)
FR = ("heure locale    mer. 13/06/2012 12:15 CEST", "attendues : 7,6", "incident        crise", "se répand")


@pytest.mark.parametrize(("language", "said"), [("en", EN), ("fr", FR)])
def test_the_live_panel_speaks_the_language_of_the_configuration(
    language: str, said: tuple[str, ...], tmp_path: Path
) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120, color_system=None)
    run_demo(load_scenario("trois_suisses_2012"), tmp_path / "demo.svg", 0, Config(language=language), console)
    shown = screen.getvalue()
    for words in said:
        assert words in shown


def test_a_picture_that_cannot_be_drawn_is_refused_before_the_demonstration(tmp_path: Path) -> None:
    for picture in (tmp_path / "x.jpg", tmp_path / "none" / "x.png"):
        done = badbuzz("demo", "--picture", str(picture))
        assert done.returncode == 2
        assert done.stdout == b""
        assert str(picture) in done.stderr.decode()


def test_the_demonstration_can_be_written_as_a_record_that_ends_with_its_incident_open(tmp_path: Path) -> None:
    record = tmp_path / "demo.jsonl.gz"
    done = badbuzz("demo", "--record", str(record))
    assert (done.returncode, done.stderr) == (0, b"")
    summary = json.loads(badbuzz("replay", str(record), "--json").stdout.splitlines()[-1])
    assert summary["dead_letters"] == {}
    assert [incident["severity"] for incident in summary["open"]] == ["critical"]
