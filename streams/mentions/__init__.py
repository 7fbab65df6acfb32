"""Mentions: the record and its strict decoding, the raw message, text normalization, heartbeats, dead letters."""
