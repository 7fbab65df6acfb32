"""Quotations: the publications of an incident as people are sent them, inert, private authors unnamed."""

from collections.abc import Iterable
from typing import NamedTuple

from streams.collecting.pseudonyms import is_pseudonym
from streams.settings.config import Config
from streams.watching.incident_event import ShownPost
from streams.wording.inert import inert, link

MAX_QUOTATIONS = 2


class Quotation(NamedTuple):
    """One publication, quoted: every part is inert and in the reader's language; `reach` and `url` may be empty."""

    network: str
    author: str
    reach: str
    text: str
    url: str


def quotations(brand: str, posts: Iterable[ShownPost], config: Config) -> list[Quotation]:
    r"""Quote the first publications of an incident, each text once.

    Parameters
    ----------
    brand
        Handles that are the brand's own are not masked.
    posts
        Most telling first.
    config
        Language, and which authors are named.

    Examples
    --------
    >>> post = ShownPost("1", "forum", "jane", 12, 0, 0.9, "never @again\n!", "https://forum.example/1", 12)
    >>> quotations("Acme", [post, post], Config())
    [Quotation(network='forum', author='a private account', reach='12', text='never @… !', url='https://forum.example/1')]
    """
    quoted: dict[str, Quotation] = {}
    for post in posts:
        text = inert(post.text, known_handles(brand, config))
        if text and text not in quoted:
            reach = config.words.number(post.reach) if post.reach else ""
            quoted[text] = Quotation(inert(post.network), author(post, config), reach, text, link(post.url))
        if len(quoted) == MAX_QUOTATIONS:
            break
    return list(quoted.values())


def author(post: ShownPost, config: Config) -> str:
    """Return the author of a publication as people are shown it: by name where public or configured."""
    named = config.show_authors or post.followers >= config.public_followers
    if named and is_pseudonym(post.author):
        return config.words.say("unnamed_account")
    name = inert(post.author.lstrip("@"), None, 60) if named else ""
    return f"@{name}" if name else config.words.say("private_account")


def known_handles(brand: str, config: Config) -> frozenset[str] | None:
    """Return the handles that stay in a quoted text, in lower case: the brand's own; None where all stay."""
    if config.show_authors:
        return None
    own = config.brand(brand)
    names = (brand, *own.names, *own.official_accounts)
    return frozenset(name.lower().lstrip("@").replace(" ", "") for name in names)
