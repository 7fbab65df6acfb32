"""The desk reports the same to the byte, however its stream is cut, and wherever it is stopped and restored."""

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.negativity import NegativityModel
from streams.mentions.message import Message
from streams.offline.replay import replay
from streams.pipeline import Pipeline
from streams.response.desk import Desk
from streams.response.signals import SIGNALS
from streams.scoring.rollup_batch import RollupBatch
from streams.scoring.scorer import Scorer
from streams.settings.brands.brand import BrandConfig
from streams.settings.config import Config
from streams.settings.desk import DeskSettings
from streams.watching.rows.row_keys import desk_key
from streams.watching.rows.state_store import BrandStateStore
from streams.watching.watch_event import WatchEvent
from streams.wording.language import LANGUAGES, Language
from tests.helpers.desks import DeskDriver, Said, action, answer, complaint, statement
from tests.helpers.records import answered_crisis

ids = st.integers(0, 9)
said = st.one_of(
    st.builds(lambda n: (0, complaint(0, f"a{n}", id=f"c{n}")[1]), ids),
    st.builds(lambda n: (0, complaint(0, f"a{n}", text="nobody called me back")[1]), ids),
    st.builds(lambda n: (0, complaint(0, f"a{n}", kind="reply", reply_to=f"s{n % 3}")[1]), ids),
    st.builds(lambda n: (0, answer(0, f"c{n}", promise_due_at="2024-03-01T01:00:00Z")[1]), ids),
    st.builds(lambda n: (0, answer(0, f"c{n}", "Get a life, please send us a DM")[1]), ids),
    st.builds(
        lambda n: (0, statement(0, "All clear! 20 € for everybody", id=f"s{n % 3}", network=f"n{n % 2}")[1]), ids
    ),
    st.builds(lambda n: (0, statement(0, f"Buy {n} sofas today and get one free")[1]), ids),
    st.builds(lambda kind: (0, action(0, kind)[1]), st.sampled_from(["deletion", "undo", "closed"])),
)
stream = st.lists(st.tuples(st.integers(0, 3), said), max_size=40)


def spread(rows: list[tuple[int, Said]]) -> list[Said]:
    """Give each a minute: none to three after the one before."""
    at, placed = 0, []
    for number, (gap, (_, fields)) in enumerate(rows):
        at += 7 * gap
        placed.append((at + 0.0, {"id": f"x{number}"} | fields))
    return placed


@settings(deadline=None, max_examples=60)
@given(stream, st.lists(st.integers(0, 40), max_size=4), st.booleans())
def test_a_desk_that_is_stopped_and_restored_goes_on_to_the_byte(
    rows: list[tuple[int, Said]], stops: list[int], critical: bool
) -> None:
    placed = spread(rows)
    severity = "critical" if critical else "warning"
    whole = DeskDriver().incident(0, severity).say(placed, until=2000)
    cut = DeskDriver().incident(0, severity).restart()
    bounds = sorted({0, len(placed), *(min(stop, len(placed)) for stop in stops)})
    for end in bounds[1:]:
        if end < len(placed) and placed[end][0] == placed[end - 1][0]:
            continue  # a minute is closed once
        cut.say(placed[cut.said : end]).restart()
    cut.say(placed[cut.said :], until=2000)
    assert cut.changes == whole.changes


@settings(deadline=None, max_examples=30)
@given(stream, st.lists(st.integers(1, 2000), max_size=20))
def test_how_often_event_time_is_advanced_changes_nothing(rows: list[tuple[int, Said]], beats: list[int]) -> None:
    whole = DeskDriver().incident(0).say(spread(rows), until=2000)
    beaten = DeskDriver().incident(0)
    times = sorted(beats)
    for item in _by_minute(spread(rows)):
        while times and times[0] <= item[0][0]:
            beaten.say([], until=times.pop(0))
        beaten.say(item)
    beaten.say([], until=2000)
    assert beaten.changes == whole.changes


