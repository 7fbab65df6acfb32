"""`badbuzz forget`: erase an author from the published events, and say what else is stored and until when."""

from pathlib import Path

import click

from streams.cli.options import config_option, quiet_kafka_clients
from streams.cli.output import out
from streams.collecting.pseudonyms import Pseudonyms, configured_key
from streams.kafka.logs.erasure import erase_author
from streams.settings.config import Config, load


@click.command()
@click.argument("author")
@click.option("--network", default="", envvar="BADBUZZ_NETWORK", help="Network of the account, for its pseudonym.")
@config_option
def forget_command(author: str, network: str, config_path: Path | None) -> None:
    """Erase AUTHOR, an account or a pseudonym, from what is published; docs/privacy.md says what remains.

    With --network the account's pseudonym is erased too.
    """
    quiet_kafka_clients()
    config = load(config_path)
    names = {author}
    if network and configured_key(config.source):
        names.add(Pseudonyms.open(config.source).of(network, author))
    count = erase_author(config.kafka, frozenset(names))
    out.print(f"{count} events and situations rewritten without what they quoted of this author")
    for line in _remaining(config, network, author):
        out.print(line, markup=False)


def _remaining(config: Config, network: str, author: str) -> list[str]:
    """Return what is stored elsewhere, and what ends it."""
    topics = config.topics
    account = f"{network or 'NETWORK'}:{author}"
    return [
        f"mentions and rollups keep what was collected for {topics.mentions_retention_hours} h from its arrival",
        f"dead letters keep what could not be read for {topics.dead_letters_retention_hours} h",
        "an open incident is published anew each minute with what it quotes: run this again once it has ended",
        "what people wrote into the desk log stays as they wrote it",
        "the watchers' state keeps samples of texts for at most 25 h of event time",
        f'collect nothing more of this author: never_authors = ["{account}"] under [source] (docs/privacy.md)',
    ]
