"""Exports of listening tools as mentions: a company's own history, for a replay.

`importing` is the entry; `encodings` and `table` find the header, `tool` holds the columns of each tool
(`tools/*.toml`), `times` reads times and `local_clock` puts them into UTC, `mention_reader` turns a row into a mention,
`report` says what was read and what was not.
"""
