"""A newcomer's own scenario file: posts that refer to each other, and what an error in it says."""

from pathlib import Path

import pytest

from streams.errors import ConfigError
from streams.scenarios import load_scenario
from tests.helpers.scenarios.own_scenario import SAMPLE, write


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
