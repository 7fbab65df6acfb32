"""Statistics under the criteria: counts, baselines and tail probabilities, without river."""
