"""X by its filtered stream: rules in, posts out, each of which is paid for.

`rules` compiles what brands are called into X's rules; `stream` reads; `backfill` fills what a gap missed; `budget`
stops reading before a bad buzz becomes a bill.
"""
