"""Past incidents reconstructed from small files: `form` says how one is written, `reconstruct` tells it as mentions."""

from streams.scenarios.reconstruct import Fact, Scenario, Utterance, load_scenario, shipped_scenarios

__all__ = ["Fact", "Scenario", "Utterance", "load_scenario", "shipped_scenarios"]
