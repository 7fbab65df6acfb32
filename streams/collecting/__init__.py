"""Collecting: from what a source found to mentions of brands; pure, so that the same posts give the same bytes.

`mention_builder` turns a post and its brands into mentions, `remembered_posts` lets reposts and quotes inherit brands,
`heartbeats` reports how far a source has seen.
"""
