"""What matching finds: a brand that a publication is about, or one that was named and refused, each with its reason."""

from typing import Literal, NamedTuple

By = Literal["source", "account", "addressed", "handle", "hashtag", "domain", "name"]
"""Why a publication is about a brand: all but a name are identities."""
Rule = Literal["languages", "never", "case_sensitive", "exclude", "require"]
"""Key of the rule, in `[brands.NAME]`, by which a name was refused."""

_BY: dict[By, str] = {
    "source": "its source says so",
    "account": "by its account {phrase}",
    "addressed": "addresses its account {phrase}",
    "handle": "handle {phrase} at {at}",
    "hashtag": "hashtag {phrase} at {at}",
    "domain": "domain {phrase} at {at}",
    "name": 'name "{phrase}" at {at}',
}


class BrandMatch(NamedTuple):
    """A brand that a publication is about.

    Parameters
    ----------
    brand
        Its name in the configuration.
    by
        What named it.
    phrase
        The name, handle, hashtag, domain or account, as configured.
    at
        Character of the folded text at which that stands; -1: not in the text.

    Examples
    --------
    >>> str(BrandMatch("Orange", "name", "orange", 7))
    'name "orange" at 7'
    """

    brand: str
    by: By
    phrase: str = ""
    at: int = -1

    def __str__(self) -> str:
        """Return the reason as people read it."""
        return _BY[self.by].format(phrase=self.phrase, at=self.at)


class Refusal(NamedTuple):
    """A brand that was named, and refused by one of its rules.

    Parameters
    ----------
    brand
        Its name in the configuration.
    phrase
        The name that was found.
    at
        Character of the folded text at which it stands.
    rule
        By which it was refused.
    detail
        What the rule expects, and what the text has.

    Examples
    --------
    >>> str(Refusal("Orange", "orange", 3, "languages", "the language is en, expected fr"))
    'name "orange" at 3 refused by `languages`: the language is en, expected fr'
    """

    brand: str
    phrase: str
    at: int
    rule: Rule
    detail: str

    def __str__(self) -> str:
        """Return the reason as people read it."""
        return f'name "{self.phrase}" at {self.at} refused by `{self.rule}`: {self.detail}'


class Findings(NamedTuple):
    """All that matching found in a publication.

    Parameters
    ----------
    matches
        Brands it is about, in the order of their configuration.
    refusals
        Brands that were named and refused.
    """

    matches: tuple[BrandMatch, ...]
    refusals: tuple[Refusal, ...]
