"""Check of a brand's presence: the networks where it is spoken of and never speaks, from its stored response desk."""

from collections.abc import Iterator

from streams.settings.config import Config
from streams.watching.desk_watch import DeskWatch


def presence_warnings(brand: str, row: bytes, config: Config) -> Iterator[str]:
    """Yield one line for each network that carries a tenth of a brand's mentions without an official word.

    Parameters
    ----------
    brand
        The brand.
    row
        Its response desk as the state store has it; one of another version says nothing.
    config
        Official accounts, `blind_networks`.

    Examples
    --------
    >>> list(presence_warnings("Acme", DeskWatch("Acme", Config()).encoded(), Config()))
    []
    """
    watch = DeskWatch(brand, config)
    try:
        watch.restore(row)
    except (ValueError, TypeError):
        return
    desk = watch.desk
    if not desk.context.voiced or not config.desk_settings(brand).enabled:
        return
    for network, share in desk.presence.absent(desk.presence.latest, desk.context.known.blind_networks).items():
        yield (
            f"brands.{brand}: {config.words.percent(share)} of its mentions of 30 days are on {network} and none is "
            "the brand's own: speak there, or list it in `blind_networks` where its source shows no official post"
        )
