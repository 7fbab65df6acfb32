"""The response desk: how a brand answers, seen in its mentions alone. A pure function of event time."""
