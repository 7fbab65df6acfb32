"""What an alert on an answer can rely on: what is owed, since when, and how it goes, for as long as it is so."""

import subprocess

import pytest

from deploy.local.prometheus import binary
from streams.metrics import desk_families as d
from streams.metrics import families as m
from streams.metrics.brand_gauges import BrandGauges
from streams.metrics.desk_gauges import SPANS, DeskGauges
from streams.metrics.registry import Metrics
from streams.response.event_builder import build_desk_event
from streams.settings.brands.brand import BrandConfig
from streams.settings.config import Config
from streams.settings.desk import DeskSettings
from streams.settings.metrics import LabelLimits
from streams.watching.brand_watch import BrandWatch
from tests.helpers.desks import FIRST, DeskDriver, action, answer, complaint, statement
from tests.helpers.measured import OPENMETRICS, exported, series

CONFIG = Config(brands={"Acme": BrandConfig(official_accounts=frozenset(("acme",)))})
AT_START = FIRST * 60.0


class Exported:
    """The metrics of one desk, read at minutes after the start."""

    def __init__(self, desk: DeskDriver, metrics: Metrics | None = None) -> None:
        self.desk = desk
        self.metrics = metrics or Metrics(("Acme",))
        self.gauges = DeskGauges(self.metrics, CONFIG)
        self.watch = BrandWatch("Acme", CONFIG)

    def at(self, minute: int) -> "Exported":
        self.watch.opened = FIRST + minute
        self.watch.desk.desk = self.desk.desk
        self.gauges.update_from(self.watch)
        return self

    def signals(self) -> dict[str, float]:
        return {name: value for (_, name), value in series(self.metrics, d.SIGNAL).items() if value}


def test_a_signal_has_its_severity_while_it_holds_and_no_series_without_a_case() -> None:
    desk = DeskDriver()
    scraped = Exported(desk).at(0)
    assert series(scraped.metrics, d.SIGNAL) == {}
    desk.incident(0).say([complaint(1, "ann")], until=29)
    assert set(series(scraped.at(29).metrics, d.SIGNAL).values()) == {0.0}
    assert {name for _, name in series(scraped.metrics, d.SIGNAL)} == set(SPANS)
    desk.say([], until=30)
    assert scraped.at(30).signals() == {"holding_due": 2.0}
    desk.say([], until=90)
    assert scraped.at(90).signals() == {"holding_due": 3.0}
    desk.say([statement(100)], until=101)
    assert scraped.at(101).signals() == {}
    desk.incident(200, "calm").say([], until=201)
    assert series(scraped.at(201).metrics, d.SIGNAL) == {}


def test_who_waits_is_counted_for_the_case_and_the_day_and_the_oldest_is_dated() -> None:
    desk = DeskDriver().say([complaint(1, "ann")]).incident(300, "warning", 290)
    scraped = Exported(desk)
    desk.say([complaint(300, "bob"), complaint(310, "eve")], until=365)
    scraped.at(365)
    assert series(scraped.metrics, d.OPEN_COMPLAINTS) == {("Acme", "day"): 3.0, ("Acme", "case"): 2.0}
    assert series(scraped.metrics, d.OVERDUE_COMPLAINTS) == {("Acme", "day"): 2.0, ("Acme", "case"): 1.0}
    assert series(scraped.metrics, d.OLDEST_OVERDUE) == {("Acme",): AT_START + 300 * 60}
    desk.say([statement(366)]).incident(400, "calm").say([], until=401)
    assert series(scraped.at(401).metrics, d.OPEN_COMPLAINTS) == {("Acme", "day"): 3.0}
    assert series(scraped.metrics, d.OLDEST_OVERDUE) == {("Acme",): AT_START + 60}


