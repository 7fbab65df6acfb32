"""Marks of official texts: the source's word first, then prepared texts, then a lexicon in eleven languages."""

import csv
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.mentions.marks.customers import asks, clues, thanks
from streams.mentions.marks.lexicon import LANGUAGES, clue_index, mark_index
from streams.mentions.marks.mark import Clue, Mark
from streams.mentions.marks.reading import PreparedTexts, lead, lexicon_marks, read_marks
from streams.mentions.mention import decode
from tests.helpers.mentions import mention_line

NOTHING_PREPARED = PreparedTexts([])


def marks(text: str, prepared: PreparedTexts = NOTHING_PREPARED, **fields: object) -> Mark:
    return Mark(read_marks(decode(mention_line(1, 0, text=text, official=True, **fields)), prepared))


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Something's not quite right, and we’re looking into it.", Mark.HOLDING),
        ("Nos équipes sont mobilisées pour rétablir le service.", Mark.HOLDING),
        ("Estamos investigando lo ocurrido", Mark.HOLDING),
        ("Wir prüfen das gerade.", Mark.HOLDING),
        ("Stiamo verificando il problema", Mark.HOLDING),
        ("Estamos a verificar o problema", Mark.HOLDING),
        ("Wij onderzoeken dit.", Mark.HOLDING),
        ("Sprawdzamy to i damy znać", Mark.HOLDING),
        ("Мы уже разбираемся в ситуации", Mark.HOLDING),
        ("Már vizsgáljuk a hibát", Mark.HOLDING),
        ("Kami sedang periksa masalah ini", Mark.HOLDING),
        ("Toutes nos excuses pour la gêne occasionnée.", Mark.APOLOGY),
        ("We were wrong, and it will not happen again.", Mark.ADMISSION),
        ("All clear! Thanks for your patience.", Mark.RESOLVED),
        ("L'anomalie est corrigée.", Mark.RESOLVED),
        ("Les commandes passées ne seront pas honorées", Mark.REFUSAL),
        ("Vous serez intégralement remboursés", Mark.COMPENSATION),
        ("Please send us a DM", Mark.PRIVATE),
        ("This is the error of one of our employees.", Mark.BLAME),
        ("C'est l'erreur d'un stagiaire.", Mark.BLAME),
        ("You are so pathetic, get a life", Mark.HOT),
        ("Merci d'arrêter d'utiliser la page pour vous plaindre", Mark.HOT),
        ("WE ARE NOT STUPID, ALL OF YOU ARE JUST JEALOUS", Mark.HOT),
    ],
)
def test_what_a_text_does_is_read_in_the_brands_language(text: str, mark: Mark) -> None:
    assert mark in marks(text)


@pytest.mark.parametrize(
    "text",
    ["It should be fixed soon", "Is it fixed now?", "We'll say so once it is resolved", "This isn't fixed"],
)
def test_a_hope_or_a_question_is_no_all_clear(text: str) -> None:
    assert Mark.RESOLVED not in marks(text)


@pytest.mark.parametrize(
    "text",
    ["Non, vous n'êtes pas des pigeons !", "Thanks for the feedback, have a great day!", "We ship to ten countries."],
)
def test_an_everyday_text_has_no_mark(text: str) -> None:
    assert marks(text) == 0


def test_the_sources_word_beats_any_reading_of_the_text() -> None:
    assert marks("We are looking into this", marks=["promo", "something new"]) == Mark.PROMO


def test_a_prepared_text_is_recognised_by_half_of_it() -> None:
    prepared = PreparedTexts([(Mark.HOLDING, "Nous avons lu chacun de vos mots et parlerons à midi")])
    assert marks("Bonjour, nous avons lu chacun de vos mots et parlerons demain", prepared) == Mark.HOLDING
    assert marks("Nous parlerons à midi", prepared) == 0


def test_a_leader_who_speaks_is_marked() -> None:
    assert marks("Good evening", role="leader") == Mark.LEADER | Mark.NAMED_ROLE
    assert marks("Good evening", role="care") == Mark.NAMED_ROLE


def test_answers_copied_for_everybody_have_one_lead_whoever_is_greeted() -> None:
    leads = {
        lead(f"@{name} Bonjour, la messagerie privée n’est plus disponible, et désolés {name}")
        for name in ("ann", "bo")
    }
    assert len(leads) == 1
    assert lead("@ann merci") == 0


@pytest.mark.parametrize(
    ("text", "clue"),
    [
        ("you deleted my comment, shame", Clue.DELETED),
        ("vous avez supprimé mon commentaire", Clue.DELETED),
        ("Mein Kommentar wurde gelöscht", Clue.DELETED),
        ("nobody called me back", Clue.UNKEPT),
        ("toujours pas de réponse de votre part", Clue.UNKEPT),
        ("a blue sky", Clue(0)),
        ("I removed the app", Clue(0)),
    ],
)
def test_a_customer_who_was_deleted_or_left_waiting_is_understood(text: str, clue: Clue) -> None:
    assert Clue(clues(text.lower())) == clue


def test_questions_and_thanks_are_told_from_complaints() -> None:
    assert asks("Where is my order? @acme https://a.example")
    assert not asks("Where is my order? Tell me.")
    assert thanks("merci, tout marche")


def test_every_language_has_marks_and_clues_and_no_unknown_one() -> None:
    assert len(mark_index())
    assert all(len(clue_index(code)) for code in LANGUAGES)


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert 0 <= lexicon_marks(text) < 2 * max(Mark)
    assert 0 <= clues(text.lower()) <= 3
    assert lead(text) >= 0


def test_holding_messages_of_a_real_brand_are_found_with_a_precision_of_four_in_five(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with gzip.open(shared / "data/incidents/spotify_care_2017.jsonl.gz", "rb") as lines:
        texts = {row["id"]: row["text"] for row in map(json.loads, lines) if row.get("official")}
    labels = (shared / "data/desk/holding_labels_spotify.csv").read_text().splitlines()
    rows = list(csv.DictReader(line for line in labels if not line.startswith("#")))
    found = [row for row in rows if lexicon_marks(texts[row["id"]]) & Mark.HOLDING]
    right = [row for row in found if row["holding"] == "yes"]
    held = [row for row in rows if row["holding"] == "yes"]
    drawn = [row for row in held if row["drawn"] == "random"]
    with capsys.disabled():
        print(
            f"\nholding: {len(right)} of {len(found)} hits right, {len(right)} of {len(held)} found, "
            f"{sum(row in right for row in drawn)} of {len(drawn)} of those drawn at random"
        )
    assert len(right) >= 0.8 * len(found)
    assert right
