"""Tendencies of the negativity score: sober bad news and praise in six languages, by shares, not by single scores."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from detectors.negativity import NegativityModel
from detectors.negativity.evaluate import auc
from detectors.negativity.training_texts import written

SENTENCES = tomllib.loads(Path(__file__).with_name("negativity_tendencies.toml").read_text(encoding="utf-8"))
ALL = {text for lists in SENTENCES.values() for texts in lists.values() for text in texts}

MISSED = pytest.mark.xfail(reason="not called yet: the model card names it", strict=True)


def test_no_sentence_is_of_the_training_texts() -> None:
    """What the tendencies are measured on was not learned."""
    assert len(ALL) > 250
    assert not ALL & {example.text for example in written()}


@pytest.mark.parametrize("language", SENTENCES)
def test_bad_news_told_soberly_is_called_negative_and_praise_is_not(language: str) -> None:
    """At least half of what is bad is called, hardly any praise, and the two are ranked apart."""
    model = NegativityModel.load()
    lists = SENTENCES[language]
    bad, praise, neutral = (np.array(model.score_many(lists[kind])) for kind in ("bad", "praise", "neutral"))
    assert (bad >= 0.5).mean() >= 0.5
    assert (praise >= 0.5).mean() <= 0.1
    assert (neutral >= 0.5).mean() <= 0.35
    rest = np.concatenate([praise, neutral])
    truth = np.append(np.ones(len(bad), bool), np.zeros(len(rest), bool))
    assert auc(truth, np.concatenate([bad, rest])) >= 84


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Rappel produit : présence de salmonelle dans les pizzas", marks=MISSED),
        "Fuite de données : les mots de passe des clients en ligne",
        "On m'a volé mon argent",
        pytest.param("J'ai porté plainte", marks=MISSED),
        "no internet since this morning",
        "seit gestern kein Internet",
        "no tengo internet desde ayer",
    ],
)
def test_a_recall_a_leak_and_a_theft_are_negative(text: str) -> None:
    """Facts a brand must hear of are called negative though no word of anger is in them."""
    assert NegativityModel.load().score_one(text) >= 0.5


@pytest.mark.parametrize("text", ["Merci à l'équipe, toujours le sourire", "les croissants sont top"])
def test_praise_of_a_bakery_is_not_negative(text: str) -> None:
    """Praise is not called negative."""
    assert NegativityModel.load().score_one(text) < 0.5
