"""Anomaly detectors with river's interface: how unlikely the counts of the last minutes and hours are for one brand."""
