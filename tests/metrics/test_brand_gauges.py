"""What alerts on a brand can rely on: its severity and figures, for as long as its incident is open."""

import pytest

from streams.metrics import families as m
from streams.metrics.brand_gauges import BrandGauges
from streams.metrics.label_cap import clean_label
from streams.metrics.registry import Metrics
from streams.scoring.rollup import Counts
from streams.settings.config import Config
from streams.settings.metrics import LabelLimits
from streams.watching.brand_watch import BrandWatch
from streams.watching.rows.snapshot import brand_row, closed_rows, open_rows, restore, terms_row
from tests.helpers.measured import Measured, crisis_of, measure, series, until_noon
from tests.helpers.records import CRISIS_AT, DAY, HOUR, QUIET_DAYS, crisis, in_order, line, quiet, wave


def test_a_crisis_can_be_read_off_a_scrape(in_crisis: Measured) -> None:
    metrics = in_crisis.metrics
    assert series(metrics, m.SEVERITY) == {("Acme",): 3.0, ("Other",): 0.0}
    assert series(metrics, m.OPEN) == {("watch",): 0.0, ("warning",): 0.0, ("critical",): 1.0}
    assert series(metrics, m.CRITERION)["Acme", "negative_growth"] == 1.0
    assert series(metrics, m.CRITERION)["Acme", "coordinated"] == 0.0
    assert series(metrics, m.INCIDENT_OBSERVED)["Acme",] > 10 * series(metrics, m.INCIDENT_EXPECTED)["Acme",]
    assert series(metrics, m.OBSERVED)["Acme", "negatives"] > series(metrics, m.USUAL_MAX)["Acme", "negatives"]
    assert series(metrics, m.OBSERVED)["Other", "volume"] <= series(metrics, m.USUAL_MAX)["Other", "volume"]
    ((brand, network, share, terms, figures),) = series(metrics, m.INFO)
    assert (brand, network) == ("Acme", "twitter")
    assert int(share.rstrip("%")) > 80
    assert "prices" in terms
    assert figures == in_crisis.events[-1].figures
    assert series(metrics, m.MENTIONS)["Acme", "twitter", "negative"] > 100


def test_the_figures_of_an_incident_are_removed_when_it_closes() -> None:
    closed = measure(crisis(), finish=True)
    assert closed.events[-1].severity == "calm"
    assert series(closed.metrics, m.SEVERITY) == {("Acme",): 0.0, ("Other",): 0.0}
    for family in (m.INFO, m.POST_INFO, m.SINCE, m.CRITERION, m.INCIDENT_OBSERVED):
        assert series(closed.metrics, family) == {}


def test_a_crisis_of_a_brand_beyond_the_limit_is_still_exported() -> None:
    metrics = Metrics(limits=LabelLimits(brands=1, alarms=1))
    gauges = BrandGauges(metrics)
    metrics.inc(m.MENTIONS, "first", "forum", "other")
    incidents = [measure(crisis_of(brand), finish=True).events for brand in ("second", "third")]
    for events in incidents:
        for event in events[:-1]:
            gauges.record_event(event)
    severities = series(metrics, m.SEVERITY)
    assert severities["second",] == 3.0
    assert severities["other",] == 3.0
    assert series(metrics, m.OPEN)["critical",] == 2.0
    for events in incidents:
        gauges.record_event(events[-1])
    assert series(metrics, m.SEVERITY) == {("other",): 0.0}


def test_a_brand_named_like_the_label_for_the_rest_is_not_calmed_by_the_rest() -> None:
    metrics = Metrics(limits=LabelLimits(brands=1, alarms=0))
    gauges = BrandGauges(metrics)
    metrics.inc(m.MENTIONS, "first", "forum", "other")
    beyond, named_other = (measure(crisis_of(brand), finish=True).events for brand in ("beyond", "other"))
    for event in [*beyond[:-1], *named_other[:-1], beyond[-1]]:
        gauges.record_event(event)
    assert series(metrics, m.SEVERITY) == {("other",): 3.0}


def restored(watch: BrandWatch) -> BrandWatch:
    """The watch as another worker restores it from its snapshot."""
    closed = [row for _, row in closed_rows(watch)]
    row = brand_row(watch, {0: 1}, Counts())
    return restore(watch.brand, Config(), row, closed, open_rows(watch), terms_row(watch)).watch


