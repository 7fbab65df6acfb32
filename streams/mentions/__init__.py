"""Mentions: the record and its strict decoding, the raw message, its text, heartbeats, dead letters."""
