"""Reconstructed incidents: what a demo and a newcomer's own scenario can rely on."""

import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from detectors.negativity import NegativityModel
from streams.mentions.mention import Mention, decode, milliseconds
from streams.scenarios import Scenario, Utterance, load_scenario, shipped_scenarios
from tests.helpers.scenarios.own_scenario import SAMPLE, write

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(scope="module")
def promo() -> Scenario:
    return load_scenario("trois_suisses_2012")


@pytest.fixture(scope="module")
def lines(promo: Scenario) -> list[bytes]:
    return list(promo.mentions())


@pytest.fixture(scope="module")
def mentions(lines: list[bytes]) -> list[Mention]:
    return [decode(line) for line in lines]


@pytest.fixture(scope="module")
def utterances(promo: Scenario) -> list[Utterance]:
    return promo.utterances()


def between(utterances: list[Utterance], start: str, end: str) -> list[Utterance]:
    first, last = (datetime.fromisoformat(t).replace(tzinfo=PARIS).timestamp() for t in (start, end))
    return [u for u in utterances if first <= u.at < last and not u.mention.get("official")]


def negative_share(utterances: list[Utterance]) -> float:
    return sum(u.negative for u in utterances) / len(utterances)


def test_a_scenario_is_the_same_to_the_byte_every_time(lines: list[bytes]) -> None:
    assert lines == list(load_scenario("trois_suisses_2012").mentions())


def test_another_seed_gives_the_same_story_in_other_words(tmp_path: Path) -> None:
    one, other = (
        load_scenario(write(tmp_path, SAMPLE.replace("seed = 1", f"seed = {n}"))).utterances() for n in (1, 2)
    )
    assert [u.mention for u in one] != [u.mention for u in other]
    assert abs(len(one) - len(other)) < 0.2 * len(one)


def test_every_line_is_a_readable_mention_of_the_brand(mentions: list[Mention], lines: list[bytes]) -> None:
    assert {m.brand for m in mentions} == {"3 Suisses"}
    assert {m.network for m in mentions} == {"twitter", "facebook", "forum", "blog"}
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in lines)


def test_no_line_is_a_minute_late_though_some_are_out_of_order(mentions: list[Mention]) -> None:
    newest, behind = 0, []
    for mention in mentions:
        at = milliseconds(mention)
        behind.append(newest - at)
        newest = max(newest, at)
    assert max(behind) < 60_000
    assert sum(late > 0 for late in behind) > 100


def test_ids_are_unique_but_for_a_few_lines_sent_twice(mentions: list[Mention], lines: list[bytes]) -> None:
    copies = Counter((m.network, m.id) for m in mentions)
    twice = [key for key, count in copies.items() if count > 1]
    assert 20 < len(twice) < 0.02 * len(mentions)
    assert max(copies.values()) == 2
    assert len(set(lines)) == len(copies)


