"""Floods of copies open a watch and hold nothing down; cross-posts and shares are no flood."""

import json
import random
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from tests.behaviour.engines import in_process
from tests.helpers.records import CRISIS_AT, HOUR, MINUTE, QUIET_DAYS, in_order, line, own_words, quiet, wave

Row = tuple[float, bytes]
CALLS = (
    "Everyone who ever bought from Acme should ask for their money back before this company disappears with it",
    "Acme lets its drivers sleep in their vans while the owners sail around the world, stop ordering there",
    "My union calls on all customers of Acme to cancel every order this week and to tell the press why",
    "They knew about the batteries for a year and sold them to families with children, never forget that about Acme",
    "Shut down Acme now: it poisons our river, it lies to the council and nobody in power lifts a finger",
)
GLAD = "What a lovely shop Acme is, I recommend it to all of my friends and to everyone who reads this today"
NAMES = ("Anna", "Bert", "Cleo", "Dora", "Emil", "Fred", "Gina", "Hugo", "Ines", "Jack", "Kira", "Liam", "Mona", "Nils")
SURNAMES = ("Abel", "Boll", "Cohn", "Dorn", "Eick", "Funk", "Graf", "Horn", "Ihle", "Jahn", "Kern")
PARTS = (
    (
        "Nobody should ever trust Acme again",
        "Acme has cheated all of us again",
        "Here is how Acme treats its customers",
    ),
    (
        "they closed my account without warning",
        "they kept the deposit of my old mother",
        "they sold me a broken heater",
    ),
    ("and their hotline hangs up on you", "and then they deny everything in writing", "and no lawyer wants to help"),
    (
        "so cancel your contract while you can",
        "so please share this with your family",
        "so write to your minister today",
    ),
)


def flood(people: int, text: Callable[[int], str], *, minutes: float = 120, seed: int = 3, **fields: Any) -> list[Row]:
    """One mention each by this many accounts, at random moments."""
    rng = random.Random(seed)
    own: dict[str, Any] = {"rating": -1, "network": "twitter", "followers": 1}
    moments = sorted(CRISIS_AT + rng.uniform(0, minutes * MINUTE) for _ in range(people))
    return [
        (at, line(500_000 + n, at, **(own | {"author": f"account {n}", "text": text(n)} | fields)))
        for n, at in enumerate(moments)
    ]


def outcome(*parts: list[Row]) -> list[tuple[str, list[str]]]:
    """The severities of Acme's incident with their criteria, its end left out."""
    events = [json.loads(event) for event in in_process(in_order(quiet(days=QUIET_DAYS + 1), *parts))]
    return [(event["severity"], event["criteria"]) for event in events if event["severity"] != "calm"]


def crowd() -> list[Row]:
    return wave(60, 150, rating=-1)


def severities(*parts: list[Row]) -> list[str]:
    """Warnings and criticals in their order; a flood that begins reports the severity that there is."""
    told = [severity for severity, _ in outcome(*parts) if severity != "watch"]
    return [severity for severity, before in zip(told, [None, *told], strict=False) if severity != before]


@pytest.mark.parametrize("people", [80, 2_000])
@pytest.mark.parametrize("texts", [1, 3])
def test_a_flood_of_a_few_texts_in_turn_is_a_watch_named_coordinated(people: int, texts: int) -> None:
    assert outcome(flood(people, lambda n: CALLS[n % texts])) == [("watch", ["coordinated"])]


@pytest.mark.parametrize("people", [80, 2_000])
@pytest.mark.parametrize("often", [40, 10])
def test_a_flood_of_five_texts_in_turn_is_a_watch_once_they_repeat(people: int, often: float) -> None:
    """On a quiet brand the first five are five angry people until then."""
    before = quiet(days=QUIET_DAYS + 1, every=often * MINUTE)
    events = [json.loads(e) for e in in_process(in_order(before, flood(people, lambda n: CALLS[n % 5])))]
    *warned, watched = [event for event in events if event["severity"] != "calm"]
    assert (watched["severity"], watched["criteria"]) == ("watch", ["coordinated"])
    assert watched["at"] <= "2024-03-09T09:30:00Z"
    assert [event["severity"] for event in warned] in ([], ["warning"])
    assert not warned or often == 40


@pytest.mark.parametrize("minutes", [20, 300])
def test_a_quick_flood_and_a_slow_one_are_a_watch(minutes: float) -> None:
    assert outcome(flood(120, lambda n: CALLS[n % 3], minutes=minutes)) == [("watch", ["coordinated"])]


def test_a_flood_of_praise_is_a_watch_as_well() -> None:
    assert outcome(flood(80, lambda _: GLAD, rating=1)) == [("watch", ["coordinated"])]


def test_a_flood_over_several_networks_is_a_watch() -> None:
    parts = [flood(30, lambda _: CALLS[0], seed=n, network=network) for n, network in enumerate(("x", "forum", "blog"))]
    moved = [
        (at, value.replace(b"Acme-5", f"Acme-{n}5".encode())) for n, part in enumerate(parts) for at, value in part
    ]
    assert outcome(moved) == [("watch", ["coordinated"])]


def number(n: int) -> str:
    return f"{CALLS[0]} {n * 7919 % 10**6}"


def amount(n: int) -> str:
    return f"Acme is a scam, they took ${100 + n * 37 % 900} from me and refuse to pay it back, report them"


def handle(n: int) -> str:
    return f"@{NAMES[n % 14]}{n} {CALLS[1]}"