@pytest.mark.parametrize("lull_hours", [0, 2])
def test_after_a_restart_an_open_incident_has_the_figures_of_its_last_event(lull_hours: int) -> None:
    """Also in a lull, in which the last hour has nobody."""
    lines = until_noon(crisis_of("Acme"))
    if lull_hours:
        lines.append(line(9_999_999, CRISIS_AT + (3 + lull_hours) * HOUR, brand="Acme", rating=1))
    before = measure(lines)
    assert before.watches["Acme"].severity == 3
    metrics = Metrics()
    BrandGauges(metrics).update_from(restored(before.watches["Acme"]))
    last = before.events[-1]
    assert series(metrics, m.INCIDENT_OBSERVED) == {("Acme",): last.observed}
    assert series(metrics, m.INCIDENT_NEGATIVES) == {("Acme",): last.negatives}
    same = (
        m.SEVERITY,
        m.SINCE,
        m.CRITERION,
        m.INFO,
        m.POST_INFO,
        m.INCIDENT_EXPECTED,
        m.INCIDENT_WINDOW,
        m.INCIDENT_REACH,
    )
    for family in same:
        assert series(metrics, family) == series(before.metrics, family), family.name
    ((_, _, _, _, figures),) = series(metrics, m.INFO)
    assert figures == last.figures
    assert len(series(metrics, m.POST_INFO)) == 2


def test_a_calm_brand_forgets_the_figures_of_its_last_incident() -> None:
    watch = measure(crisis(), finish=True).watches["Acme"]
    assert (watch.incident, watch.last_event, watch.criteria) == (None, None, frozenset())


@pytest.mark.parametrize("calm", ["3\u00a0Suisses", "3 Suisses ", "3  Suisses", "3 Suisses\u200b", " 3 Suisses"])
@pytest.mark.parametrize("crisis_first", [True, False])
def test_a_calm_brand_whose_name_becomes_the_same_label_hides_no_crisis(calm: str, crisis_first: bool) -> None:
    crisis_watch = measure(until_noon(crisis_of("3 Suisses"))).watches["3 Suisses"]
    calm_watch = measure(in_order(quiet(calm, days=8))).watches[calm]
    if not crisis_first:
        crisis_watch, calm_watch = calm_watch, crisis_watch
    metrics = Metrics()
    gauges = BrandGauges(metrics)
    for watch in (crisis_watch, calm_watch, crisis_watch, calm_watch):
        gauges.update_from(watch)
    label = clean_label(calm)
    assert series(metrics, m.SEVERITY)[clean_label("3 Suisses"),] == 3.0
    assert max(series(metrics, m.SEVERITY).values()) == 3.0
    assert series(metrics, m.INCIDENT_OBSERVED)["3 Suisses",] > 20
    assert series(metrics, m.SCORE)["3 Suisses", "negatives"] > 2
    gauges.forget(calm)
    assert series(metrics, m.SEVERITY)["3 Suisses",] == 3.0, "the calm one moved to another worker"
    assert len({brand for (brand,) in series(metrics, m.SEVERITY)}) == 1, label


def test_reading_a_detector_changes_nothing_in_it() -> None:
    watch = measure(in_order(quiet(days=3))).watches["Acme"]
    before = repr(watch.state())
    watch.readings((watch.opened or 0) + int(DAY // 60))
    assert repr(watch.state()) == before


def test_two_publications_of_an_open_incident_can_be_quoted_from_a_scrape(in_crisis: Measured) -> None:
    quoted = sorted(series(in_crisis.metrics, m.POST_INFO))
    assert [(brand, rank, network) for brand, rank, network, *_ in quoted] == [
        ("Acme", "1", "twitter"),
        ("Acme", "2", "twitter"),
    ]
    for _, _, _, author, _, text, _ in quoted:
        assert author == "a private account"
        assert text.startswith("prices: ")


def test_a_hostile_text_or_address_is_inert_in_a_scrape() -> None:
    text = "{{ .Secret }} <!channel> see http://evil.example/" + "x" * 300
    at = CRISIS_AT + HOUR / 12
    post = line(999_999, at, text=text, rating=-1, url="javascript:alert(1)", followers=90_000, network="twitter")
    metrics = measure(until_noon(in_order(quiet(days=QUIET_DAYS + 2), wave(120, 90, rating=-1), [(at, post)]))).metrics
    label = next(labels for labels in series(metrics, m.POST_INFO) if "Secret" in labels[5])
    assert label[3].startswith("@author")
    assert label[5].startswith("(( .Secret )) ‹!channel› see hxxp://evil(.)example/xx")
    assert (len(label[5]), label[6]) == (140, "")


def test_the_words_of_a_scrape_are_in_the_language_and_zone_of_the_configuration(in_crisis: Measured) -> None:
    metrics = Metrics()
    config = Config(language="fr", timezone="Europe/Paris")
    BrandGauges(metrics, config).update_from(in_crisis.watches["Acme"])
    ((_, _, share, _, figures),) = series(metrics, m.INFO)
    assert "personnes négatives en 1 h" in figures
    assert figures.endswith(" CET")
    assert share.endswith(" %")
    assert {labels[3] for labels in series(metrics, m.POST_INFO)} == {"un compte privé"}
