"""Guarantees of the negativity score."""

import copy
import math
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.negativity import NegativityModel, features, model, weights, with_rating
from detectors.negativity.evaluate import VALIDATION, Example, auc, load
from detectors.negativity.train import count, train

SURROGATES = st.characters(categories=["Cs"])
TEXT = st.one_of(
    st.text(max_size=80),
    st.text(st.one_of(st.sampled_from("aaeo!?(): \n.@#/&\\;'u20019"), SURROGATES), max_size=60),
    st.lists(
        st.sampled_from(
            ["bad", "BAD", "good!!", "@you", "https://t.co/a", "#SoBad", "ni😡ce", "最悪", "-", "हिंदी", "\u200b"]
        )
    ).map(" ".join),
)
HOSTILE = {
    "nothing": "",
    "white space": " \n\t\u3000" * 4_000,
    "lone surrogates": "\ud800\udfff" * 8_000,
    "controls": "\0\x01\x1b\x7f\x9f" * 3_000,
    "one emoji": "😡" * 16_000,
    "joined emoji": "👩\u200d👩\u200d👧" * 3_000,
    "one word": "x" * 16_000,
    "one letter words": "a " * 8_000,
    "no white space": "最悪だ" * 5_000,
    "dots": "." * 16_000,
    "hyphens": "a-" * 8_000,
    "hosts": "a." * 8_000,
    "slashes": "/" * 16_000,
    "quotes": "'\"(" * 5_000,
    "entities": "&amp;" * 3_000,
    "backslashes": "\\u2019" * 3_000,
    "hashtags": "#Aa" * 5_000,
    "handles": "@" * 16_000,
    "a ligature of eighteen letters": "ﷺ" * 16_000,
    "combining marks": "e" + "\u0301" * 16_000,
    "line separators": "\u2028\u2029\x85\x1c" * 4_000,
    "letters that grow when made small": "İ" * 16_000,
}


@pytest.fixture(scope="module")
def scorer() -> NegativityModel:
    """The shipped model."""
    return NegativityModel.load()


@given(st.lists(TEXT, max_size=12), st.data())
@settings(max_examples=150, deadline=None)
def test_a_score_does_not_depend_on_batch_cache_or_order(texts: list[str], data: st.DataObject) -> None:
    """The same text scores the same alone, in any batch, in any order, seen before or not."""
    alone = [NegativityModel.load().score_one(text) for text in texts[:2]]
    together = NegativityModel.load().score_many(texts)
    cut = data.draw(st.integers(0, len(texts)))
    order = data.draw(st.permutations(range(len(texts))))
    other = NegativityModel.load()
    assert other.score_many(texts[:cut]) + other.score_many(texts[cut:]) == together
    assert [other.score_one(texts[place]) for place in order] == [together[place] for place in order]
    assert alone == together[:2]


def test_a_score_does_not_change_when_the_caches_are_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caches are bounded, and clearing them changes no score."""
    texts = [f"order {number} is late and broken{number % 7}" for number in range(600)]
    expected = NegativityModel.load().score_many(texts)
    monkeypatch.setattr(model, "MAX_PIECES", 100)
    monkeypatch.setattr(model, "MAX_TEXTS", 50)
    monkeypatch.setattr(model, "BATCH_CHARS", 500)
    small = NegativityModel.load()
    assert small.score_many(texts) == expected
    assert [small.score_one(text) for text in texts] == expected
    assert len(small._ids) <= 100
    assert len(small._scores) <= 50
    assert len(small._older) <= 50


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_get_a_score(text: str) -> None:
    """No text makes the scorer fail or leave 0 to 1, alone or in a batch."""
    score = NegativityModel.load().score_one(text)
    assert 0 <= score <= 1
    assert NegativityModel.load().score_many([text, "fine", text]) == [
        score,
        NegativityModel.load().score_one("fine"),
        score,
    ]


def test_text_beyond_the_limit_is_not_read(scorer: NegativityModel) -> None:
    """The time for a text is bounded: characters beyond the first ones do not count."""
    start = "this is awful " * (features.MAX_CHARS // 14 + 1)
    assert scorer.score_one(start + "lovely " * 500) == scorer.score_one(start)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("so angry at @Acme today", "so angry at @OtherBrand_2 today"),
        ("broken again https://t.co/abc", "broken again http://example.org/x?y=1#z"),
        ("broken again www.example.org/a", "broken again bit.ly/3xYz"),
        ("refund my order now", "RT @someone: refund my order now"),
        ("never coming back", "never  coming\nback"),
        ("no refund, no answer", "no re\u200bfund, no ans\u00adwer"),
        ("ＴＨＩＳ is ｂａｄ", "THIS is bad"),
        ("𝖙𝖊𝖗𝖗𝖎𝖇𝖑𝖊 service", "terrible service"),
        ("sooooo slow", "sooooooooooo slow"),
        ("it doesn’t work", "it doesn't work"),
        ("waited 3 hours", "waited 5 hours"),
        ("AT&amp;T is down", "AT&T is down"),
        ("thumbs 👎🏽", "thumbs 👎"),
        ("#TotalFail", "Total Fail"),
    ],
)
def test_texts_that_mean_the_same_score_the_same(scorer: NegativityModel, one: str, other: str) -> None:
    """The name mentioned, a link's target, an old-style repost and the style of letters do not alter a score."""
    assert scorer.score_one(one) == scorer.score_one(other)


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ("worst service ever, give me my money back", "best service ever, thank you so much"),
        ("Service client lamentable, j'attends toujours mon remboursement", "Merci, super service, je suis ravie"),
        ("Schon wieder Verspätung, was für ein Saftladen", "Danke, ein wunderbarer Tag"),
        ("Ужасный банк, опять не работает", "Отличный банк, спасибо большое"),
        ("pésimo servicio, una vergüenza", "gracias, me encanta"),
        ("not good", "good"),
        ("👎😡", "👍😍"),
    ],
)
def test_complaints_score_above_praise(scorer: NegativityModel, worse: str, better: str) -> None:
    """A complaint scores above praise in the languages of the training texts."""
    assert scorer.score_one(worse) > scorer.score_one(better)


