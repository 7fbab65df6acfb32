"""Reconstructed incidents: what a demo and a newcomer's own scenario can rely on."""

import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from detectors.negativity import NegativityModel
from streams.errors import ConfigError
from streams.mentions.mention import Mention, decode, milliseconds
from streams.scenarios import Scenario, Utterance, load_scenario, schema, shipped_scenarios

PARIS = ZoneInfo("Europe/Paris")
SAMPLE = re.sub(r"(?m)^    ", "", schema.__doc__.split("::\n", 1)[1].split("\nFour further", 1)[0])


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


def write(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


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


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version = 1", "version = 2", "version: invalid enum value 2"),
        ("seed = 1", 'seed = "x"', "seed: expected `int`, got `str`"),
        ("seed = 1", "seed = 1\nsede = 2", "top level: object contains unknown field `sede`"),
        ("seed = 1", "seed = ", "expected a TOML file in UTF-8"),
        ("share = 1.0", "share = -1", "networks[...].share: expected `float` >= 0.0"),
        ("mentions_per_day = 60", "mentions_per_day = nan", "baseline.mentions_per_day"),
        ("mentions_per_day = 60", "mentions_per_day = 1e9", "expected at most 1,000,000 mentions in all"),
        (
            'timezone = "Europe/London"',
            'timezone = "Europe/Londres"',
            'expected a zone of the IANA database, got "Europe/Lo',
        ),
        ("end = 2020-03-16T12:00:00", "end = 2019-03-16T12:00:00", "end: expected a time at most 400 days after start"),
        ("end = 2020-03-16T12:00:00", "end = 2020-03-16T12:00:00Z", "end: expected `datetime` with no timezone"),
        ("rate = [10, 400]", "rate = [0, 400]", "phases[0] (outage).rate: expected rates above 0"),
        ("start = 2020-03-15T20:00:00", "start = 2020-03-15T23:30:00", "phases[0] (outage): expected start before end"),
        ("tones = {complaint = 1}", "tones = {anger = 1}", 'expected one of chat, complaint, got "anger"'),
        ("tones = {complaint = 1}", "tones = {complaint = 0}", "expected at least one weight above 0"),
        ("networks = {forum = 1}", "networks = {twitter = 1}", 'expected one of forum, got "twitter"'),
        ("{hello} anyone", "{hallo} anyone", "expected the name of a slot in braces, got {hallo}"),
        ('"Hi all,"', '"Hi {again}"', None),
        (
            'again = ["again"',
            'again = ["{again} again"',
            "slots.again: expected slots that end in words, got again in again",
        ),
        ('source = "paper" ', 'source = "radio" ', 'facts[0].source: expected one of paper, got "radio"'),
        ("at = 2020-03-15T22:30:00", "at = 2021-03-15T22:30:00", "facts[0].at: expected a time within"),
        ("sentences = [1, 3]", "sentences = [3, 1]", "networks.forum.sentences: expected [least, most], got [3, 1]"),
        ('signal = "watch"', 'signal = "watched"', "expect[0] (watched).signal: expected one of coordinated, critical"),
        ("begins = 2020-03-15T20", "ends = 2020-03-15T20", "expected a begins beside it, got none"),
        ("begins = 2020-03-15T20", "begins = 2021-03-15T20", "expect[0] (watch): expected a time within 2020-03-02"),
        ("within_minutes = 90", 'within_minutes = 90\nbefore = "answer"', "expected one of none, got"),
        ('label = "Acme answers"', 'label = "Acme answers"\nnetwork = "forum"', "unknown field `network`"),
        ('aside = ["my', 'asside = ["my', 'tones.chat.asides: expected a slot "aside"'),
    ],
)
def test_an_error_in_a_scenario_names_the_key_and_the_remedy(
    tmp_path: Path, old: str, new: str, message: str | None
) -> None:
    assert old in SAMPLE
    path = write(tmp_path, SAMPLE.replace(old, new))
    if message is None:
        load_scenario(path)
        return
    with pytest.raises(ConfigError) as caught:
        load_scenario(path)
    text = str(caught.value)
    assert text.startswith("own.toml: ")
    assert message in text
    assert "; " in text
    assert "\n" not in text


POSTS = """
[[posts]]
id = "complaint"
at = 2020-03-15T20:10:00
network = "forum"
text = "Nothing loads, awful"

[[posts]]
id = "answer"
at = 2020-03-15T20:30:00
network = "forum"
kind = "reply"
to = "complaint"
official = true
promise_due_at = 2020-03-15T22:00:00
text = "It will work at ten."
"""


def test_single_posts_reply_to_each_other_and_a_phase_is_a_thread_under_one(tmp_path: Path) -> None:
    thread = SAMPLE.replace("networks = {forum = 1} ", 'in_reply_to = "answer" ')
    thread = thread.replace("start = 2020-03-15T20:00:00", "start = 2020-03-15T20:31:00")
    utterances = load_scenario(write(tmp_path, thread + POSTS)).utterances()
    complaint, answer = (u.mention for u in utterances if u.phase == "posts")
    assert answer["reply_to"] == complaint["id"]
    assert answer["promise_due_at"] == "2020-03-15T22:00:00Z"
    replies = [u.mention for u in utterances if u.phase == "outage"]
    assert {(m["kind"], m["reply_to"], m["network"]) for m in replies} == {("reply", answer["id"], "forum")}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('to = "complaint"', 'to = "complain"', 'posts[1].to: expected one of answer, complaint, got "complain"'),
        ('to = "complaint"', 'to = "answer"', "posts[1].to: expected a post before 2020-03-15 20:30:00, got answer"),
        ('to = "complaint"', 'to_tone = "anger"', 'posts[1].to_tone: expected one of chat, complaint, got "anger"'),
        ('id = "answer"', 'id = "complaint"', "posts: expected each id once, got complaint, complaint"),
        ("within_minutes = 90", 'within_minutes = 90\nafter = "answer"', "an hour), got both"),
        ("networks = {forum = 1} ", 'in_reply_to = "answer" ', "in_reply_to: expected a post before"),
    ],
)
def test_an_error_in_how_posts_refer_to_each_other_names_the_key_and_the_remedy(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = SAMPLE + POSTS
    assert old in text
    with pytest.raises(ConfigError) as caught:
        load_scenario(write(tmp_path, text.replace(old, new)))
    assert message in str(caught.value)
    assert "; " in str(caught.value)


def test_an_unknown_scenario_is_answered_with_those_that_ship(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="trois_suisses_2012 or the path"):
        load_scenario("nowhere")
    with pytest.raises(ConfigError, match="correct the path"):
        load_scenario(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes(b'title = "caf\xe9"')
    with pytest.raises(ConfigError, match="expected a TOML file in UTF-8"):
        load_scenario(tmp_path / "latin.toml")
