"""What an on-call person can rely on in the line of an incident: figures, words, language and zone."""

import msgspec
import pytest

from streams.collecting.pseudonyms import pseudonym
from streams.settings.config import Config, parse
from streams.watching.incident_event import AnswerCounts, Escalation, IncidentEvent, ShownPost, ShownReach, ShownTerm
from streams.watching.incident_summary import figures, summary
from streams.watching.quotation import quotations

EVENT = IncidentEvent(
    id="",
    incident="",
    brand="Acme",
    at="2024-03-09T16:15:00Z",
    severity="warning",
    previous="watch",
    criteria=["surge", "negative_growth"],
    since="2024-03-09T15:14:00Z",
    window_minutes=60,
    observed=1214,
    expected=0.3,
    factor=None,
    score=9,
    authors=300,
    negatives=214,
    copies=0,
    networks={"twitter": 0.76, "forum": 0.24},
    terms=[ShownTerm("kettle", 7)],
    posts=[],
    answers=AnswerCounts(0, 0, 0, 0, 0),
    weaknesses={},
    escalation=None,
    figures="",
    summary="",
)
PARIS = parse('timezone = "Europe/Paris"', {})
FRENCH = parse('timezone = "Europe/Paris"\nlanguage = "fr"', {})


def line(event: IncidentEvent, config: Config = PARIS) -> str:
    return summary(msgspec.structs.replace(event, figures=figures(event, config)), config)


def changed(**fields: object) -> IncidentEvent:
    return msgspec.structs.replace(EVENT, **fields)


def test_one_line_has_one_zone() -> None:
    assert line(EVENT) == (
        "WARNING Acme: surge of mentions + negatives growing: 1,214 people negative in 1 h, 0.3 expected; "
        "76% on twitter; since 16:14 CET; said: kettle."
    )


def test_a_flood_is_told_by_its_copies() -> None:
    flood = changed(severity="watch", criteria=["coordinated"], observed=70, expected=0.4, window_minutes=360)
    assert "copies, likely coordinated: 70 copies of the same texts in 6 h, 0.4 expected" in line(flood)
    assert "70 copies des mêmes textes en 6 h" in line(flood, FRENCH)


def test_an_incident_that_began_on_another_day_says_so() -> None:
    assert "since Fri 2024-03-08 22:00 CET" in line(changed(since="2024-03-08T21:00:00Z"))


def test_a_french_reader_reads_french_words_numbers_and_dates() -> None:
    shown = line(changed(since="2024-03-08T21:00:00Z", factor=4047), FRENCH).replace("\u202f", " ")
    assert shown == (
        "ALERTE Acme : afflux de mentions + les messages négatifs augmentent : 1 214 personnes négatives en 1 h, "
        "0,3 attendues, 4 047 fois plus; 76 % sur twitter; depuis ven. 08/03/2024 22:00 CET; on y dit : kettle."
    )


def test_a_critical_says_why_it_is_worse_than_the_warning_before_it() -> None:
    critical = changed(severity="critical", observed=93, escalation=Escalation(89, 512, both_criteria=False))
    assert "it has lasted 1 h 29 min and 512 people were negative in 6 h; now 93 people negative in 1 h" in line(
        critical
    )
    both = changed(severity="critical", observed=93, escalation=Escalation(0, 93, both_criteria=True))
    assert ": negatives grow and a negative post reaches many; now 93 people" in line(both)


def post(**fields: object) -> ShownPost:
    shown = ShownPost("1", "twitter", "jane", 1_250_000, 0, 0.9, "It burns", "https://t.example/1", 1_250_000)
    return msgspec.structs.replace(shown, **fields)


def test_a_warning_of_reach_says_how_many_people_the_post_reached_and_where() -> None:
    reached = ShownReach(post().id, 1_250_000, 517)
    event = changed(criteria=["reach"], observed=1_250_000, posts=[post()], networks={"reddit": 0.6}, reached=reached)
    assert "one post on twitter by @jane reaches 1,250,000 people (usually 517)" in line(event)
    assert "people talking" not in line(event)
    assert "by a private account reaches" in line(msgspec.structs.replace(event, posts=[post(followers=3)]))


def test_the_known_weak_point_is_named() -> None:
    assert "known weak point: hygiene (67 mentions), queue (1 mention)" in line(
        changed(weaknesses={"hygiene": 67, "queue": 1})
    )


def test_a_calm_line_is_in_the_language_too() -> None:
    calm = changed(severity="calm", criteria=[])
    assert summary(calm, PARIS) == "Acme is calm again; the incident began 16:14 CET."
    assert summary(calm, FRENCH).startswith("Acme : retour au calme")


def test_two_publications_are_quoted_each_text_once() -> None:
    shown = [post(), post(id="2"), post(id="3", text="Another"), post(id="4", text="Third")]
    assert [quoted.text for quoted in quotations("Acme", shown, PARIS)] == ["It burns", "Another"]


@pytest.mark.parametrize(
    ("text", "followers", "named"),
    [
        ("", 9_999, "a private account"),
        ("", 10_000, "@jane"),
        ("public_followers = 50", 50, "@jane"),
        ("show_authors = true", 0, "@jane"),
        ("language = 'fr'", 3, "un compte privé"),
    ],
)
def test_a_private_author_is_named_only_where_it_is_configured(text: str, followers: int, named: str) -> None:
    (quoted,) = quotations("Acme", [post(followers=followers)], parse(text, {}))
    assert quoted.author == named


@pytest.mark.parametrize(
    ("text", "followers", "shown"),
    [
        ("", 10_000, "an author"),
        ("show_authors = true", 0, "an author"),
        ("", 3, "a private account"),
        ("language = 'fr'", 10_000, "un auteur"),
    ],
)
def test_a_pseudonym_is_never_shown_as_a_name(text: str, followers: int, shown: str) -> None:
    author = pseudonym("an example is no secret", "bluesky", "did:plc:abc")
    (quoted,) = quotations("Acme", [post(author=author, followers=followers)], parse(text, {}))
    assert quoted.author == shown


def test_views_do_not_make_a_private_account_public() -> None:
    (quoted,) = quotations("Acme", [post(reach=6_000_000, followers=40)], PARIS)
    assert (quoted.author, quoted.reach) == ("a private account", "6,000,000")


def test_a_quotation_masks_the_handles_of_others_and_keeps_the_brand_s_own() -> None:
    config = parse('[brands.Acme]\nofficial_accounts = ["AcmeHelp"]', {})
    (quoted,) = quotations("Acme", [post(text="@acme @AcmeHelp @jane, answer")], config)
    assert quoted.text == "@acme @AcmeHelp @…, answer"
