"""The end of a replay as a person reads it: what was read, which incidents there were, and why there are none."""

from collections.abc import Iterator
from datetime import datetime

from rich.table import Table
from rich.text import Text

from streams.cli.output import STYLE, open_line
from streams.offline.replay import Summary
from streams.offline.unreadable import UnreadableLines
from streams.settings.config import Config

MOST_LEARNING = 5
"""Brands named as learning; of the others their number is said."""


def summary_table(summary: Summary, seconds: float, config: Config) -> Table:
    """Return a replay's summary as a table.

    Parameters
    ----------
    summary
        The totals.
    seconds
        How long the replay took.
    config
        Language, zone and thresholds.
    """
    words = config.words
    say, number = words.say, words.number
    table = Table(show_header=False, box=None, pad_edge=False)
    rate = number(summary.messages / max(seconds, 1e-9))
    table.add_row(say("read"), say("read_lines", lines=number(summary.messages), seconds=number(seconds, 1), rate=rate))
    brands = brands_phrase(summary.brands, config)
    mentions, negatives = number(summary.mentions), number(summary.negatives)
    table.add_row(say("counted"), say("counted_mentions", mentions=mentions, brands=brands, negatives=negatives))
    duplicates, too_late = number(summary.duplicates), number(summary.too_late)
    table.add_row(say("left_out"), say("left_out_mentions", duplicates=duplicates, too_late=too_late))
    if summary.late:
        table.add_row(say("late"), say("late_mentions", late=number(summary.late)))
    if summary.dead_letters:
        reasons = ", ".join(f"{number(count)} {reason}" for reason, count in summary.dead_letters.items())
        table.add_row(say("unreadable"), reasons)
    table.add_row(say("incidents"), _incidents(summary, config))
    for number_of, incident in enumerate(summary.open):
        table.add_row("" if number_of else say("open"), open_line(incident, config))
    for number_of, line in enumerate(learning_lines(summary, config)):
        table.add_row("" if number_of else say("learning"), line)
    if summary.too_late > summary.mentions:
        table.add_row("", Text(say("unsorted"), "yellow"))
    return table


def brands_phrase(count: int, config: Config) -> str:
    """Return a number of brands in words."""
    return config.words.say("brands_one" if count == 1 else "brands", count=config.words.number(count))


def _incidents(summary: Summary, config: Config) -> Text:
    parts = [
        Text(f"{count} {config.words.say(f'severity_{name}')}", STYLE[name])
        for name, count in summary.incidents.items()
    ]
    return Text(", ").join(parts)


def learning_lines(summary: Summary, config: Config) -> Iterator[str]:
    """Yield why nothing is reported of brands that are still learned, or of a whole record without incidents."""
    words = config.words
    if not summary.mentions:
        return
    for learning in summary.learning[:MOST_LEARNING]:
        until = words.time(datetime.fromisoformat(learning.until), config.zone)
        yield words.say("learning_brand", brand=learning.brand, until=until)
    if len(summary.learning) > MOST_LEARNING:
        yield words.say("learning_more", brands=brands_phrase(len(summary.learning) - MOST_LEARNING, config))
    if summary.learning:
        yield words.say("learning_remedy")
    elif not any(summary.incidents.values()) and config.thresholds.learning_hours:
        yield words.say("learning_first", hours=words.number(config.thresholds.learning_hours))


def unreadable_lines(lines: UnreadableLines, config: Config) -> Iterator[str]:
    """Yield the first faults of a record that could not be read whole, and where the others are found."""
    yield from lines.reasons()
    if recognised := lines.recognised():
        yield recognised
    if lines.count > 1:
        count = config.words.number(lines.count)
        yield f"{count} lines could not be read: --dead-letters FILE stores each with its reason"
