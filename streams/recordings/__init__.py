"""Recordings of mentions: files and standard input, and the pace at which their messages are read.

`recording` is the interface, `files` reads mention files, `pacing` cuts messages into batches, at any speed.
"""