def test_the_clock_of_a_case_is_there_while_it_is_open() -> None:
    desk = DeskDriver().incident(10).say([complaint(11, "ann"), statement(20)], until=30)
    scraped = Exported(desk).at(30)
    opened = {
        family: series(scraped.metrics, family) for family in (d.CASE_OPENED, d.CASE_FIRST_WORD, d.CASE_STATEMENT)
    }
    assert opened == {
        d.CASE_OPENED: {("Acme",): AT_START + 600},
        d.CASE_FIRST_WORD: {("Acme",): AT_START + 1200},
        d.CASE_STATEMENT: {("Acme",): AT_START + 1200},
    }
    assert series(scraped.metrics, d.UNCOVERED) == {("Acme",): 0.0}
    desk.incident(40, "calm").say([], until=41)
    scraped.at(41)
    assert [series(scraped.metrics, family) for family in (*opened, d.UNCOVERED)] == [{}, {}, {}, {}]


def test_replies_count_by_the_objective_and_their_times_make_a_histogram() -> None:
    asked = [complaint(n, f"a{n}", id=f"c{n}") for n in range(4)]
    desk = DeskDriver().say([*asked, answer(5, "c0"), answer(30, "c1"), answer(100, "c2")], until=200)
    scraped = Exported(desk).at(200)
    assert series(scraped.metrics, d.REPLIES_DUE) == {("Acme", "in_time"): 2.0, ("Acme", "late"): 2.0}
    buckets = {
        line.partition('le="')[2].partition('"')[0]: line.rpartition(" ")[2]
        for line in exported(scraped.metrics).splitlines()
        if line.startswith("badbuzz_first_reply_seconds_bucket")
    }
    assert [buckets[bound] for bound in ("60.0", "300.0", "1800.0", "7200.0", "+Inf")] == [
        "0.0",
        "1.0",
        "2.0",
        "3.0",
        "3.0",
    ]
    assert series(scraped.metrics, d.OBJECTIVE) == {("Acme",): 0.8}
    assert series(scraped.metrics, d.WITHIN) == {("Acme",): 3600.0}


def test_counters_go_on_after_a_restart_and_never_go_back() -> None:
    desk = DeskDriver().say([complaint(0, "ann", id="c"), answer(5, "c"), answer(6, "elsewhere")], until=70)
    before = Exported(desk).at(70)
    after = Exported(desk.restart()).at(70)
    for family in (d.REPLIES_DUE, d.UNMATCHED):
        assert series(after.metrics, family) == series(before.metrics, family)
    assert series(after.metrics, d.UNMATCHED) == {("Acme",): 1.0}
    desk.say(
        [complaint(71, "eve", id="elsewhere")], until=72
    )  # the complaint comes after its answer: no longer unmatched
    assert series(after.at(72).metrics, d.UNMATCHED) == {("Acme",): 1.0}


def test_promises_clues_and_planned_posts_are_figures() -> None:
    promised = answer(2, "c", "We will call you", promise_due_at="2024-03-01T00:30:00Z")
    claims = [complaint(3 + n, f"b{n}", text="you deleted my comment") for n in range(2)]
    planned = action(6, "scheduled", publish_at="2024-03-01T05:00:00Z")
    desk = DeskDriver().say([complaint(1, "ann", id="c"), promised, *claims, planned], until=20)
    scraped = Exported(desk).at(20)
    assert series(scraped.metrics, d.PROMISES)["Acme", "made"] == 1.0
    assert series(scraped.metrics, d.PROMISES_OPEN) == {("Acme",): 1.0}
    assert series(scraped.metrics, d.CLUES) == {("Acme", "deleted"): 2.0, ("Acme", "unanswered"): 0.0}
    assert series(scraped.metrics, d.SCHEDULED) == {("Acme",): 1.0}
    desk.say([], until=400)
    scraped.at(400)
    assert series(scraped.metrics, d.CLUES) == {}
    assert series(scraped.metrics, d.SCHEDULED) == {("Acme",): 0.0}