def test_every_network_has_a_mention_or_heartbeat_in_every_minute_and_a_heartbeat_closes_the_last(
    promo: Scenario, mentions: list[Mention]
) -> None:
    first, last = int(promo.start.timestamp()) // 60, int(promo.end.timestamp()) // 60
    for network in promo.networks:
        covered = set()
        for mention in mentions:
            if mention.network == network:
                # A heartbeat at the end of a minute covers that minute.
                covered.add((milliseconds(mention) - 60_000 * (mention.kind == "heartbeat")) // 60_000)
        assert covered == set(range(first, last + 2))
    assert mentions[-1].kind == "heartbeat"


def test_the_demo_is_small_enough_to_run_in_seconds(utterances: list[Utterance], lines: list[bytes]) -> None:
    assert 8_000 <= len(utterances) <= 15_000
    assert len(lines) < 200_000


def test_ordinary_days_bring_between_80_and_300_mentions(utterances: list[Utterance]) -> None:
    days = Counter(datetime.fromtimestamp(u.at, PARIS).date() for u in utterances)
    quiet = sorted(days)[:21]
    assert quiet[0].isoformat() == "2012-05-21"
    assert all(80 <= days[day] <= 300 for day in quiet)


def test_the_timeline_is_the_documented_one(utterances: list[Utterance]) -> None:
    code = [u for u in utterances if "29343" in str(u.mention["text"]) and u.phase != "posts"]
    assert datetime.fromtimestamp(code[0].at, PARIS).strftime("%a %d %H") == "Mon 11 17"
    evening = between(utterances, "2012-06-11T19:00", "2012-06-12T01:00")
    night = between(utterances, "2012-06-12T01:00", "2012-06-12T06:00")
    waiting = between(utterances, "2012-06-12T08:00", "2012-06-12T14:30")
    afternoon = between(utterances, "2012-06-12T14:45", "2012-06-12T20:00")
    assert len(evening) > 2_000
    assert negative_share(evening) < 0.1
    assert 0.2 < negative_share(night) < 0.6
    assert negative_share(waiting) < 0.35
    assert len(afternoon) > 2_000
    assert negative_share(afternoon) > 0.6


def test_the_company_is_silent_from_the_first_evening_to_its_answer(
    promo: Scenario, utterances: list[Utterance]
) -> None:
    assert promo.answer is not None
    assert promo.answer.at.astimezone(PARIS).isoformat() == "2012-06-12T15:00:00+02:00"
    official = [u for u in utterances if u.mention.get("official")]
    start = datetime(2012, 6, 11, 18, tzinfo=PARIS).timestamp()
    silent = [u for u in official if start <= u.at < promo.answer.at.timestamp()]
    assert [u.mention["kind"] for u in silent] == ["scheduled"]
    answer = next(u for u in official if u.at == promo.answer.at.timestamp())
    assert answer.mention["network"] == "facebook"
    assert "annuler" in str(answer.mention["text"])


def test_facts_are_in_order_of_time_and_name_a_source(promo: Scenario) -> None:
    assert list(promo.facts) == sorted(promo.facts, key=lambda fact: fact.at)
    assert {fact.source for fact in promo.facts} <= {source.id for source in promo.sources}
    assert "reconstruction" in promo.reconstruction.lower()


def test_texts_are_mostly_distinct_and_no_longer_than_the_network_allows(utterances: list[Utterance]) -> None:
    for start, end in (("2012-06-11T19:00", "2012-06-12T01:00"), ("2012-06-12T14:30", "2012-06-12T20:00")):
        texts = [
            str(u.mention["text"]).casefold() for u in between(utterances, start, end) if u.mention["kind"] != "repost"
        ]
        assert len(set(texts)) > 0.9 * len(texts)
    assert max(len(str(u.mention["text"])) for u in utterances if u.mention["network"] == "twitter") <= 140
    assert not [u for u in utterances if re.search(r"[{}]|  ", str(u.mention["text"]))]


def test_there_are_many_authors_and_a_few_are_widely_followed(utterances: list[Utterance]) -> None:
    evening = between(utterances, "2012-06-11T19:00", "2012-06-12T01:00")
    authors = {u.mention["author"] for u in evening}
    assert len(authors) > 0.6 * len(evening)
    followers = sorted(int(str(u.mention["followers"])) for u in utterances if "followers" in u.mention)
    assert followers[-1] > 100 * followers[len(followers) // 2] > 0


def test_reposts_and_replies_name_an_earlier_mention(utterances: list[Utterance]) -> None:
    known: set[object] = set()
    kinds: Counter[object] = Counter()
    for utterance in utterances:
        mention = utterance.mention
        kinds[mention["kind"]] += 1
        for key in ("repost_of", "reply_to"):
            if key in mention:
                assert mention[key] in known
        known.add(mention["id"])
    assert kinds["repost"] > 500
    assert kinds["reply"] > 300
    assert kinds["scheduled"] == 2


def test_the_negativity_model_separates_the_joy_of_the_evening_from_the_anger_of_the_afternoon(
    utterances: list[Utterance],
) -> None:
    model = NegativityModel.load()
    share = {}
    for tone in ("joie", "partage", "colere", "deception"):
        texts = [str(u.mention["text"]) for u in utterances if u.tone == tone and u.mention["kind"] != "repost"]
        share[tone] = sum(score >= 0.5 for score in model.score_many(texts)) / len(texts)
    assert max(share["joie"], share["partage"]) < 0.2
    assert min(share["colere"], share["deception"]) > 0.5


def test_the_ground_truth_is_never_written_into_the_mention(lines: list[bytes]) -> None:
    known = set(Mention.__struct_fields__)
    assert {key for line in lines[-3000:] for key in msgspec.json.decode(line)} <= known


def test_the_sample_in_the_documentation_is_a_working_scenario(tmp_path: Path) -> None:
    own = load_scenario(write(tmp_path, SAMPLE))
    utterances = own.utterances()
    assert own.brand == "Acme"
    assert own.answer is not None
    assert 300 < len([u for u in utterances if u.phase == "outage"]) < 400
    assert [decode(line) for line in own.mentions()]


def test_a_scenario_may_be_as_short_as_a_minute(tmp_path: Path) -> None:
    text = re.sub(r"(?ms)^\[\[phases\]\].*?(?=^\[tones)", "", SAMPLE)
    text = re.sub(r"(?ms)^\[\[facts\]\].*?(?=^\[\[sources)", "", text)
    text = re.sub(r"(?ms)^\[\[expect\]\].*", "", text)
    own = load_scenario(write(tmp_path, text.replace("2020-03-16T12:00:00", "2020-03-02T00:01:00")))
    assert [decode(line).kind for line in own.mentions()][-1] == "heartbeat"


def test_shipped_scenarios_all_load() -> None:
    assert "trois_suisses_2012" in shipped_scenarios()
    for name in shipped_scenarios():
        assert load_scenario(name).sources
