"""`badbuzz backtest`: replays measured against documented incidents."""

from pathlib import Path

import click
import msgspec

from detectors.negativity import NegativityModel
from streams.cli.options import brand_option, config_option, json_option
from streams.cli.output import err, print_backtest, print_standings, write_line
from streams.errors import ConfigError
from streams.offline.backtest import backtest, replay_file
from streams.offline.backtest_truth import read_truth
from streams.offline.desk_truth import read_desk_truth
from streams.offline.yardstick import standings
from streams.pipeline import Pipeline
from streams.settings.config import load


@click.command()
@click.argument("files", nargs=-1)
@click.option(
    "--truth",
    "truth_path",
    type=click.Path(path_type=Path),
    envvar="BADBUZZ_TRUTH",
    help="CSV: file, brand, name, class, onset, end.",
)
@click.option(
    "--desk",
    "desk_path",
    type=click.Path(path_type=Path),
    envvar="BADBUZZ_BACKTEST_DESK",
    help="What people said of past incidents: the actions of the topic desk, one JSON object a line.",
)
@click.option(
    "--warm-up",
    type=click.FloatRange(min=0),
    default=24.0,
    show_default=True,
    envvar="BADBUZZ_WARM_UP",
    help="Hours of a brand that do not count.",
)
@click.option(
    "--yardstick",
    "yardstick_path",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    envvar="BADBUZZ_YARDSTICK",
    help="Compare with the rules of listening tools, on the mention files of this folder and its truth.csv.",
)
@brand_option
@config_option
@json_option
def backtest_command(
    files: tuple[str, ...],
    truth_path: Path | None,
    desk_path: Path | None,
    warm_up: float,
    yardstick_path: Path | None,
    brands: tuple[str, ...],
    config_path: Path | None,
    as_json: bool,
) -> None:
    """Replay FILES and compare them with documented incidents: found or not, delay, false alarms.

    The incidents are rows of a CSV file, with the columns

    \b
    file    the mention file, with or without its suffix
    brand   its name; *: any
    name    the incident, in your words
    class   crisis, benign surge, coordinated or ignore
    onset   its first moment, such as 2024-03-09T09:00:00Z
    end     its last

    With --yardstick, badbuzz stands in one table beside the rules that listening tools ship, each at its usual setting.
    """  # noqa: D301  (Click's mark of a paragraph that is not wrapped)
    config = load(config_path)
    if yardstick_path is not None:
        files = (*files, *sorted(str(path) for path in yardstick_path.glob("*.jsonl*")))
        truth_path = truth_path or yardstick_path / "truth.csv"
    if not files:
        raise ConfigError("expected mention files, got none: give FILES, or --yardstick DIR with *.jsonl in it")
    if truth_path is None and desk_path is None:
        raise ConfigError("expected documented incidents, got none: give --truth CSV or --desk FILE")
    truths = read_truth(truth_path) if truth_path else []
    truths += read_desk_truth(desk_path) if desk_path else []
    model = NegativityModel.load()
    replayed = []
    for file in files:
        if err.is_terminal:
            err.print(f"replaying {file}", style="dim")
        replayed.append(replay_file(file, Pipeline(config, model, brands=frozenset(brands))))
    if yardstick_path is not None:
        rows = standings(replayed, truths, warm_up)
        if as_json:
            for row in rows:
                write_line(msgspec.json.encode(row))
        else:
            print_standings(rows)
        return
    result = backtest(replayed, truths, warm_up)
    if as_json:
        write_line(msgspec.json.encode(result))
    else:
        print_backtest(result)
