"""How a brand behaves is reported when people react to it, and not before."""

from streams.settings.brands.brand import BrandConfig
from tests.helpers.desks import FIRST, DeskDriver, Said, action, answer, complaint, statement

HOUR = "2024-03-01T01:00:00Z"
PLAIN = "Have you tried turning it off and on?"


def promised(desk: DeskDriver, *later: Said, until: float = 2000) -> list[tuple[int, str, str]]:
    desk.say([complaint(0, "ann", id="c0"), answer(5, "c0", PLAIN, promise_due_at=HOUR), *later], until=until)
    return desk.of("promise_broken")


def test_a_promise_is_broken_when_its_time_is_past_and_the_customer_complains_again() -> None:
    assert promised(DeskDriver(), complaint(90, "ann")) == [(91, "begins", "warning"), (75 + 1440, "ends", "warning")]


def test_a_promise_nobody_speaks_of_is_unknown_and_not_broken() -> None:
    desk = DeskDriver()
    assert promised(desk) == []
    assert desk.desk.promises.totals == {"made": 1, "kept": 0, "broken": 0, "unknown": 1}


def test_a_promise_is_kept_by_any_later_act_even_a_private_one() -> None:
    desk = DeskDriver()
    assert promised(desk, answer(70, "c0", PLAIN, visibility="private"), complaint(90, "ann")) == []
    assert desk.desk.promises.totals["kept"] == 1


def test_the_act_that_made_a_promise_does_not_keep_it() -> None:
    assert promised(DeskDriver(private_acts=True), until=100) == [(75, "begins", "warning")]


def test_a_complaint_before_the_promise_is_due_breaks_nothing() -> None:
    assert promised(DeskDriver(), complaint(50, "ann")) == []


def test_three_people_who_say_that_they_were_deleted_are_reported_and_two_are_not() -> None:
    said = [complaint(n, f"a{n}", text="you deleted my comment") for n in range(3)]
    assert DeskDriver().say(said, until=500).of("deletion_claimed") == [
        (3, "begins", "warning"),
        (360, "ends", "warning"),
    ]
    assert DeskDriver().say(said[:2], until=500).of("deletion_claimed") == []


def backlash(after: int, **fields: object) -> list[tuple[int, str, str]]:
    day = [complaint(20 * n, f"d{n}") for n in range(72)]
    deed = action(1440, "deletion", reply_to="c1", **fields)
    return (
        DeskDriver()
        .say([*day, deed, *[complaint(1441 + n, f"e{n}") for n in range(after)]], until=1600)
        .of("moderation_backlash")
    )


def test_a_deletion_that_many_more_are_angry_after_is_critical() -> None:
    assert backlash(30)[0][1:] == ("begins", "critical")
    assert backlash(6) == []


def test_withdrawing_ones_own_text_or_deleting_by_law_is_no_moderation() -> None:
    assert backlash(30, target="own") == []
    assert backlash(30, role="legal") == []


def test_moderation_in_a_case_is_told_at_once_and_ends_when_it_is_taken_back() -> None:
    desk = DeskDriver().incident(0).say([action(5, "closed"), action(20, "undo")], until=100)
    assert desk.of("moderation_in_case") == [(6, "begins", "warning"), (21, "ends", "warning")]
    assert DeskDriver().say([action(5, "block", reply_to="c1")], until=100).of("moderation_in_case") == []


def test_what_is_scheduled_in_a_case_is_reported_until_its_time_is_past() -> None:
    planned = action(5, "scheduled", publish_at="2024-03-01T02:00:00Z", text="Buy two!")
    desk = DeskDriver().say([planned]).incident(10).say([], until=200)
    assert desk.of("scheduled_pending") == [(10, "begins", "warning"), (120, "ends", "warning")]


def test_a_promotion_in_a_case_is_reported_and_a_word_on_the_matter_is_not() -> None:
    promo = statement(10, "Win a new sofa this weekend!")
    assert DeskDriver().incident(0).say([promo], 100).of("promo_in_case") == [
        (11, "begins", "warning"),
        (41, "ends", "warning"),
    ]
    for text in ("About the battery recall: see our page", "We are looking into this"):
        assert DeskDriver().incident(0).say([statement(10, text)], 100).of("promo_in_case") == []
    assert DeskDriver().say([promo], 100).of("promo_in_case") == []


