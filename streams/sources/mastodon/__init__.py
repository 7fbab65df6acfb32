"""Mastodon by its streaming interface: hashtags, and what is addressed to the brand's own account.

`stream` reads one server; `timelines` fills what a gap missed; `statuses` makes posts of statuses; `markup` makes text
of HTML.
"""
