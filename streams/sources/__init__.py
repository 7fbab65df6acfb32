"""Sources of mentions, and the pace at which their messages are read.

A new source is one module of this package with one class that implements `streams.sources.base.Source`. It needs
nothing else: `streams.sources.pacing` cuts its messages into batches, and a command of `streams.cli` opens it.
`streams.sources.files` is the example to follow.
"""
