"""`badbuzz forget`: erase an author, or deleted publications, from the published events; say what else is stored."""

import asyncio
from pathlib import Path

import click

from streams.cli.options import config_option, quiet_kafka_clients
from streams.cli.output import err, out
from streams.collecting.pseudonyms import Pseudonyms, configured_key
from streams.errors import ConfigError, SourceError
from streams.kafka.logs.erasure import erase_author, erase_posts, quoted_posts
from streams.mentions.erasure import Quoted
from streams.settings.config import Config, load
from streams.settings.sources import JetstreamConfig, MastodonConfig, XConfig
from streams.sources.registry import Registry
from streams.sources.source import Rechecks

_RECHECKED = (JetstreamConfig, MastodonConfig, XConfig)


@click.command()
@click.argument("author", required=False)
@click.option("--network", default="", envvar="BADBUZZ_NETWORK", help="Network of the account, or of the posts.")
@click.option("--post", "posts", multiple=True, envvar="BADBUZZ_FORGET_POST", help="Id of a publication on --network.")
@click.option("--deleted", is_flag=True, envvar="BADBUZZ_FORGET_DELETED", help="What its network shows no longer.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=500,
    show_default=True,
    envvar="BADBUZZ_FORGET_LIMIT",
    help="Most publications that --deleted asks a network for; X charges for each.",
)
@config_option
def forget_command(
    author: str | None, network: str, posts: tuple[str, ...], deleted: bool, limit: int, config_path: Path | None
) -> None:
    """Erase AUTHOR, an account or a pseudonym, or publications, from what is published.

    With --network the account's pseudonym is erased too. --deleted asks X, Mastodon and Bluesky, where [sources.NAME]
    reads them, which of the publications that are quoted they show no longer: run it once a day. docs/privacy.md says
    what remains.
    """
    if sum((author is not None, bool(posts), deleted)) != 1:
        raise ConfigError("expected one of AUTHOR, --post ID and --deleted, got none or several")
    if posts and not network:
        raise ConfigError("--post: expected --network too, for an id belongs to a network")
    quiet_kafka_clients()
    config = load(config_path)
    if deleted:
        _forget_deleted(config, limit)
        return
    if author is None:
        count = erase_posts(config.kafka, frozenset(Quoted(network, post_id, "") for post_id in posts))
        out.print(f"events and situations rewritten without these publications: {count}")
        return
    names = {author}
    if network and configured_key(config.source):
        names.add(Pseudonyms.open(config.source).of(network, author))
    count = erase_author(config.kafka, frozenset(names))
    out.print(f"events and situations rewritten without what they quoted of this author: {count}")
    for line in _remaining(config, network, author):
        out.print(line, markup=False)


def _forget_deleted(config: Config, limit: int) -> None:
    """Ask each source that can say so which of the publications quoted are gone, and erase them."""
    registry = Registry(config.source, config.brands)
    sources = {name: registry.open(name, each) for name, each in config.sources.items() if isinstance(each, _RECHECKED)}
    if not sources:
        raise ConfigError("--deleted: expected a source of the type x, mastodon or jetstream in [sources], got none")
    posts, gone, failed = quoted_posts(config.kafka), set[Quoted](), list[str]()
    for name, source in sources.items():
        candidates = [post for post in posts if post.network == source.network]
        asked = candidates[:limit]
        if not isinstance(source, Rechecks) or not asked:
            continue
        try:
            absent = asyncio.run(source.absent([post.id for post in asked]))
        except SourceError as error:
            failed.append(name)
            err.print(f"{name}: {error}", style="red", markup=False)
            continue
        gone.update(post for post in asked if post.id in absent)
        left = f"; {len(candidates) - limit} older ones were not asked for (--limit)" if len(candidates) > limit else ""
        out.print(f"{name}: {len(absent)} of {len(asked)} publications are shown no longer{left}", markup=False)
    count = erase_posts(config.kafka, frozenset(gone)) if gone else 0
    out.print(f"events and situations rewritten without them: {count}")
    if failed:
        raise SourceError(
            f"{', '.join(failed)}: expected to be answered, got an error: run this again within the day",
            reason="http",
        )


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
