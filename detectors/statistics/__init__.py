"""Statistics under the detectors: counts, baselines and tail probabilities."""
