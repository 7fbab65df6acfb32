"""What was documented of how real brands answered is found in their records, and nothing else is reported."""

import gzip
import json
import random
from collections import Counter
from functools import cache
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

import pytest

from detectors.negativity import NegativityModel
from streams.mentions.message import Message
from streams.offline.replay import replay
from streams.pipeline import Pipeline
from streams.response.case.effect import difference
from streams.response.complaints import BUCKETS_S
from streams.response.conduct.moderation_backlash import ModerationBacklash
from streams.response.desk_context import DeskContext
from streams.response.observation import DeskObservation, desk_observation
from streams.scoring.rollup_desk import ActionRow
from streams.scoring.scorer import Scorer
from streams.settings.brands.brand import BrandConfig
from streams.settings.config import Config
from streams.settings.desk import DeskSettings

if TYPE_CHECKING:
    from streams.scoring.rollup import Rollup

MODEL = NegativityModel.load()
PLACEBOS = 2000
RECORDS = (
    "airlines_2015",
    "boycotts_in",
    "byu_id_2026",
    "cashtags_2014_2016",
    "comcast_fcc_2015",
    "delivery_de_2026",
    "finance_apps_2021_2022",
    "free_fr_2024_q3",
    "mobile_legends_id_2024",
    "spotify_care_2017",
    "steam_2025",
    "streaming_in_2024",
)


def lines(shared: Path, name: str) -> list[bytes]:
    with gzip.open(shared / f"data/incidents/{name}.jsonl.gz", "rb") as file:
        return [line.rstrip() for line in file]


@cache
def replayed(shared: Path, name: str, case_from: str = "warning") -> tuple[list[dict[str, Any]], Pipeline]:
    pipeline = Pipeline(Config(desk=DeskSettings(case_from=case_from)), MODEL)
    every = [line for line in lines(shared, name) if case_from != "watch" or b'"2017-11-' in line]
    events, _ = replay((Message(name, n, line) for n, line in enumerate(every)), pipeline)
    return [event for event in (json.loads(event.to_json()) for event in events) if event["type"] == "desk"], pipeline


def of(events: list[dict[str, Any]], signal: str) -> list[tuple[str, str, str]]:
    return [(event["at"], event["state"], event["severity"]) for event in events if event["signal"] == signal]


def test_free_left_the_outage_of_july_2024_without_a_word_for_three_days(shared: Path) -> None:
    events, _ = replayed(shared, "free_fr_2024_q3")
    case = [event for event in events if "2024-07-19" in (event["incident"] or "")]
    assert of(case, "holding_due") == [
        ("2024-07-19T17:47:00Z", "begins", "warning"),
        ("2024-07-19T18:47:00Z", "begins", "critical"),
        ("2024-07-22T17:17:00Z", "ends", "critical"),
    ]
    [closed] = [event for event in case if (event["signal"], event["state"]) == ("case", "ends")]
    assert (closed["at"], closed["values"]["outcome"]) == ("2024-07-22T17:17:00Z", "unanswered")
    assert [post["at"] for event in case for post in event["posts"]] == ["2024-07-22T15:16:04Z"]


def test_free_answered_with_the_same_words_on_the_morning_of_25_july_2024(shared: Path) -> None:
    events, _ = replayed(shared, "free_fr_2024_q3")
    [canned] = [at for at, state, _ in of(events, "canned") if state == "begins" and at.startswith("2024-07-25")]
    assert canned < "2024-07-25T12:00:00Z"


def test_spotify_spoke_in_time_on_28_november_2017_and_its_all_clear_was_not_disputed(shared: Path) -> None:
    events, _ = replayed(shared, "spotify_care_2017", "watch")
    that_night = [event for event in events if event["at"].startswith("2017-11-2")]
    assert of(that_night, "holding_due") == []
    assert of(that_night, "resolved_disputed") == of(that_night, "post_under_fire") == []
    ordinary, _ = replayed(shared, "spotify_care_2017")
    [effect] = [event for event in ordinary if event["signal"] == "effect" and event["at"] < "2017-11-29"][-1:]
    assert effect["posts"][0]["at"] == "2017-11-28T21:17:28Z"
    assert (effect["values"]["verdict"], effect["values"]["points"]) == ("unclear", -11)
    assert (effect["values"]["low"], effect["values"]["high"]) == (-26, 4)


