"""In a case, the brand is told what is owed, by when, and when it was given."""

from streams.settings.brands.brand import BrandConfig
from tests.helpers.desks import DeskDriver, Said, answer, complaint, statement

SOME_ANSWER = "Have you tried turning it off and on?"


def test_silence_is_reported_half_an_hour_after_the_warning_and_is_critical_an_hour_later() -> None:
    desk = DeskDriver().incident(0).say([complaint(1, "ann")], until=200)
    assert desk.of("holding_due") == [(30, "begins", "warning"), (90, "begins", "critical")]


def test_a_critical_incident_leaves_a_quarter_of_an_hour() -> None:
    desk = DeskDriver().incident(0).incident(5, "critical").say([], until=60)
    assert desk.of("holding_due") == [(20, "begins", "warning")]


def test_a_statement_on_the_matter_ends_the_silence() -> None:
    desk = DeskDriver().incident(0).say([statement(40)], until=60)
    assert desk.of("holding_due") == [(30, "begins", "warning"), (41, "ends", "warning")]


def test_a_word_on_the_matter_before_the_warning_counts() -> None:
    desk = DeskDriver().say([statement(10)]).incident(20).say([], until=100)
    assert desk.of("holding_due") == []


def test_five_customers_answered_stand_for_a_first_word_whatever_the_answers_say() -> None:
    asked = [complaint(n, f"a{n}", id=f"c{n}") for n in range(5)]
    answers = [answer(10 + n, f"c{n}", SOME_ANSWER) for n in range(5)]
    assert DeskDriver().incident(0).say([*asked, *answers], until=100).of("holding_due") == []
    assert DeskDriver().incident(0).say([*asked, *answers[:4]], until=40).of("holding_due")


def test_inviting_everybody_to_a_private_message_is_no_first_word() -> None:
    asked = [complaint(n, f"a{n}", id=f"c{n}") for n in range(9)]
    invited = [answer(10 + n, f"c{n}", "Please send us a DM") for n in range(9)]
    assert DeskDriver().incident(0).say([*asked, *invited], until=40).of("holding_due") == [(30, "begins", "warning")]


def test_five_replies_of_one_text_within_an_hour_are_a_statement() -> None:
    text = "The lift is out of order, and a mechanic is on the way"
    asked = [complaint(n, f"a{n}", id=f"c{n}") for n in range(5)]
    told = [answer(10 + 10 * n, f"c{n}", text) for n in range(5)]
    desk = DeskDriver().incident(0).say([*asked, *told]).incident(200, "calm").say([], until=300)
    assert dict(desk.changes[-1].fact.values)["outcome"] == "answered"
    spread = [answer(10 + 20 * n, f"c{n}", text) for n in range(5)]
    apart = DeskDriver().incident(0).say([*asked, *spread]).incident(200, "calm").say([], until=5000)
    assert dict(apart.changes[-1].fact.values)["outcome"] == "partly"


def test_outside_its_care_hours_a_brand_is_late_only_in_a_case() -> None:
    asked = [complaint(n, f"a{n}", id=f"c{n}") for n in range(12)]
    calm = DeskDriver(care_hours="mon-fri 09:00-18:00").say(asked, until=300)  # from midnight on
    assert (calm.desk.context.complaints.late, calm.waiting(300).overdue) == (0, 0)
    assert calm.say([], until=700).desk.context.complaints.late == 12
    case = DeskDriver(care_hours="mon-fri 09:00-18:00").incident(0).say(asked, until=300)
    assert case.of("complaints_waiting") == [(69, "begins", "warning")]


def test_a_case_begins_with_the_networks_on_which_the_brand_has_no_voice() -> None:
    talk = [complaint(n, f"a{n}", network=f"n{n % 2}") for n in range(20)]
    desk = DeskDriver().say([*talk, statement(3, network="n1")]).incident(30).say([], until=40)
    assert dict(desk.changes[0].fact.values) == {"absent": "n0"}
    blind = BrandConfig(official_accounts=frozenset(("acme",)), blind_networks=frozenset(("n0",)))
    unseen = DeskDriver(blind).say([*talk, statement(3, network="n1")]).incident(30).say([], until=40)
    assert dict(unseen.changes[0].fact.values) == {"absent": ""}


def slow_shop() -> list[Said]:
    """A customer an hour, each answered after two hours with an invitation to a private message."""
    said: list[Said] = []
    for number in range(12):
        at = 60 * number
        said.append(complaint(at, f"c{number}", id=f"c{number}"))
        said.append(answer(at + 120, f"c{number}", "Please send us a DM with your order number"))
    return said


def test_the_silence_of_a_brand_that_answers_in_its_usual_way_is_never_critical_unless_the_incident_is() -> None:
    shop = DeskDriver(BrandConfig()).say(slow_shop()).incident(800)
    assert shop.say([answer(900, "c1", "Please send us a DM")], until=2000).of("holding_due") == [
        (830, "begins", "warning")
    ]
    worse = DeskDriver(BrandConfig()).say(slow_shop()).incident(800).incident(850, "critical")
    assert worse.say([], until=2000).of("holding_due") == [(830, "begins", "warning"), (890, "begins", "critical")]


