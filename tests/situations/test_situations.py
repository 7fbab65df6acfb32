"""The picture of an open incident is a pure function of event time."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from detectors.negativity import NegativityModel
from streams.mentions.message import Message
from streams.pipeline import Pipeline
from streams.scoring.scorer import Scorer
from streams.settings.brands.brand import BrandConfig
from streams.settings.config import Config
from streams.settings.desk import DeskSettings
from streams.situations.builder import Situations
from streams.situations.situation import Situation
from streams.watching.brand_watch import BrandWatch
from streams.watching.rows.snapshot import restore, terms_row
from tests.helpers.records import CRISIS_AT, HOUR, MINUTE, QUIET_DAYS, crisis, in_order, line, quiet, wave
from tests.watching.test_snapshot import ROLLUPS, Store

MODEL = NegativityModel.load()
ANSWERED = Config(brands={"Acme": BrandConfig(official_accounts=frozenset(("acme",)))})


def pictures(lines: Sequence[bytes], size: int, config: Config | None = None) -> list[Situation]:
    """The situations of a record read in batches of a size."""
    found: list[Situation] = []
    pipeline = Pipeline(config or Config(), MODEL, on_situation=found.append)
    messages = [Message("record", number, value) for number, value in enumerate(lines)]
    for first in range(0, len(messages), size):
        pipeline.run(messages[first : first + size])
    pipeline.finish()
    return found


def answered_crisis() -> list[bytes]:
    """A crisis to which the brand answers, late, after an advertisement."""
    at = CRISIS_AT
    own: dict[str, Any] = {"author": "acme", "network": "twitter", "official": True}
    said = [
        (
            at + 40 * MINUTE,
            line(9001, at + 40 * MINUTE, text="New colours in our shop, twenty percent off today", **own),
        ),
        (at + 2 * HOUR, line(9002, at + 2 * HOUR, text="We are sorry for the new prices and look into it", **own)),
    ]
    return in_order(
        quiet(days=QUIET_DAYS + 2), wave(120, 90, rating=-1), wave(60, 60, rating=-1, at=at + 2 * HOUR), said
    )


@pytest.fixture(scope="module")
def answered() -> list[Situation]:
    return pictures(answered_crisis(), 500, ANSWERED)


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_record_gives_the_same_pictures_however_it_is_cut(size: int, answered: list[Situation]) -> None:
    cut = pictures(answered_crisis(), size, ANSWERED)
    assert [each.to_json() for each in cut] == [each.to_json() for each in answered]


def test_heartbeats_between_mentions_change_no_picture(answered: list[Situation]) -> None:
    minutes = range(QUIET_DAYS * 1440, (QUIET_DAYS + 2) * 1440 - 20)
    beats = [(at * MINUTE, line(at, at * MINUTE, kind="heartbeat", network="twitter")) for at in minutes]
    every = [*answered_crisis(), *(value for _, value in beats)]
    record = sorted(every, key=lambda value: str(json.loads(value)["created_at"]))
    with_beats = {each.id: each.to_json() for each in pictures(record, 3, ANSWERED)}
    for each in answered:
        # What is usual is learned from covered hours, so expected figures alone may differ.
        there = Situation.from_json(with_beats[each.id])
        assert (there.networks, there.statements, there.deadlines, there.signals) == (
            each.networks,
            each.statements,
            each.deadlines,
            each.signals,
        )


def test_each_closed_minute_of_an_incident_has_one_picture_and_its_end_has_the_last(answered: list[Situation]) -> None:
    minutes = [each.minute for each in answered]
    assert minutes == sorted(set(minutes))
    assert [each.ended for each in answered] == [False] * (len(answered) - 1) + [True]
    assert len({each.incident for each in answered}) == 1


def test_a_calm_brand_has_no_picture() -> None:
    assert pictures(in_order(quiet(days=QUIET_DAYS)), 500) == []


def test_a_picture_says_how_much_and_how_that_compares_with_an_hour_before(answered: list[Situation]) -> None:
    picture = next(each for each in answered if each.minute == "2024-03-09T10:30:00Z")
    assert picture.figures.negatives > 60
    assert picture.figures.negatives_before > 0
    assert picture.figures.growth == round(picture.figures.negatives / picture.figures.negatives_before, 2)
    assert sum(picture.figures.trend) >= picture.figures.negatives
    assert picture.networks[0].network == "twitter"
    assert picture.posts[0].negativity > 0.5


def test_a_holding_answer_is_due_until_the_brand_has_spoken_on_the_matter(answered: list[Situation]) -> None:
    due = [any(item.kind == "holding" for item in each.deadlines) for each in answered if each.case_open]
    assert due[0]
    assert not due[-1]
    assert any(signal.signal == "holding_due" for each in answered for signal in each.signals)


def test_statements_are_shown_with_whether_they_are_on_the_matter_and_what_they_did(answered: list[Situation]) -> None:
    said = {item.id: item for item in answered[-1].statements}
    assert not said["Acme-9001"].on_the_matter
    assert said["Acme-9002"].on_the_matter
    effects = [item.effect for each in answered for item in each.statements if item.effect is not None]
    assert {effect.verdict for effect in effects} <= {"helped", "worse", "unclear"}
    assert effects


def test_a_second_incident_in_an_open_case_belongs_to_it_and_has_pictures_of_its_own_once_the_case_is_closed() -> None:
    config = Config(
        brands={"Acme": BrandConfig(official_accounts=frozenset(("acme",)))}, desk=DeskSettings(case_hours=20)
    )
    again = wave(150, 120, rating=-1, at=CRISIS_AT + 19 * HOUR, network="forum")
    seen = pictures(in_order(quiet(days=QUIET_DAYS + 3), wave(60, 20, rating=-1), again), 500, config)
    first, second = sorted({each.incident for each in seen})
    case = [each for each in seen if each.incident == first]
    own = [each for each in seen if each.incident == second]
    assert {each.open_incident for each in case} == {first, None, second}
    assert [each.ended for each in case] == [False] * (len(case) - 1) + [True]
    assert [each.ended for each in own] == [False] * (len(own) - 1) + [True]
    # The case's last picture comes first in the minute in which the other incident has its first.
    assert seen.index(own[0]) == seen.index(case[-1]) + 1
    assert own[0].minute == case[-1].minute
    assert own[0].warned_at is not None
    assert own[0].warned_at > case[-1].since


def of_rollups(restarts: Iterable[int]) -> list[bytes]:
    """The pictures of a brand whose watch is restored from its rows after some rollups."""
    situations, watch, store = Situations(), BrandWatch("Acme", Config()), Store()
    watch.on_minute = situations.observe
    found: list[bytes] = []
    for offset, rollup in enumerate(ROLLUPS):
        watch.apply(rollup)
        found += [each.to_json() for each in situations.drain()]
        store.save(watch, offset)
        if offset in restarts:
            desk = watch.desk.encoded()
            closed = [row for _, row in store.closed]
            watch = restore("Acme", Config(), store.brand, closed, store.open, terms_row(watch), desk).watch
            watch.on_minute = situations.observe
    return found


def test_a_watch_restored_at_any_moment_gives_the_same_pictures() -> None:
    undisturbed = of_rollups(())
    assert undisturbed
    assert of_rollups(range(len(ROLLUPS) - 60, len(ROLLUPS), 3)) == undisturbed


def test_a_picture_survives_its_encoding(answered: list[Situation]) -> None:
    assert Situation.from_json(answered[40].to_json()) == answered[40]


def test_scorers_that_split_a_stream_give_the_same_pictures() -> None:
    lines = [value for value in crisis() if b'"Acme"' in value]
    seen = []
    for size in (1, 13):
        scorer, situations, watch = Scorer(Config(), MODEL), Situations(), BrandWatch("Acme", Config())
        watch.on_minute = situations.observe
        for first in range(0, len(lines), size):
            part = [Message("record", 0, value) for value in lines[first : first + size]]
            for rollup in scorer.score(part).rollups:
                watch.apply(rollup)
        seen.append([each.to_json() for each in situations.drain()])
    assert seen[0] == seen[1]
