"""Feeds: news, blogs, forums and alerts as RSS, Atom or JSON Feed, polled.

`feed.py` is the source; `schedule.py` says when an address is due and `poll.py` polls it once. `document.py` reads what
it answered, `items.py` makes posts of that, and `dates.py` says which dates can be believed. `state.py` is the cursor.
"""
