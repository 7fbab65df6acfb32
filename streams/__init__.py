"""What moves: mentions, rollups, the watch over a brand, replay and the command line."""
