"""`badbuzz desk suggest`: what the objective of the first reply would have been on a record."""

from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from detectors.negativity import NegativityModel
from streams.cli.options import brand_option, config_option, json_option, relax_garbage_collection
from streams.cli.output import ReadingProgress, err, out, write_line
from streams.offline.reply_objective import LEAST, WITHIN_MINUTES, ReplyShares, reply_shares
from streams.recordings.files import MentionFiles
from streams.settings.config import load


@click.command()
@click.argument("files", nargs=-1, required=True)
@brand_option
@config_option
@json_option
def suggest_command(files: tuple[str, ...], brands: tuple[str, ...], config_path: Path | None, as_json: bool) -> None:
    """Print what share of the complaints in FILES had a reply within 15, 30, 60 and 240 minutes, and what to set.

    An objective that nobody keeps only flaps: `desk.reply_within_minutes` and `desk.reply_objective` are best set to
    what a brand keeps on ordinary days.
    """
    config = load(config_path)
    source = MentionFiles(files)
    relax_garbage_collection()
    with ReadingProgress(source, "reading") as step:
        found = reply_shares(source, config, NegativityModel.load(), frozenset(brands), step)
    if as_json:
        for shares in found:
            write_line(shares.to_json())
    elif found:
        out.print(_table(found))
        for shares in found:
            out.print(_suggestion(shares), markup=False)
    if not found:
        err.print(
            "no official text was seen: set `official_accounts` under `[brands.NAME]`, or `official` in the mentions",
            style="yellow",
            markup=False,
        )


def _table(found: list[ReplyShares]) -> Table:
    """Return two rows a brand: complaints without a reply are in the first alone."""
    table = Table("brand", "", "", *(f"{minutes} min" for minutes in WITHIN_MINUTES), box=None, pad_edge=False)
    for shares in found:
        of_complaints = (f"{share:.0%}" for share in shares.in_time.values())
        table.add_row(escape(shares.brand), f"{shares.complaints:,}", "complaints", *of_complaints)
        of_replies = (f"{share:.0%}" for share in shares.of_replies.values())
        table.add_row("", f"{shares.replies:,}", "replies", *of_replies)
    return table


def _suggestion(shares: ReplyShares) -> str:
    if shares.reply_objective is None:
        enough = f"{LEAST:.0%} of the complaints had a reply in {WITHIN_MINUTES[-1]} minutes"
        line = f"{shares.brand}: no objective to set: fewer than {enough}"
    else:
        objective = f"reply_objective = {shares.reply_objective:g}"
        line = f"{shares.brand}: reply_within_minutes = {shares.reply_within_minutes}, {objective}"
    if shares.unmatched > shares.replies:
        line += (
            f"; {shares.unmatched:,} other replies are to no complaint of this record: to praise, or to complaints "
            "that were not collected, and then these shares are too low"
        )
    return line