def test_spotify_answers_in_its_own_words_and_keeps_its_temper(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events, pipeline = replayed(shared, "spotify_care_2017")
    assert of(events, "canned") == of(events, "moderation_in_case") == of(events, "contradiction") == []
    assert len(of(events, "hot_reply")) <= 2
    assert not [event for event in events if event["severity"] == "critical"]
    [watch] = pipeline.watches.values()
    complaints = watch.desk.desk.context.complaints
    in_an_hour = sum(complaints.buckets[: BUCKETS_S.index(3600) + 1]) / sum(complaints.buckets)
    with capsys.disabled():
        print(
            f"\nspotify: {sum(complaints.buckets)} complaints answered by id, {100 * in_an_hour:.0f} % within an hour; "
            f"{complaints.unmatched:.0f} replies to what is not in the record"
        )
    assert 0.7 < in_an_hour < 0.9


@pytest.mark.parametrize("name", ["cashtags_2014_2016", "boycotts_in"])
def test_a_brand_without_an_official_voice_is_not_said_to_be_silent(shared: Path, name: str) -> None:
    events, _ = replayed(shared, name)
    assert {event["signal"] for event in events} <= {"unkept", "deletion_claimed"}
    assert not of(events, "deletion_claimed")


@pytest.mark.parametrize("name", ["byu_id_2026", "delivery_de_2026", "streaming_in_2024"])
def test_stores_that_answer_in_their_usual_way_page_nobody(
    shared: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    events, pipeline = replayed(shared, name)
    counts: Counter[str] = Counter()
    for event in events:
        if event["state"] != "ends":
            counts[f"{event['signal']} {event['severity']}"] = (
                counts.get(f"{event['signal']} {event['severity']}", 0) + 1
            )
    with capsys.disabled():
        for brand, watch in sorted(pipeline.watches.items()):
            delays = watch.desk.desk.context.complaints.delays
            if len(delays) > 10:
                cuts = quantiles(delays, n=10)
                print(f"\n{brand}: first reply p50 {cuts[4] / 60:.0f} min, p90 {cuts[8] / 60:.0f} min", end="")
        print(f"\n{name}: {dict(counts)}")
    assert not [event for event in events if event["severity"] == "critical"]


def observations(shared: Path, name: str) -> dict[str, list[DeskObservation]]:
    """The closed minutes of each brand of a record."""
    scorer = Scorer(Config(), MODEL)
    every = [Message(name, n, line) for n, line in enumerate(lines(shared, name))]
    minutes: dict[str, dict[int, list[Rollup]]] = {}
    for start in range(0, len(every), 5000):
        for rollup in scorer.score(every[start : start + 5000]).rollups:
            minutes.setdefault(rollup.brand, {}).setdefault(rollup.minute, []).append(rollup)
    return {
        brand: [seen for minute in sorted(own) if (seen := desk_observation(minute, own[minute])) is not None]
        for brand, own in minutes.items()
    }


def backlashes(seen: list[DeskObservation], moments: set[int]) -> int:
    """At how many moments a deletion, had there been one, would be reported as followed by a backlash."""
    desk = DeskContext(DeskSettings(), BrandConfig())
    live: list[tuple[int, ModerationBacklash]] = []
    false = 0
    for observation in seen:
        desk.tones.observe(observation)
        if observation.minute in moments:
            signal = ModerationBacklash()
            act = ActionRow(observation.minute * 60, "deletion", 1, False, "", 0, "x", "")
            signal.observe(observation._replace(actions=[("twitter", act)], asks=[]), desk)
            live.append((observation.minute, signal))
        for _, signal in live:
            signal.observe(observation, desk)
        false += sum(signal.fact is not None for minute, signal in live if minute <= observation.minute - 60)
        live = [(minute, signal) for minute, signal in live if minute > observation.minute - 60]
    return false + sum(signal.fact is not None for _, signal in live)


def helped(seen: list[DeskObservation], moments: set[int]) -> tuple[int, int]:
    """At how many moments a statement, had there been one, would seem to have helped, and how many can be judged."""
    sides: dict[int, tuple[int, int]] = {}
    for observation in seen:
        for tone in observation.tones:
            known = sides.get(tone.minute, (0, 0))
            sides[tone.minute] = known[0] + tone.spoken, known[1] + tone.negative
    judged = moved = 0
    for moment in moments:
        of_before, before = sums(sides, moment - 120)
        of_after, after = sums(sides, moment)
        if min(of_before, of_after) >= 20:
            judged += 1
            moved += difference(before, of_before, after, of_after).verdict == "helped"
    return moved, judged


def sums(sides: dict[int, tuple[int, int]], first: int) -> tuple[int, int]:
    rows = [sides[at] for at in range(first, first + 120) if at in sides]
    return sum(row[0] for row in rows), sum(row[1] for row in rows)


@pytest.mark.parametrize("name", RECORDS)
def test_nothing_that_follows_a_random_moment_is_a_backlash_or_an_effect(
    shared: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = observations(shared, name)
    # Among the minutes in which somebody complains or asks: at night nothing could follow.
    busy = sorted((brand, observation.minute) for brand, own in seen.items() for observation in own if observation.asks)
    drawn = random.Random(name).sample(busy, min(PLACEBOS, len(busy)))
    false = moved = judged = 0
    for brand, own in seen.items():
        moments = {minute for of, minute in drawn if of == brand}
        false += backlashes(own, moments)
        of_brand = helped(own, moments)
        moved, judged = moved + of_brand[0], judged + of_brand[1]
    with capsys.disabled():
        print(
            f"\n{name}: {len(drawn)} random moments, {100 * false / len(drawn):.1f} % false backlash, "
            f"{100 * moved / max(1, judged):.1f} % of {judged} false 'helped'"
        )
    assert false <= 0.03 * len(drawn)
    assert moved <= 0.12 * max(1, judged)
