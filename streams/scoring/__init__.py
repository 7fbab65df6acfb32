"""Mentions in, rollups out: deduplication, negativity, and the mergeable summary of a minute."""