@pytest.mark.parametrize("text", ["", "最悪のサービスだ", "แย่มาก", "ძალიან ცუდი"])
def test_a_script_never_trained_on_is_not_called_negative(scorer: NegativityModel, text: str) -> None:
    """A script without training texts stays under the threshold."""
    assert scorer.score_one(text) < 0.5


def test_models_copy_and_pickle(scorer: NegativityModel) -> None:
    """A model travels to another process, without its weights and with the same scores."""
    data = pickle.dumps(scorer)
    assert len(data) < 1_000
    assert pickle.loads(data).score_one("what a mess") == scorer.score_one("what a mess")  # noqa: S301
    assert copy.deepcopy(scorer).score_one("what a mess") == scorer.score_one("what a mess")


@given(st.floats(0, 1), st.floats(-1, 1))
def test_a_rating_dominates_the_text(score: float, rating: float) -> None:
    """One star counts as negative and five stars do not, whatever the text says; without a rating the text decides."""
    assert with_rating(score, None) == score
    assert 0 <= with_rating(score, rating) <= 1
    assert with_rating(score, -1) >= 0.5 > with_rating(score, 1)
    assert math.isclose(with_rating(score, rating), 0.75 * (1 - rating) / 2 + 0.25 * score, abs_tol=1e-4)


@pytest.mark.parametrize(("name", "source", "floor"), [(0, "tweeteval:en", 85.0), (1, "airline:en", 85.6)])
def test_the_shipped_weights_rank_real_texts(
    scorer: NegativityModel, shared: Path, name: int, source: str, floor: float
) -> None:
    """Tweets, and complaints at airlines the model never saw, are ranked no worse than when it was accepted."""
    rows = [row for row in load(shared / "data" / "sentiment", VALIDATION[name : name + 1]) if row.source == source]
    scores = np.array(scorer.score_many([row.text for row in rows]))
    assert auc(np.array([row.label == "negative" for row in rows]), scores) >= floor


def test_half_is_a_sensible_threshold_for_complaints(scorer: NegativityModel, shared: Path) -> None:
    """Of mentions of airlines that reach 0.5, at least 85 in 100 are negative; 40 in 100 negative ones reach it."""
    rows = load(shared / "data" / "sentiment", VALIDATION[1:])
    flagged = np.array(scorer.score_many([row.text for row in rows])) >= 0.5
    negative = np.array([row.label == "negative" for row in rows])
    assert negative[flagged].mean() >= 0.85
    assert flagged[negative].mean() >= 0.4


def test_weights_are_small_and_complete() -> None:
    """The weights stay under ten megabytes, and no slot is used without a weight."""
    assert weights.WEIGHTS.stat().st_size < 10_000_000
    slots = weights.shipped().slots
    assert slots[0] == 0
    assert ((slots >> 8 != 0) == (slots != 0)).all()


def test_training_is_reproducible_by_its_seed(tmp_path: Path) -> None:
    """Training twice on the same texts with the same seed gives the same weights file to the byte."""
    words = {"negative": ["awful", "broken", "late"], "neutral": ["open", "today"], "positive": ["great", "thanks"]}
    examples = [
        Example(f"{words[label][number % 2]} thing {number % 9}", label, "made:en")
        for number in range(300)
        for label in words
    ]
    files = []
    for name in ("one.npz", "two.npz"):
        np.savez_compressed(tmp_path / name, **train(examples, seed=3))
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]
    with np.load(tmp_path / "one.npz") as stored:
        learned = NegativityModel(weights.unpack(stored))
    assert learned.score_one("awful thing") > 0.5 > learned.score_one("great thing")


def test_training_counts_the_features_that_scoring_sees() -> None:
    """Training counts the features that the model sums: the same hashes, as often."""
    text = "don't @you DARE!!! http x-y #NoWay"
    corpus = count([Example(text, "negative", "made:en"), Example(text, "positive", "made:en")])
    pieces = features.split(text)
    part = features.read(pieces)
    matrix, _ = features.hashes(part)
    last, first = part.words[part.starts[1:] - 1], part.words[part.starts[:-1]]
    across = (last[:-1] * features.PAIR + first[1:]) & features.HASH_BITS
    seen = np.concatenate([matrix[matrix != 0], across])
    assert sorted(np.unique(seen)) == corpus.hashes.tolist()
    assert corpus.known.tolist() == [len(seen), len(seen)]


def test_scoring_needs_no_training_library() -> None:
    """Loading the model imports neither scikit-learn nor river."""
    code = "import sys, detectors.negativity as n; n.NegativityModel.load().score_one('a'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"sklearn", "scipy", "river", "pandas"} & set(loaded)
