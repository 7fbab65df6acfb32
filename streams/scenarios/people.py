"""The people of a scenario: who speaks, how they write, and what they pass on."""

import math
import random
import re
import unicodedata
from collections import deque
from itertools import accumulate

from streams.scenarios.schema import Network, ScenarioFile
from streams.scenarios.validation import ASIDE, SLOT

PASSED_ON = 150  # how many recent posts of a tone people still see and repost
ATTEMPTS = 6  # at a text that fits a network before it is cut


class Crowd:
    """Who speaks: a pool of regulars on ordinary days, mostly newcomers in a phase.

    Parameters
    ----------
    file
        The scenario.
    rng
        The only source of chance.
    """

    def __init__(self, file: ScenarioFile, rng: random.Random) -> None:
        self._file = file
        self._rng = rng
        self._spoken: dict[tuple[str, str], list[tuple[str, int | None]]] = {}
        self._regulars = {
            name: [self._newcomer(network) for _ in range(file.authors.regulars)]
            for name, network in file.networks.items()
        }
        # Zipf's law: a few regulars say much, most say little.
        self._weights = list(accumulate(1 / (rank + 5) for rank in range(file.authors.regulars)))

    def speaker(self, phase: str, network: str) -> tuple[str, int | None]:
        """Choose who speaks next in a phase on a network: an opaque id, and followers where the network shows them."""
        if phase == "baseline":
            return self._rng.choices(self._regulars[network], cum_weights=self._weights)[0]
        spoken = self._spoken.setdefault((phase, network), [])
        if spoken and self._rng.random() < self._file.authors.returning:
            return spoken[int(self._rng.random() * len(spoken))]
        someone = self._newcomer(self._file.networks[network])
        spoken.append(someone)
        return someone

    def stranger(self) -> str:
        """Give the id of somebody who has not spoken yet."""
        return f"{self._rng.getrandbits(48):012x}"

    def _newcomer(self, network: Network) -> tuple[str, int | None]:
        if not network.median_followers:
            return self.stranger(), None
        followers = network.median_followers * math.exp(self._rng.gauss(0, self._file.authors.followers_sigma))
        return self.stranger(), min(int(followers), self._file.authors.followers_max)


class Writer:
    """How people write: templates filled in, strung together, and typed with more or less care.

    Parameters
    ----------
    file
        The scenario.
    rng
        The only source of chance.

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
        text, kind = "", self._file.tones[tone]
        for _ in range(ATTEMPTS):
            count = self._rng.randint(*(kind.sentences or network.sentences))
            sentences = [self._sentence(self._draw(tone)) for _ in range(count)]
            if self._rng.random() < kind.asides:
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
        """Close the gaps that empty slots leave."""
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
        # Like a pack of cards: every template once before any comes again.
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
    """Recent posts that people may pass on, the widely followed ones more often."""

    def __init__(self) -> None:
        self._recent: dict[tuple[str, str], deque[tuple[str, float]]] = {}
        self._texts: dict[str, str] = {}

    def add(self, network: str, tone: str, name: str, text: str, followers: int) -> None:
        """Remember a post."""
        recent = self._recent.setdefault((network, tone), deque(maxlen=PASSED_ON))
        recent.append((name, 1.0 + followers))
        self.keep(name, text)

    def keep(self, name: str, text: str) -> None:
        """Remember a text by the post's id."""
        self._texts[name] = text

    def text(self, name: str) -> str:
        """Give a post's text."""
        return self._texts[name]

    def pick(self, rng: random.Random, network: str, tone: str) -> str | None:
        """Choose a recent post of a tone on a network; None where there is none yet."""
        recent = self._recent.get((network, tone))
        if not recent:
            return None
        return rng.choices([name for name, _ in recent], [weight for _, weight in recent])[0]
