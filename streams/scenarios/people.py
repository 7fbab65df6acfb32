"""The people of a scenario: the crowd of authors, how they write, and which posts they repost."""

import math
import random
import re
import unicodedata
from collections import deque
from itertools import accumulate

from streams.scenarios.schema import Network, ScenarioFile
from streams.scenarios.validation import ASIDE, SLOT

REPOSTABLE = 150  # recent posts of a tone that people still see and repost
ATTEMPTS = 6  # at a text that fits a network, before it is cut


class Crowd:
    """The authors: a pool of regulars on ordinary days, mostly newcomers in a phase.

    Parameters
    ----------
    file
        The scenario.
    rng
        The only source of randomness.
    """

    def __init__(self, file: ScenarioFile, rng: random.Random) -> None:
        self._file = file
        self._rng = rng
        self._phase_authors: dict[tuple[str, str], list[tuple[str, int | None]]] = {}
        self._regulars = {
            name: [self._newcomer(network) for _ in range(file.authors.regulars)]
            for name, network in file.networks.items()
        }
        # Zipf's law: a few regulars post much, most post little.
        self._weights = list(accumulate(1 / (rank + 5) for rank in range(file.authors.regulars)))

    def author(self, phase: str, network: str) -> tuple[str, int | None]:
        """Choose the next author of a phase on a network: an opaque id, and followers where the network shows them."""
        if phase == "baseline":
            return self._rng.choices(self._regulars[network], cum_weights=self._weights)[0]
        known = self._phase_authors.setdefault((phase, network), [])
        if known and self._rng.random() < self._file.authors.returning:
            return known[int(self._rng.random() * len(known))]
        newcomer = self._newcomer(self._file.networks[network])
        known.append(newcomer)
        return newcomer

    def new_id(self) -> str:
        """Return the id of a new author."""
        return f"{self._rng.getrandbits(48):012x}"

    def _newcomer(self, network: Network) -> tuple[str, int | None]:
        if not network.median_followers:
            return self.new_id(), None
        followers = network.median_followers * math.exp(self._rng.gauss(0, self._file.authors.followers_sigma))
        return self.new_id(), min(int(followers), self._file.authors.followers_max)


class Writer:
    """Text generator: fills in templates, joins them, and types with more or less care.

    Parameters
    ----------
    file
        The scenario.
    rng
        The only source of randomness.

    Examples
    --------
    >>> Writer.tidy(" so,  it works ( really ) !")
    'so, it works (really) !'
    """

    def __init__(self, file: ScenarioFile, rng: random.Random) -> None:
        self._file = file
        self._rng = rng
        self._decks: dict[str, list[str]] = {}
        joins = "|".join(re.escape(join) for join in sorted(file.style.joins, key=len, reverse=True))
        self._joins = re.compile(rf"\b(?:{joins})\b") if joins else None

    def write(self, tone: str, network: Network) -> str:
        """Write one text of a tone that fits a network."""
        text, style = "", self._file.tones[tone]
        for _ in range(ATTEMPTS):
            count = self._rng.randint(*(style.sentences or network.sentences))
            sentences = [self._sentence(self._draw(tone)) for _ in range(count)]
            if self._rng.random() < style.asides:
                sentences.append(self._sentence(f"{{{ASIDE}}}"))
            text = " ".join([self._stopped(sentence) for sentence in sentences[:-1]] + sentences[-1:])
            if len(text) <= network.max_chars:
                break
        return self._typed(self.cut(text, network))

    @staticmethod
    def cut(text: str, network: Network) -> str:
        """Cut a text at a word where it is too long for a network."""
        if len(text) <= network.max_chars:
            return text
        return text[: network.max_chars - 1].rsplit(" ", 1)[0] + "…"

    @staticmethod
    def tidy(text: str) -> str:
        """Remove the gaps that empty slots leave."""
        text = re.sub(r"\s+", " ", text).strip()
        text = re.sub(r"\( ", "(", text)
        return re.sub(r" ([,.)])", r"\1", text).strip(" ,")

    def _sentence(self, template: str) -> str:
        text = self._fill(template)
        if self._joins is not None:
            text = self._joins.sub(lambda match: self._file.style.joins[match.group()], text)
        return self.tidy(text)

    @staticmethod
    def _stopped(sentence: str) -> str:
        return sentence + "." if sentence[-1:].isalnum() or sentence.endswith("%") else sentence

    def _draw(self, tone: str) -> str:
        # Like a deck of cards: every template once before any is repeated.
        deck = self._decks.setdefault(tone, [])
        if not deck:
            deck.extend(self._file.tones[tone].templates)
        return deck.pop(int(self._rng.random() * len(deck)))

    def _fill(self, text: str) -> str:
        while match := SLOT.search(text):
            choices = self._file.slots[match.group(1)]
            text = text[: match.start()] + choices[int(self._rng.random() * len(choices))] + text[match.end() :]
        return text

    def _typed(self, text: str) -> str:
        style = self._file.style
        if self._rng.random() < style.lowercase:
            text = text.lower()
        if self._rng.random() < style.unaccented:
            text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
        return text


class Originals:
    """Recent posts that people may repost, those of widely followed authors more often."""

    def __init__(self) -> None:
        self._recent: dict[tuple[str, str], deque[tuple[str, float]]] = {}
        self._texts: dict[str, str] = {}

    def add(self, network: str, tone: str, name: str, text: str, followers: int) -> None:
        """Add a post that people may repost."""
        recent = self._recent.setdefault((network, tone), deque(maxlen=REPOSTABLE))
        recent.append((name, 1.0 + followers))
        self.add_text(name, text)

    def add_text(self, name: str, text: str) -> None:
        """Store the text of a post, by its id."""
        self._texts[name] = text

    def text(self, name: str) -> str:
        """Return a post's text."""
        return self._texts[name]

    def pick(self, rng: random.Random, network: str, tone: str) -> str | None:
        """Choose a recent post of a tone on a network; None where there is none yet."""
        recent = self._recent.get((network, tone))
        if not recent:
            return None
        return rng.choices([name for name, _ in recent], [weight for _, weight in recent])[0]
