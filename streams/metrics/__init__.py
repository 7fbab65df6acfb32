"""What Prometheus scrapes: metric families, their registry and bounds, counters and gauges."""
