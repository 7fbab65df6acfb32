"""Terms are extracted alike from texts of every script."""

from hypothesis import given
from hypothesis import strategies as st

from streams.mentions.text import extract_terms

PIECES = ("promo", "29343", "CODE50", "#3Suisses", "http://t.co/Xy", "été", "नमस्ते", "ราคา", " ", "-", "2012", "@acme")
MARKED = "नमस्ते"


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_text_has_the_same_terms_beside_a_word_of_another_script(text: str) -> None:
    assert extract_terms(f"{text} {MARKED}") == tuple(dict.fromkeys((*extract_terms(text), MARKED)))


def test_words_of_scripts_with_vowel_signs_are_whole() -> None:
    assert extract_terms("बहिष्कार करो ไม่ซื้อ") == ("बहिष्कार", "ไม่ซื้อ")
