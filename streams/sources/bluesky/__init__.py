"""Bluesky by Jetstream: posts, reposts and what a brand itself does, from the JSON stream of the whole network.

`jetstream.Jetstream` is the source. Both versions of the protocol are spoken: version 2 resumes exactly by a sequence
number of its server, version 1 by time.
"""