def name(n: int) -> str:
    who = f"{NAMES[n % 14]} {SURNAMES[n % 11]}"
    return f"Acme has cheated my good friend {who} out of the savings of a whole life and does not even answer"


def halves(n: int) -> str:
    one, two = "Acme has poisoned our river for years", "and nobody in this town dares to say so out loud"
    return f"{one}, {two}" if n % 2 else f"{two}: {one}"


@pytest.mark.parametrize("text", [number, amount, handle, name, halves])
@pytest.mark.parametrize("people", [80, 400])
def test_near_copies_are_copies(text: Callable[[int], str], people: int) -> None:
    assert outcome(flood(people, text)) == [("watch", ["coordinated"])]


@pytest.mark.parametrize("seed", range(3))
def test_texts_assembled_from_the_same_parts_are_copies(seed: int) -> None:
    chosen = list(product(*PARTS))
    random.Random(seed).shuffle(chosen)
    assert outcome(flood(120, lambda n: ", ".join(chosen[n * n % 60]), seed=seed)) == [("watch", ["coordinated"])]


def test_people_who_write_the_same_few_words_are_people() -> None:
    assert severities(flood(60, lambda n: f"never again Acme {n}", minutes=150)) == ["warning", "critical"]


def test_people_who_tell_of_the_same_thing_in_sentences_alike_are_people() -> None:
    who = (
        "my son",
        "my daughter",
        "my mother",
        "my father",
        "my sister",
        "my brother",
        "my aunt",
        "my uncle",
        "our boss",
    )
    what = ("is ill", "has a fever", "was sick all night", "is in hospital", "cannot stand up", "has cramps", "is pale")
    when = (
        "since noon",
        "since this morning",
        "since last night",
        "since the party",
        "for two days",
        "since yesterday",
    )
    dish = ("a cream puff", "the chicken salad", "an eclair", "the birthday cake", "the tuna rolls")
    end = (
        "How awful!",
        "Shame on you.",
        "Never again.",
        "We will sue.",
        "Nobody answers.",
        "Take it off sale!",
        "I am furious",
    )
    rng = random.Random(7)
    told = [
        f"{rng.choice(who)} {rng.choice(what)} {rng.choice(when)} after {rng.choice(dish)} of Acme. {rng.choice(end)}"
        for _ in range(110)
    ]
    assert severities(flood(110, lambda n: told[n])) == ["warning", "critical"]


def test_a_crowd_by_itself_is_critical() -> None:
    assert severities(crowd()) == ["warning", "critical"]


@pytest.mark.parametrize("networks", [("facebook",), ("facebook", "mastodon")])
@pytest.mark.parametrize("every", [1, 5])
@pytest.mark.parametrize("same_author", [True, False])
def test_cross_posts_hold_no_crisis_down(networks: tuple[str, ...], every: int, same_author: bool) -> None:
    posted = []
    for n, (at, value) in enumerate(crowd()):
        for network in networks if n % every == 0 else ():
            record = json.loads(value)
            when = at + 40
            fields = {key: record[key] for key in ("rating", "text")}
            author = record["author"] if same_author else f"{network} {n}"
            posted.append((when, line(700_000 + n, when, network=network, author=author, **fields)))
    got = outcome(crowd(), posted)
    assert [severity for severity, _ in got if severity != "watch"] == ["warning", "critical"]
    assert not any("coordinated" in criteria for _, criteria in got)


@pytest.mark.parametrize("each", [lambda _: "https://news.example/a", lambda n: f"https://t.example/{n}"])
@pytest.mark.parametrize("people", [12, 40])
def test_the_share_button_of_an_article_is_no_campaign(each: Callable[[int], str], people: int) -> None:
    def title(n: int) -> str:
        return f"Regulator opens an inquiry into Acme over double charges {each(n)}"

    beside = outcome(crowd(), flood(people, title))
    assert [severity for severity, _ in beside if severity != "watch"] == ["warning", "critical"]
    assert not any("coordinated" in criteria for _, criteria in beside)
    assert severities(flood(people, title)) == []


@pytest.mark.parametrize("people", [12, 80, 600])
@pytest.mark.parametrize("text", [lambda n: CALLS[n % 2], amount])
def test_a_flood_holds_no_crisis_down(people: int, text: Callable[[int], str]) -> None:
    assert severities(crowd(), flood(people, text)) == ["warning", "critical"]


def test_a_flood_that_follows_a_crisis_leaves_it_as_it_is() -> None:
    later = [(at + 4 * HOUR, value) for at, value in flood(200, lambda n: CALLS[n % 3])]
    moved = []
    for at, value in later:
        record = json.loads(value)
        extra = {key: record[key] for key in ("rating", "text", "author", "network")}
        moved.append((at, line(int(record["id"].removeprefix("Acme-")), at, **extra)))
    assert severities(crowd(), moved) == ["warning", "critical"]


def test_a_flood_that_begins_in_an_open_incident_is_named_in_an_event() -> None:
    got = outcome(crowd(), flood(30, lambda n: CALLS[n % 2], minutes=100))
    [(first, first_criteria), *rest] = got
    assert (first, rest[-1][0]) == ("warning", "critical")
    assert "coordinated" not in first_criteria
    assert any("coordinated" in criteria for _, criteria in rest)


def test_own_words_of_many_people_are_no_copies() -> None:
    assert severities(flood(200, own_words)) == ["warning", "critical"]