def test_the_same_answer_for_everybody_is_named() -> None:
    asked = [complaint(n, f"a{n}", id=f"c{n}") for n in range(12)]
    same = [answer(20 + n, f"c{n}", f"@a{n} Hello, please restart your box and wait a while a{n}") for n in range(12)]
    own = [answer(20 + n, f"c{n}", f"So {n} it is, my friend {n}, try {n} again") for n in range(12)]
    assert DeskDriver().say([*asked, *same], until=500).of("canned") == [(30, "begins", "info"), (382, "ends", "info")]
    assert DeskDriver().say([*asked, *own], until=500).of("canned") == []


def replied(count: int, negative: int, minutes: float = 1) -> list[Said]:
    return [
        (
            11 + n * minutes,
            {"author": f"r{n}", "text": "so", "kind": "reply", "reply_to": "s", "negative": n < negative},
        )
        for n in range(count)
    ]


def test_a_post_that_ten_people_answer_angrily_within_an_hour_is_under_fire() -> None:
    post = statement(10, PLAIN, id="s")
    assert DeskDriver().say([post, *replied(12, 12)], 200).of("post_under_fire")[0] == (21, "begins", "warning")
    assert DeskDriver().say([post, *replied(12, 4)], 200).of("post_under_fire") == []
    assert DeskDriver().say([post, *replied(12, 12, minutes=10)], 200).of("post_under_fire") == []


def test_a_heated_reply_is_information_and_a_warning_in_a_case() -> None:
    heated = answer(10, "c1", "You are so pathetic, get a life")
    assert DeskDriver().say([heated], 200).of("hot_reply") == [(11, "begins", "info"), (71, "ends", "info")]
    assert DeskDriver().incident(0).say([heated], 20).of("hot_reply") == [(11, "begins", "warning")]


def test_blame_is_a_warning_when_its_post_is_under_fire() -> None:
    post = statement(10, "This is the error of one of our employees.", id="s")
    assert DeskDriver().say([post], 20).of("blame") == [(11, "begins", "info")]
    assert (21, "begins", "warning") in DeskDriver().say([post, *replied(12, 12)], 200).of("blame")


def test_an_all_clear_that_those_who_reply_deny_is_disputed() -> None:
    post = statement(10, "All clear! Thank you.", id="s")
    assert DeskDriver().say([post, *replied(8, 5)], 200).of("resolved_disputed")[0] == (16, "begins", "warning")
    assert DeskDriver().say([post, *replied(8, 4)], 200).of("resolved_disputed") == []


def test_two_sums_of_money_on_two_networks_contradict_each_other_after_half_an_hour() -> None:
    said = [
        statement(10, "We are looking into this: 20 € for everybody", network="forum"),
        statement(20, "We are looking into this: 50 € for everybody", network="facebook"),
    ]
    desk = DeskDriver().incident(0).say(said, until=200)
    assert desk.of("contradiction") == [(50, "begins", "warning"), (110, "ends", "warning")]
    followed = statement(40, "We are looking into this: 50 € for everybody", network="forum")
    assert DeskDriver().incident(0).say([*said, followed], until=200).of("contradiction") == []


def test_a_refund_refused_and_then_given_is_a_contradiction_at_once() -> None:
    said = [
        statement(10, "We will not refund these orders"),
        statement(30, "You will be refunded. Sorry for this."),
    ]
    assert DeskDriver().incident(0).say(said, until=60).of("contradiction") == [(31, "begins", "warning")]


def test_six_public_replies_to_one_customer_in_a_day_are_too_many_and_two_parts_are_one() -> None:
    turns = [
        item
        for n in range(7)
        for item in (complaint(30 * n, "ann", id=f"c{n}"), answer(30 * n + 5, f"c{n}", f"Try {n}"))
    ]
    assert DeskDriver().say(turns, until=400).of("over_reply")[0][1:] == ("begins", "info")
    parts = [answer(5 + n / 2, "c0", f"{n}/6 and so on") for n in range(6)]
    assert DeskDriver().say([complaint(0, "ann", id="c0"), *parts], until=400).of("over_reply") == []


def test_a_bot_answers_nobody() -> None:
    known = BrandConfig(official_accounts=frozenset(("acme",)), bot_accounts=frozenset(("acme",)))
    desk = DeskDriver(known).say([complaint(0, "ann", id="c0"), answer(1, "c0", PLAIN)], until=10)
    assert desk.desk.context.complaints.waiting(FIRST + 10).open == 1