def test_a_silence_longer_than_the_usual_first_reply_is_critical() -> None:
    shop = DeskDriver(BrandConfig()).say(slow_shop()).incident(800)
    assert shop.say([], until=2000).of("holding_due") == [(830, "begins", "warning"), (920, "begins", "critical")]


def test_a_brand_of_which_nothing_was_seen_for_a_week_is_not_said_to_be_silent() -> None:
    shop = DeskDriver(BrandConfig()).say(slow_shop())
    assert shop.incident(60 * 24 * 9).say([], until=60 * 24 * 10).of("holding_due") == []


def test_a_brand_that_nobody_can_see_is_not_said_to_be_silent() -> None:
    desk = DeskDriver(BrandConfig())
    assert desk.incident(0).say([complaint(1, "ann")], until=300).changes == []


def test_a_flood_of_copies_beside_people_of_their_own_stops_no_clock() -> None:
    shop = DeskDriver().incident(0, "watch").incident(1, "warning", 0, "coordinated", "negative_growth")
    assert shop.say([], 200).of("holding_due") != []


def test_a_flood_of_copies_owes_nobody_an_answer() -> None:
    assert (
        DeskDriver().incident(0, "watch").incident(1, "warning", 0, "coordinated").say([], 200).of("holding_due") == []
    )


def test_the_case_closes_when_the_incident_is_over_and_a_statement_was_made() -> None:
    desk = DeskDriver().incident(0).say([statement(10)]).incident(200, "calm").say([], until=300)
    assert desk.of("case") == [(0, "begins", "info"), (200, "ends", "info")]
    assert dict(desk.changes[-1].fact.values)["outcome"] == "answered"


def test_an_incident_that_ends_because_people_tire_leaves_its_case_open_for_three_days() -> None:
    desk = DeskDriver().incident(0).incident(200, "calm").say([], until=5000)
    assert desk.of("case") == [(0, "begins", "info"), (72 * 60, "ends", "info")]
    assert dict(desk.changes[-1].fact.values)["outcome"] == "unanswered"
    assert desk.of("holding_due")[-1] == (72 * 60, "ends", "critical")


def test_another_incident_within_a_case_joins_it() -> None:
    desk = DeskDriver().incident(0).incident(200, "calm").incident(900, "critical").say([], until=1000)
    assert desk.of("case") == [(0, "begins", "info")]


def test_an_update_is_due_four_hours_after_the_last_word_or_when_it_was_announced() -> None:
    assert DeskDriver().incident(0).say([statement(10)], 300).of("update_due") == [(250, "begins", "info")]
    announced = statement(10, promise_due_at="2024-03-01T01:00:00Z")
    assert DeskDriver().incident(0).say([announced], 300).of("update_due") == [(60, "begins", "info")]


def test_a_leader_is_due_after_a_critical_day_where_sources_say_who_speaks() -> None:
    spoke = statement(-100 + 101, role="leader")
    assert DeskDriver().incident(0, "critical").say([], 2000).of("leader_due") == []
    desk = DeskDriver().say([spoke]).incident(10, "critical", 9).say([], 2000)
    assert desk.of("leader_due") == [(10 + 1440, "begins", "warning")]


def test_ten_people_who_wait_an_hour_are_reported_until_they_are_answered() -> None:
    asked = [complaint(n, f"a{n}", id=f"c{n}") for n in range(12)]
    desk = DeskDriver().incident(0).say(asked, until=100)
    assert desk.of("complaints_waiting") == [(69, "begins", "warning")]
    desk.say([answer(100 + n, f"c{n}", SOME_ANSWER) for n in range(3)], until=110)
    assert desk.of("complaints_waiting")[-1] == (103, "ends", "warning")


def test_one_person_who_complains_all_night_is_one_who_waits() -> None:
    asked = [complaint(n, "ann", id=f"c{n}") for n in range(50)]
    assert DeskDriver().incident(0).say(asked, until=300).of("complaints_waiting") == []


def test_speaking_where_few_complain_is_the_wrong_network_until_the_others_are_told() -> None:
    talk = [complaint(n, f"a{n}", network="facebook") for n in range(9)] + [complaint(3, "b", network="forum")]
    desk = DeskDriver().incident(0).say(sorted(talk, key=lambda item: item[0]))
    desk.say([statement(20, network="forum")], until=100).say([statement(100, network="facebook")], until=200)
    assert desk.of("wrong_network") == [(50, "begins", "warning"), (101, "ends", "warning")]


def test_the_effect_of_a_statement_is_told_two_hours_later_with_its_interval() -> None:
    before = [(n, {"author": f"b{n}", "text": "so", "negative": n % 4 == 0}) for n in range(100)]
    after = [(101 + n, {"author": f"c{n}", "text": "so", "negative": n % 4 != 0}) for n in range(100)]
    desk = DeskDriver().incident(0).say([*before, statement(100), *after], until=400)
    [told] = [change for change in desk.changes if change.signal == "effect"]
    assert (told.state, dict(told.fact.values)["verdict"], dict(told.fact.values)["points"]) == ("told", "worse", 50)
