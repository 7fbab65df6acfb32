"""The shipped reconstructions: each follows its documents, is labelled as what it is, and reads as people write."""

import re
from collections import defaultdict
from datetime import datetime

import pytest

from detectors.negativity import NegativityModel
from streams.mentions.mention import decode
from streams.scenarios import Scenario, Utterance, load_scenario, shipped_scenarios

NAMES = [name for name in shipped_scenarios() if name != "trois_suisses_2012"]


class Reconstruction:
    """A shipped scenario and its mentions, generated once."""

    def __init__(self, name: str) -> None:
        self.scenario: Scenario = load_scenario(name)
        self.utterances: list[Utterance] = self.scenario.utterances()

    def between(self, start: str, end: str, *networks: str) -> list[Utterance]:
        """What people (not the brand) wrote between two local times, on some networks or on all."""
        first, last = (datetime.fromisoformat(t).replace(tzinfo=self.scenario.zone).timestamp() for t in (start, end))
        return [
            u
            for u in self.utterances
            if first <= u.at < last
            and not u.mention.get("official")
            and (not networks or u.mention["network"] in networks)
        ]


@pytest.fixture(scope="module")
def reconstructions() -> dict[str, Reconstruction]:
    return {name: Reconstruction(name) for name in NAMES}


def test_the_seven_documented_incidents_ship_and_beside_bouygues_its_neighbour() -> None:
    assert shipped_scenarios() == [
        "amys_baking_2013",
        "aquarelle_2012",
        "blackberry_2011",
        "bouygues_2012",
        "o2_2012",
        "orange_2012",
        "sfr_2012",
        "trois_suisses_2012",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_reconstruction_says_that_it_is_one_and_where_each_fact_was_read(
    name: str, reconstructions: dict[str, Reconstruction]
) -> None:
    scenario = reconstructions[name].scenario
    assert scenario.reconstruction.startswith("A reconstruction: ")
    assert "invented" in scenario.reconstruction
    assert len(scenario.facts) >= 3
    assert {fact.source for fact in scenario.facts} <= {source.id for source in scenario.sources}


def test_where_no_hour_is_documented_everything_is_expected_by_order_alone(
    reconstructions: dict[str, Reconstruction],
) -> None:
    scenario = reconstructions["aquarelle_2012"].scenario
    assert all(fact.approximate for fact in scenario.facts)
    assert all(expected.by_order for expected in scenario.expectations if not expected.never)


@pytest.mark.parametrize("name", NAMES)
def test_every_mention_is_readable_fits_its_network_and_names_an_earlier_one(
    name: str, reconstructions: dict[str, Reconstruction]
) -> None:
    known: set[object] = set()
    for utterance in reconstructions[name].utterances:
        mention = utterance.mention
        assert not re.search(r"[{}]|  ", str(mention["text"]))
        assert mention["network"] != "twitter" or len(str(mention["text"])) <= 140
        assert all(mention[key] in known for key in ("reply_to", "repost_of") if key in mention)
        known.add(mention["id"])
    assert {decode(line).brand for line in reconstructions[name].scenario.mentions()} == {
        reconstructions[name].scenario.brand
    }


@pytest.mark.parametrize("name", NAMES)
def test_in_the_incident_hardly_anybody_repeats_another_and_the_model_tells_the_tones_apart(
    name: str, reconstructions: dict[str, Reconstruction]
) -> None:
    texts: defaultdict[bool, list[str]] = defaultdict(list)
    for utterance in reconstructions[name].utterances:
        if utterance.phase not in ("baseline", "answers", "posts") and utterance.mention["kind"] != "repost":
            texts[utterance.negative].append(str(utterance.mention["text"]))
    everything = [text.casefold() for tone in texts.values() for text in tone]
    assert len(set(everything)) > 0.93 * len(everything)
    model = NegativityModel.load()
    share = {tone: sum(score >= 0.5 for score in model.score_many(said)) / len(said) for tone, said in texts.items()}
    assert share[True] > 0.6
    assert share[False] < 0.5


def test_o2_has_one_in_ten_of_the_documented_hourly_counts(reconstructions: dict[str, Reconstruction]) -> None:
    o2 = reconstructions["o2_2012"]
    for start, end, count in (
        ("2012-07-11T12:25", "2012-07-11T13:25", 144),
        ("2012-07-11T13:32", "2012-07-11T14:32", 480),
        ("2012-07-11T17:35", "2012-07-11T18:35", 7_185),
        ("2012-07-11T20:35", "2012-07-11T21:35", 19_962),
        ("2012-07-12T02:25", "2012-07-12T03:25", 400),
    ):
        spread = 4 * (count / 10) ** 0.5
        assert abs(len(o2.between(start, end)) - count / 10) < max(spread, 0.2 * count / 10), (start, count)


def test_orange_has_the_comments_of_three_days_on_its_page(reconstructions: dict[str, Reconstruction]) -> None:
    comments = reconstructions["orange_2012"].between("2012-07-06T15:10", "2012-07-08T12:00", "facebook")
    assert abs(len(comments) - 7_624) < 0.15 * 7_624


def test_bouygues_has_one_in_two_of_the_documented_questions_of_a_day(
    reconstructions: dict[str, Reconstruction],
) -> None:
    bouygues = reconstructions["bouygues_2012"]
    assert abs(len(bouygues.between("2012-01-10", "2012-01-11")) - 3_500) < 400
    assert abs(len(bouygues.between("2012-01-11", "2012-01-12")) - 2_500) < 700
    first, second = (
        sum(u.negative for u in day) / len(day)
        for day in (bouygues.between("2012-01-10", "2012-01-11"), bouygues.between("2012-01-11T10:00", "2012-01-12"))
    )
    assert second < first / 2, "the answers turn opinion"


def test_sfr_has_one_in_two_of_the_comments_under_its_post(reconstructions: dict[str, Reconstruction]) -> None:
    sfr = reconstructions["sfr_2012"]
    shut = sfr.between("2012-01-10T12:56", "2012-01-10T17:00", "facebook")
    assert not [u for u in shut if u.phase != "baseline"]
    thread = [u for u in sfr.utterances if u.phase.startswith("under-the-post")]
    assert len({u.mention["reply_to"] for u in thread}) == 1
    soon = sfr.between("2012-01-10T17:00", "2012-01-10T18:00", "facebook")
    assert 180 < len(soon) < 320
    assert abs(len(thread) - 1_200) < 200


def test_blackberry_has_one_in_forty_of_the_documented_messages_and_their_share_of_negatives(
    reconstructions: dict[str, Reconstruction],
) -> None:
    blackberry = reconstructions["blackberry_2011"]
    days = blackberry.between("2011-10-09", "2011-10-15")
    assert abs(len(days) - 217_093 / 40) < 0.05 * 217_093 / 40
    assert abs(sum(u.negative for u in days) / len(days) - 0.33) < 0.04
    usual = blackberry.between("2011-09-20", "2011-10-10")
    assert abs(sum(u.negative for u in usual) / len(usual) - 0.15) < 0.02
    first, third = (blackberry.between(f"2011-10-{day}", f"2011-10-{day + 1}") for day in (10, 12))
    assert len(third) > len(first), "the second peak is the higher"


def test_amys_has_the_comments_under_the_claim_and_a_wave_three_days_before(
    reconstructions: dict[str, Reconstruction],
) -> None:
    amys = reconstructions["amys_baking_2013"]
    claimed = [u for u in amys.utterances if u.phase == "under-the-claim"]
    assert abs(len(claimed) - 3_500) < 200
    assert max(u.at for u in claimed) - min(u.at for u in claimed) <= 30 * 60
    reviews = [u for u in amys.between("2013-05-10T20:00", "2013-05-13T18:00", "yelp") if u.mention["rating"] == -1]
    assert 200 < len(reviews) < 900
    assert {u.mention["kind"] for u in reviews} == {"review"}


def test_aquarelle_is_nearly_silent_until_one_post_is_passed_on(reconstructions: dict[str, Reconstruction]) -> None:
    aquarelle = reconstructions["aquarelle_2012"]
    quiet = aquarelle.between("2012-07-01", "2012-08-08")
    assert len(quiet) / 38 < 6
    customer = [u.mention for u in aquarelle.utterances if u.phase == "posts" and not u.mention.get("official")]
    assert len(customer) - len({mention["author"] for mention in customer}) >= 4, "one customer speaks five times"
    promises = [u.mention for u in aquarelle.utterances if u.mention.get("promise_due_at")]
    assert len(promises) == 2
