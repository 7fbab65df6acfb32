"""The automaton finds what a plain search finds, in whatever a network delivers."""

import re

from hypothesis import given
from hypothesis import strategies as st

from streams.matching.matcher import BrandMatcher
from streams.settings.brands.brand import BrandConfig
from tests.matching.publications import post

NAMES = ("aa", "aab", "b a", "a&b", "ba_b")
PLAIN = BrandMatcher({name: BrandConfig(names=(name,)) for name in NAMES})
RULED = BrandMatcher(
    {
        name: BrandConfig(
            names=(name,),
            handles=(f"{name[0]}x",),
            hashtags=(name[-1],),
            domains=("a.b",),
            exclude=(f"{name} b",),
            never=("bbb",),
            require=("a", "b"),
            within=1,
            case_sensitive=name == "aa",
        )
        for name in NAMES
    }
)


@given(st.text("aAbB &_.2", max_size=30))
def test_a_name_is_found_exactly_where_a_plain_search_finds_it_as_a_word(text: str) -> None:
    found = {match.brand for match in PLAIN.match(post(text), "x")}
    spaced = " ".join(text.lower().split())
    assert found == {name for name in NAMES if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", spaced)}


@given(
    st.text("aAbBx &_.#@2é\u200b漢\ud800", max_size=40) | st.text(st.characters(exclude_categories=()), max_size=40),
    st.text("aAb.#@/ ", max_size=20),
)
def test_any_text_is_matched_and_a_brand_is_counted_refused_or_not_named(text: str, searched: str) -> None:
    findings = RULED.explain(post(text, searched=searched), "x")
    counted = [match.brand for match in findings.matches]
    refused = [refusal.brand for refusal in findings.refusals]
    assert len({*counted, *refused}) == len(counted) + len(refused)
    if counted or refused:
        assert RULED.names_something(f"{text}\0{searched}")
        assert all(str(finding) for finding in (*findings.matches, *findings.refusals))


@given(st.lists(st.sampled_from(("aa", "b", "c", "aa b", "bbb")), max_size=12).map(" ".join))
def test_without_its_rules_a_brand_counts_wherever_it_counts_with_them(text: str) -> None:
    ruled = {match.brand for match in RULED.match(post(text), "x")}
    assert ruled <= {match.brand for match in PLAIN.match(post(text), "x")}
