"""Reading and writing one topic each: mentions, incidents, situations, people's actions, sources, dead letters."""
