"""`badbuzz source list`: how far each source was read, as the topic `sources` has it."""

from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from rich.table import Table

from streams.cli.options import config_option, json_option, quiet_kafka_clients
from streams.cli.output import out, write_line
from streams.collecting.cursor_record import CursorRecord
from streams.kafka.logs.source_rows import read_cursors
from streams.settings.config import load

CURSOR_CHARS = 60


@click.command(name="list")
@config_option
@json_option
def list_command(config_path: Path | None, as_json: bool) -> None:
    """List the cursor of each source, when it was committed, and how far behind the clock the source is."""
    quiet_kafka_clients()
    config = load(config_path)
    cursors = read_cursors(config.kafka)
    now = datetime.now(UTC)
    names = sorted(config.sources.keys() | cursors.keys())
    if as_json:
        for name in names:
            write_line(msgspec.json.encode({"source": name, **_fields(cursors.get(name), now)}))
        return
    table = Table("source", "committed", "behind", "cursor", box=None, pad_edge=False)
    for name in names:
        fields = _fields(cursors.get(name), now)
        seconds = fields["behind_seconds"]
        behind = "-" if seconds is None else f"{seconds:.0f} s"
        age = "never" if fields["age_seconds"] is None else f"{fields['age_seconds']:.0f} s ago"
        table.add_row(name, age, behind, str(fields["cursor"] or "-")[:CURSOR_CHARS])
    out.print(table)


def _fields(record: CursorRecord | None, now: datetime) -> dict[str, str | float | None]:
    if record is None:
        return {"cursor": None, "age_seconds": None, "behind_seconds": None}
    behind = None if record.complete_to is None else (now - record.complete_to).total_seconds()
    return {
        "cursor": record.cursor,
        "age_seconds": (now - record.at).total_seconds(),
        "behind_seconds": behind,
    }
