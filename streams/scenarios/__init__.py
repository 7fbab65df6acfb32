"""Scenarios: past incidents reconstructed from small TOML files, for the demo and for tests.

`schema` is the file's format, `validation` reads and checks a file, `simulation` generates who posts what and when,
`scenario` puts the posts into the order in which a collector would deliver them, `expectation` says what must be
found in them, and `exercise` makes a drill of them.
"""

from streams.scenarios.exercise import EXERCISE, exercise_brand, exercise_lines
from streams.scenarios.expectation import Expectation, Period
from streams.scenarios.scenario import Fact, Scenario, load_scenario, shipped_scenarios
from streams.scenarios.simulation import Utterance

__all__ = [
    "EXERCISE",
    "Expectation",
    "Fact",
    "Period",
    "Scenario",
    "Utterance",
    "exercise_brand",
    "exercise_lines",
    "load_scenario",
    "shipped_scenarios",
]