def _by_minute(placed: list[Said]) -> list[list[Said]]:
    minutes: dict[float, list[Said]] = {}
    for item in placed:
        minutes.setdefault(item[0], []).append(item)
    return list(minutes.values())


def test_a_brand_with_ten_thousand_complaints_a_minute_fits_in_one_row() -> None:
    desk = DeskDriver().incident(0)
    size = 0
    for minute in range(20):
        crowd = 10_000 if minute >= 18 else 2_000
        desk.say([complaint(minute + n / 20_000, f"a{minute}-{n}") for n in range(crowd)])
        size = max(size, len(msgspec.msgpack.encode(desk.desk.state())))
    waiting = desk.desk.context.complaints.waiting(desk.desk.context.next_deadline(10**9) or 0)
    assert size < 512 * 1024
    assert waiting.estimated
    assert abs(waiting.open / 56_000 - 1) < 0.05


LINES = answered_crisis()
MODEL = NegativityModel.load()


def replayed(lines: list[bytes]) -> list[WatchEvent]:
    return replay((Message("record", i, value) for i, value in enumerate(lines)), Pipeline(Config(), MODEL))[0]


def test_a_silent_brand_is_told_what_it_owes_in_the_events_of_a_replay() -> None:
    events = [msgspec.json.decode(event.to_json()) for event in replayed(LINES)]
    desk = [(event["signal"], event["state"]) for event in events if event["type"] == "desk"]
    assert desk[:2] == [("case", "begins"), ("holding_due", "begins")]
    assert {("promo_in_case", "begins"), ("moderation_in_case", "begins"), ("complaints_waiting", "begins")} <= set(
        desk
    )
    assert ("holding_due", "ends") in desk
    assert ("case", "ends") in desk
    ids = [event["id"] for event in events]
    assert len(set(ids)) == len(ids)
    assert {event["signal"] for event in events if event["type"] == "desk"} <= set(SIGNALS)
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)


@pytest.mark.parametrize("seed", range(3))
def test_any_cut_and_any_restart_of_a_worker_give_the_same_events(seed: int) -> None:
    expected = [event.to_json() for event in replayed(LINES)]
    rng = random.Random(seed)
    scorer, rows, events = Scorer(Config(), MODEL), dict[bytes, bytes](), list[WatchEvent]()
    store = BrandStateStore(Config(), rows, lambda: 0.0)
    first, offset = 0, 0
    while first < len(LINES):
        batch = LINES[first : first + rng.randint(1, 60)]
        first += len(batch)
        made = [(0, rollup) for rollup in scorer.score([Message("t", 0, value) for value in batch]).rollups]
        events += store.apply(0, offset, RollupBatch(made=made))
        offset += 1
        if rng.random() < 0.3:
            store.persist(store.dirty(older_than=0.0))
            store = BrandStateStore(Config(), dict(store.rows), lambda: 0.0)
    events.sort(key=lambda event: (event.at, event.brand, event.id))
    assert [event.to_json() for event in events] == expected[: len(events)]
    assert len(expected) - len(events) <= 1
    assert store.rows[desk_key("Acme")]


def test_a_disabled_desk_reports_nothing() -> None:
    pipeline = Pipeline(Config(desk=DeskSettings(enabled=False)), MODEL)
    events, _ = replay((Message("record", i, value) for i, value in enumerate(LINES)), pipeline)
    assert {type(event).__name__ for event in events} == {"IncidentEvent"}


def test_every_signal_has_its_words_in_every_language() -> None:
    desk = Desk(DeskSettings(), BrandConfig())
    assert [signal.name for signal in desk.signals] != []
    assert sorted(SIGNALS) == sorted(["case", *(signal.name for signal in desk.signals)])
    names = "minutes waiting overdue due share network verdict points low high broken people replies planned kind"
    figures = dict.fromkeys(f"{names} after before negative slot".split(" "), "7")
    for code in LANGUAGES:
        words = Language(code)
        for name in SIGNALS:
            assert words.say(f"desk_name_{name}")
            assert "{" not in words.say(f"desk_{name}", **figures) + words.say(f"desk_next_{name}", **figures)
