"""The terms that spread are words that mean something, in the languages people write in."""

import pytest

from streams.mentions.stop_words import STOP_WORDS
from streams.mentions.text import extract_terms
from streams.scoring.rollup import Counts, PostRow, Rollup
from streams.settings.config import Config
from streams.watching.brand_watch import BrandWatch
from streams.watching.recent_minutes import ClosedMinute


def spreading(*texts: str, brand: str = "Acme") -> set[str]:
    """The terms that spread where each text is said by several."""
    posts = tuple(
        PostRow(100 * i + n, 0, 0, 0, f"{i}-{n}", "", 0, text, "") for i, text in enumerate(texts) for n in range(3)
    )
    watch = BrandWatch(brand, Config())
    watch.recent.add(ClosedMinute(5, [Rollup(brand, "forum", 5, 0, Counts(), posts=posts)]))
    return {term for term, _ in watch.spreading(60)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("There were sparks while the kids slept, after that they didn't wake", {"sparks", "kids", "slept", "wake"}),
        ("Depuis HIER chez vous c'est trop, très malades après la brioche", {"malades", "brioche"}),
        ("Aujourd'hui encore une intoxication, toujours pas de réponse", {"intoxication", "réponse"}),
        ("Gestern wurde nicht geliefert, heute auch noch keine Lieferung", {"geliefert", "lieferung"}),
        ("Siempre cobran también después cuando hubo estafa", {"cobran", "estafa"}),
        ("Sono sempre senza rimborso, anche dopo questa truffa", {"rimborso", "truffa"}),
        ("Ainda não recebi nada, também depois porque vocês mentiram", {"recebi", "mentiram"}),
        ("Nog steeds geen geld, waarom moet iedereen altijd wachten", {"geld", "wachten"}),
        ("Dlaczego jeszcze wczoraj było tylko oszustwo", {"oszustwo"}),
        ("Sudah lama tidak dengan penipuan karena mereka", {"lama", "penipuan"}),
    ],
)
def test_function_words_are_never_among_the_terms_that_spread(text: str, said: set[str]) -> None:
    assert spreading(text) == said


def test_a_word_that_can_name_a_crisis_is_no_stop_word_in_any_language() -> None:
    words = (
        "fire bill cry empty problem system help sorry stop free door dies kids malade danger police rappel colis burn "
        "brand gift tote spot boot pest wind list leak sale wars fake slow late hurt died dead sick rats glass blood"
    )
    assert not STOP_WORDS & set(words.split())


def test_a_stop_word_is_in_the_form_in_which_terms_are_extracted() -> None:
    assert all(extract_terms(word) == (word,) for word in STOP_WORDS)


def test_a_hashtag_or_a_code_is_named_even_where_it_spells_a_function_word() -> None:
    assert spreading("we say #after to CODE50") == {"#after", "CODE50"}


def test_the_words_of_a_brands_name_say_nothing_and_a_hashtag_against_it_does() -> None:
    said = "The lady of Fournil de Lise #fournildelise #lise is poisoned #boycottlise"
    assert spreading(said, brand="Le Fournil de Lise") == {"lady", "poisoned", "#boycottlise"}
