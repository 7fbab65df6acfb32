"""Situations: the picture of an open incident or case at each closed minute, a pure function of event time."""
