"""`badbuzz source match`: which brands a text is about and why, and which were named and refused."""

from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from streams.cli.options import config_option, json_option
from streams.cli.output import out, write_line
from streams.errors import ConfigError
from streams.matching.findings import BrandMatch, Findings, Refusal
from streams.matching.matcher import BrandMatcher
from streams.settings.config import load
from streams.sources.source import Post


@click.command()
@click.argument("text")
@click.option("--network", default="", envvar="BADBUZZ_MATCH_NETWORK", help="Network it is published on, as `bluesky`.")
@click.option("--lang", envvar="BADBUZZ_MATCH_LANG", help="Language its source says, as `fr`.")
@click.option("--author", envvar="BADBUZZ_MATCH_AUTHOR", help="Account of its author on that network.")
@click.option("--to", "addressed", multiple=True, envvar="BADBUZZ_MATCH_TO", help="Account it replies to or mentions.")
@config_option
@json_option
def match_command(
    text: str,
    network: str,
    lang: str | None,
    author: str | None,
    addressed: tuple[str, ...],
    config_path: Path | None,
    as_json: bool,
) -> None:
    """Say which brands of the configuration TEXT is about and why, and which were named and refused."""
    brands = load(config_path).brands
    if not brands:
        raise ConfigError(
            'expected at least one table `[brands."NAME"]` in the configuration, got none: add your brand'
        )
    if (author or addressed) and not network:
        raise ConfigError("--author and --to: expected --network too, for an account belongs to a network")
    post = Post(id="-", created_at=datetime.now(UTC), text=text, lang=lang, author=author, addressed=addressed)
    findings = BrandMatcher(brands).explain(post, network)
    if as_json:
        _write_json(findings)
    else:
        _print(findings)


def _print(findings: Findings) -> None:
    for match in findings.matches:
        out.print(f"{match.brand}: {match}", style="green")
    for refusal in findings.refusals:
        out.print(f"{refusal.brand}: not counted, {refusal}")
    if not findings.matches and not findings.refusals:
        out.print("no brand is named")


def _write_json(findings: Findings) -> None:
    found: tuple[BrandMatch | Refusal, ...] = (*findings.matches, *findings.refusals)
    for finding in found:
        counts = isinstance(finding, BrandMatch)
        write_line(msgspec.json.encode({"brand": finding.brand, "counts": counts, "reason": str(finding)}))
