"""Rollups in, incident events out: the state of a brand, its snapshot and its state store."""
