"""The scorer: raw mentions in, rollups out; deduplication, lateness, negativity, mergeable sums."""
