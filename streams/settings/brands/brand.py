"""Settings of one brand: `[brands.NAME]`."""

from typing import Annotated

import msgspec
from msgspec import Meta

from streams.mentions.mention import Role


class BrandConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Configuration of one brand: `[brands.NAME]`.

    Parameters
    ----------
    names
        How people write its name: its aliases. Mentions under any of them are joined to it, without case and in NFC;
        they are left out of the terms that spread.
    official_accounts
        Authors that are the brand itself, without case or `@`: as their mentions say, or `network:account` for what
        sources collect.
    handles, hashtags, domains
        What names the brand without doubt, without `@` and `#`; they count whatever the rules below.
    exclude
        Phrases that contain a name and mean something else.
    never
        Phrases of texts that are not about the brand.
    require
        Words of which one must be near a name; none: a name counts alone.
    within
        Words between a name and a required word at most; 0: anywhere.
    languages
        Languages, BCP 47, in which names count, where the source says one; none: all.
    case_sensitive
        Whether names count as they are written only.
    weaknesses
        Its known weak points: a tag each, and the phrases that mention it.
    thresholds
        Thresholds of this brand that differ from `[thresholds]`.
    desk
        Options of this brand that differ from `[desk]`.
    holding_texts, statement_texts
        Texts it has prepared for a crisis: one is recognised by half of its words.
    bot_accounts
        Official accounts whose replies are automatic: they answer nobody.
    account_roles
        Who speaks through an official account, by account: community, care, spokesperson, leader, direction or legal.
    blind_networks
        Networks on which its source does not bring in what the brand says.
    """

    names: tuple[str, ...] = ()
    official_accounts: frozenset[str] = frozenset()
    handles: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    within: Annotated[int, Meta(ge=0)] = 12
    languages: tuple[str, ...] = ()
    case_sensitive: bool = False
    weaknesses: dict[str, tuple[str, ...]] = {}
    thresholds: dict[str, int | float | str] = {}
    desk: dict[str, int | float | str | bool] = {}
    holding_texts: tuple[str, ...] = ()
    statement_texts: tuple[str, ...] = ()
    bot_accounts: frozenset[str] = frozenset()
    account_roles: dict[str, Role] = {}
    blind_networks: frozenset[str] = frozenset()
