"""Sources: what networks publish now, each one module or package that implements `streams.sources.source.Source`.

A source knows its network's protocol and nothing of brands, Kafka or scoring. `streams.collecting` turns its posts into
mentions; `streams.sources.registry` opens a source by its configuration.
"""
