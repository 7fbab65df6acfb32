"""What a Prometheus server can rely on: labels have a bounded number of values, whatever is posted."""

import itertools

from streams.metrics import families as m
from streams.metrics.label_cap import LabelCap
from streams.metrics.mention_counters import count_rollups
from streams.metrics.registry import DAY_S, Metrics
from streams.scoring.rollup import Counts, Rollup
from streams.settings.metrics import LabelLimits
from tests.helpers.measured import exported, series


def test_ten_thousand_brands_on_hostile_networks_grow_a_scrape_to_its_cap_and_no_further() -> None:
    metrics = Metrics()
    sizes = []
    for first in (0, 5_000):
        for n in range(first, first + 5_000):
            rollup = Rollup(f"brand {n}", f"net {n}", 100, 6_000_000, Counts(mentions=2, negatives=1))
            count_rollups(metrics, [rollup])
            metrics.set(m.SEVERITY, 0, f"brand {n}")
            metrics.set(m.SCORE, 1, f"brand {n}", "volume")
        sizes.append(exported(metrics).count("\n"))
    assert sizes[1] == sizes[0]
    limits = LabelLimits()
    assert len({brand for brand, _, _ in series(metrics, m.MENTIONS)}) == limits.brands + 1
    assert len({network for _, network, _ in series(metrics, m.MENTIONS)}) == limits.networks + 1
    assert sum(series(metrics, m.MENTIONS).values()) == 20_000
    assert len(series(metrics, m.SEVERITY)) == limits.brands
    assert series(metrics, m.OVERFLOW)["brand",] > 9_000


def test_every_limit_holds_for_any_values_in_any_order() -> None:
    cap = LabelCap(5, configured=["a", "b"], reserve=2)
    for value, urgent in itertools.product("zyxwvutsrab", (False, True)):
        cap.label(value, urgent=urgent)
    assert cap.label("a") == "a"
    assert cap.label("b") == "b"
    assert len({value for value in "zyxwvutsrab" if cap.admits(value)}) == 7


def test_brands_of_the_configuration_always_have_a_slot() -> None:
    metrics = Metrics(["Acme"], LabelLimits(brands=3))
    for n in range(10):
        metrics.inc(m.MENTIONS, f"brand {n}", "forum", "other")
    metrics.inc(m.MENTIONS, "Acme", "forum", "other")
    assert {brand for brand, _, _ in series(metrics, m.MENTIONS)} == {"brand 0", "brand 1", "Acme", "other"}


def test_series_of_unused_brands_are_removed_and_those_of_the_configuration_are_not() -> None:
    now = 0.0
    metrics = Metrics(["Acme"], LabelLimits(forget_days=7), clock=lambda: now)
    for brand in ("Acme", "Gone", "Active"):
        metrics.inc(m.MENTIONS, brand, "forum", "other")
        metrics.set(m.SEVERITY, 0, brand)
    now = 6 * DAY_S
    metrics.inc(m.MENTIONS, "Active", "forum", "other")
    now = 8 * DAY_S
    metrics.remove_unused()
    assert {brand for brand, _, _ in series(metrics, m.MENTIONS)} == {"Acme", "Active"}
    assert set(series(metrics, m.SEVERITY)) == {("Acme",), ("Active",)}
