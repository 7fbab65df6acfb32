"""Prometheus metrics: families, their registry and label caps, counters of mentions, gauges of brands."""
