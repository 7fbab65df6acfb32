"""Reading the marks of an official text: the source's word, then the brand's prepared texts, then the lexicons."""

from collections.abc import Iterable
from string import ascii_uppercase

from streams.mentions.marks.lexicon import mark_index, words
from streams.mentions.marks.mark import Mark, marks_named
from streams.mentions.marks.phrases import WORD, plain
from streams.mentions.mention import Mention
from streams.mentions.text import hash64

RUN = 4
"""Words in a row that are compared with a prepared text."""
PREPARED_SHARE = 0.5
LEAD_WORDS = 8
LEAD_LEAST = 5
LEAD_READ = 11
"""Words that are read first: enough where at most three of them are handles or greetings."""
LEAD_CHARACTERS = 240
"""Characters of a text among which its first words are."""
CAPITALS_SHARE = 0.6
CAPITALS_LEAST = 20
_CAPITALS = ascii_uppercase.encode()
_SKIPPED = ("@", "http")
_LEADERS = frozenset(("leader", "direction"))
_RESOLVED, _HOT = int(Mark.RESOLVED), int(Mark.HOT)
_LEADER, _NAMED_ROLE = int(Mark.LEADER), int(Mark.NAMED_ROLE)


class PreparedTexts:
    """The texts that a brand has prepared: one is recognised by half of its runs of four words.

    Parameters
    ----------
    texts
        Each with the mark it stands for.

    Examples
    --------
    >>> prepared = PreparedTexts([(Mark.HOLDING, "We have seen your messages and will say more at noon")])
    >>> Mark(prepared.marks("Hello! We have seen your messages and will say more very soon")).name
    'HOLDING'
    """

    def __init__(self, texts: Iterable[tuple[Mark, str]]) -> None:
        self._texts = [(mark, runs) for mark, text in texts if (runs := _runs(text))]

    def marks(self, text: str) -> int:
        """Return the marks of the prepared texts that a text is made from."""
        if not self._texts:
            return 0
        own = _runs(text)
        found = 0
        for mark, runs in self._texts:
            if len(runs & own) >= PREPARED_SHARE * len(runs):
                found |= int(mark)
        return found


def read_marks(mention: Mention, prepared: PreparedTexts, role: str | None = None) -> int:
    """Return the marks of an official text, as bits of `Mark`.

    Where the source gives marks, only the tone is read from the text.

    Parameters
    ----------
    mention
        Official.
    prepared
        The brand's prepared texts.
    role
        Of its account, where the mention does not say who speaks.

    Examples
    --------
    >>> from streams.mentions.mention import decode
    >>> head = b'{"id":"1","brand":"A","network":"n","created_at":"2012-06-11T18:00:00Z",'
    >>> said = decode(head + b'"text":"We are looking into this. Sorry for the delay!"}')
    >>> Mark(read_marks(said, PreparedTexts([]))) == Mark.HOLDING | Mark.APOLOGY
    True
    """
    text = mention.text or ""
    given = marks_named(mention.marks)
    marks = given or prepared.marks(text) | lexicon_marks(text)
    role = mention.role or role
    if role is not None:
        marks |= _NAMED_ROLE | _LEADER if role in _LEADERS else _NAMED_ROLE
    return marks | _HOT if _shouts(text) else marks


def lexicon_marks(text: str) -> int:
    """Return the marks that the lexicons find in a text.

    Examples
    --------
    >>> lexicon_marks("Is it fixed now?"), lexicon_marks("This is fixed now.") == Mark.RESOLVED
    (0, True)
    """
    found = 0
    for clause, question, marks in mark_index().labels(text):
        void = marks & _RESOLVED and (question or any(f" {word} " in clause for word in words("voids")))
        found |= marks & ~_RESOLVED if void else marks
    return found


def lead(text: str) -> int:
    """Hash the first eight words of a text, handles, links and greetings left out; 0 where it has fewer than five.

    Examples
    --------
    >>> lead("@ann Hi Ann! Please send us a direct message so") == lead("@bo hello, please send us a direct message so")
    False
    >>> lead("@ann Hi, please send us your number today") == lead("@bo Hello please send us your number today")
    True
    """
    head = text[:LEAD_CHARACTERS]
    *shown, rest = head.split(None, LEAD_READ) or [""]
    # Nearly always the first words are enough, and reading all of them takes three times as long.
    said = _without_greetings(shown if len(shown) == LEAD_READ else [*shown, rest])
    if len(said) < LEAD_WORDS and len(shown) == LEAD_READ:
        said = _without_greetings(head.split())
    return hash64(" ".join(said[:LEAD_WORDS])) if len(said) >= LEAD_LEAST else 0


def _without_greetings(shown: list[str]) -> list[str]:
    said = WORD.findall(plain(" ".join([word for word in shown if not word.startswith(_SKIPPED)])))
    greetings = words("greetings")
    first = 0
    while first < len(said) and said[first] in greetings:
        first += 1
    return said[first:]


def _runs(text: str) -> set[str]:
    every = WORD.findall(plain(text))
    return {" ".join(every[n : n + RUN]) for n in range(len(every) - RUN + 1)}


def _shouts(text: str) -> bool:
    plain_letters = text.encode("ascii", "ignore")
    others = len(text) - len(plain_letters)
    least = CAPITALS_SHARE * CAPITALS_LEAST
    # Few texts have so many even if every other letter is one, and counting those takes ten times as long.
    if others + len(plain_letters) - len(plain_letters.translate(None, _CAPITALS)) < least:
        return False
    capitals = sum(map(str.isupper, text))
    if capitals < least:
        return False
    letters = sum(map(str.isalpha, text))
    return letters >= CAPITALS_LEAST and capitals > CAPITALS_SHARE * letters
