"""Webhooks: a signed HTTP receiver for what others send when something is published.

`receiver` is the server, `hook` one webhook as a source. `schemes` and `credentials` verify a delivery; `body`,
`forms`, `mapping`, `posts` and `content` decode it.
"""
