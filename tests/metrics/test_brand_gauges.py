"""What alerts on a brand can rely on: its severity and figures, for as long as its incident is open."""

from streams.metrics import families as m
from streams.metrics.brand_gauges import BrandGauges
from streams.metrics.registry import Metrics
from streams.settings.config import Config
from streams.settings.metrics import LabelLimits
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


def test_an_incident_restored_from_another_worker_has_all_its_figures() -> None:
    opened_elsewhere = measure(until_noon(crisis_of("Acme")))
    metrics = Metrics()
    BrandGauges(metrics).update_from(opened_elsewhere.watches["Acme"])
    assert series(metrics, m.SEVERITY) == {("Acme",): 3.0}
    assert series(metrics, m.CRITERION)["Acme", "negative_growth"] == 1.0
    assert series(metrics, m.INCIDENT_OBSERVED)["Acme",] > 20
    ((_, network, _, _, figures),) = series(metrics, m.INFO)
    assert network == "twitter"
    assert "people negative in 1 h" in figures
    assert len(series(metrics, m.POST_INFO)) == 2


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
        assert text.startswith("this is what I")


def test_a_hostile_text_or_address_is_inert_in_a_scrape() -> None:
    text = "{{ .Secret }} <!channel> see http://evil.example/" + "x" * 300
    at = CRISIS_AT + HOUR / 2
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
