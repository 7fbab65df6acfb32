"""The criteria of an incident, one a file, and the judgement that combines them."""
