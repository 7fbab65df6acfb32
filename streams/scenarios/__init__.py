"""Past incidents reconstructed from small files.

`form` says how one is written, `telling` who says what and when, `reconstruct` in what lines it arrives.
"""

from streams.scenarios.scenario import Fact, Scenario, load_scenario, shipped_scenarios
from streams.scenarios.simulation import Utterance

__all__ = ["Fact", "Scenario", "Utterance", "load_scenario", "shipped_scenarios"]
