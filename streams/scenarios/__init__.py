"""Scenarios: past incidents reconstructed from small TOML files, for the demo and for tests.

`schema` is the file's format, `validation` reads and checks a file, `simulation` generates who posts what and when, and
`scenario` puts the posts into the order in which a collector would deliver them.
"""

from streams.scenarios.scenario import Fact, Scenario, load_scenario, shipped_scenarios
from streams.scenarios.simulation import Utterance

__all__ = ["Fact", "Scenario", "Utterance", "load_scenario", "shipped_scenarios"]