def test_the_effect_of_a_statement_is_shown_with_its_interval_for_a_day() -> None:
    crowd = [complaint(n, f"a{n}", negative=n < 100) for n in range(60, 300)]
    desk = DeskDriver().incident(90).say(sorted([*crowd, statement(180)], key=lambda said: said[0]), until=310)
    scraped = Exported(desk)
    (change,) = [change for change in desk.changes if change.signal == "effect"]
    scraped.gauges.record_event(build_desk_event("Acme", change, [], CONFIG))
    shown = {bound: value for (_, bound), value in series(scraped.at(310).metrics, d.EFFECT).items()}
    assert shown["low"] < shown["mid"] < shown["high"] < 0
    assert series(scraped.at(310 + 1440).metrics, d.EFFECT) == {}


def test_a_network_where_a_brand_is_spoken_of_and_never_speaks_has_its_share_until_it_speaks() -> None:
    talk = [complaint(n, f"a{n}", network="forum" if n % 4 else "blog") for n in range(20)]
    desk = DeskDriver().say([*talk, statement(3, network="forum")])
    scraped = Exported(desk).at(20)
    assert series(scraped.metrics, d.ABSENT) == {("Acme", "blog"): 0.25}
    desk.say([statement(30, network="blog")])
    assert series(scraped.at(80).metrics, d.ABSENT) == {}
    scraped = Exported(desk).at(80 + 40 * 1440)  # both are long ago
    assert series(scraped.metrics, d.ABSENT) == {}


def test_a_brand_without_an_official_voice_has_no_figures_rather_than_good_ones() -> None:
    desk = DeskDriver(known=BrandConfig()).incident(0).say([complaint(1, "ann")], until=100)
    scraped = Exported(desk).at(100)
    assert not any(series(scraped.metrics, family) for family in d.FAMILIES)


def test_a_desk_that_is_switched_off_has_no_metrics() -> None:
    scraped = Exported(DeskDriver().incident(0).say([complaint(1, "ann")], until=100))
    scraped.gauges.config = Config(brands=CONFIG.brands, desk=DeskSettings(enabled=False))
    scraped.at(100)
    assert not any(series(scraped.metrics, family) for family in d.FAMILIES)


def test_a_brand_that_moves_away_takes_its_series_along() -> None:
    desk = DeskDriver().incident(0).say([complaint(1, "ann")], until=100)
    metrics = Metrics(("Acme",))
    gauges, watch = BrandGauges(metrics, CONFIG), BrandWatch("Acme", CONFIG)
    watch.opened, watch.desk.desk = FIRST + 100, desk.desk
    gauges.update_from(watch)
    assert series(metrics, d.SIGNAL)
    gauges.forget("Acme")
    assert not any(series(metrics, family) for family in d.FAMILIES)
    assert "badbuzz_first_reply_seconds_bucket" not in exported(metrics)
    gauges.update_from(watch)
    assert series(metrics, d.REPLIES_DUE)["Acme", "late"] == 1.0


def test_a_brand_beyond_the_label_limit_has_no_desk_series() -> None:
    desk = DeskDriver().incident(0).say([complaint(1, "ann")], until=100)
    metrics = Metrics(limits=LabelLimits(brands=1, alarms=0))
    metrics.inc(m.MENTIONS, "first", "forum", "other")
    scraped = Exported(desk, metrics).at(100)
    assert not any(series(scraped.metrics, family) for family in d.FAMILIES)


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize("accept", ["", OPENMETRICS])
def test_the_histogram_without_a_sum_is_valid_in_both_formats(accept: str) -> None:
    desk = DeskDriver().say([complaint(0, "ann", id="c"), answer(5, "c")], until=70)
    body = Exported(desk).at(70).metrics.render(accept)[0]
    assert b"badbuzz_first_reply_seconds_bucket" in body
    if not accept:
        checked = subprocess.run([binary("promtool"), "check", "metrics"], input=body, capture_output=True, check=False)
        assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")
