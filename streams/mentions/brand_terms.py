"""The trending terms of a brand: those that spread in its publications, its own names and stop words left out."""

import re
from collections.abc import Iterable, Sequence
from heapq import nsmallest

from detectors.trending import Sample, TrendingTerms
from streams.mentions.stop_words import STOP_WORDS
from streams.mentions.text import extract_terms, normalize

MAX_TERM_POSTS = 512
"""Terms are extracted from those with the smallest hashes, a uniform sample."""
MAX_NAME_WORDS = 8
_WORD = re.compile(r"[^\W_]+")


class BrandTerms(TrendingTerms):
    """The terms of one brand; the texts of each hour that ended are their background.

    Parameters
    ----------
    names
        The brand's names, which are no news.

    Attributes
    ----------
    hour
        Hour of the newest closed minute, since the epoch: earlier hours are in the background.

    Examples
    --------
    >>> terms = BrandTerms(["Acme"])
    >>> terms.learn_hour(10, [])
    >>> terms.spreading([Sample(1, "acme code 29343"), Sample(2, "try 29343 at acme")])
    [('29343', 2)]
    """

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(extract_terms)
        self.hour = 0
        self._not_named = STOP_WORDS.union(*map(_parts, names))

    def spreading(self, samples: Sequence[Sample]) -> list[tuple[str, int]]:
        """Return the terms that spread in some texts and how many use them, best first."""
        if len(samples) > MAX_TERM_POSTS:
            samples = nsmallest(MAX_TERM_POSTS, samples)
        return self.top([sample.text for sample in samples], leave_out=self._not_named)

    def learn_hour(self, next_hour: int, samples: Iterable[Sample]) -> None:
        """Add the texts of the hour that ended to the background, and go on to the next hour with a minute."""
        every = list(samples)
        if every:
            self.learn_one(self.hour // 24, every)
        self.hour = next_hour


def _parts(name: str) -> set[str]:
    """Return a name as terms: whole, its words, and the hashtags that are made of them.

    Examples
    --------
    >>> sorted(_parts("Northline Rail"))
    ['#northline', '#northlinerail', '#rail', 'northline', 'northline rail', 'northlinerail', 'rail']
    >>> sorted(_parts("3 Suisses"))
    ['#3', '#3suisses', '#suisses', '3', '3 suisses', '3suisses', 'suisses']
    """
    words = _WORD.findall(normalize(name).lower())[:MAX_NAME_WORDS]
    joined = ["".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)]
    return {name.lower(), "".join(words), *words, *(f"#{each}" for each in joined)}
