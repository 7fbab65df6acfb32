"""JSON interfaces, polled: one source, and for each network a preset, which is data.

`preset.py` is what a preset can say and `presets/` those that are shipped; `request.py` makes addresses of one,
`records.py` posts of an answer, `poller.py` is the source.
"""
