"""Access to the Kafka broker: clients, topics, producers, readers, transactions and partitioning.

This package decides nothing: it scores no mention, evaluates no criterion, exports no metric and runs no loop.
`streams.worker` does that and calls this package to read and to write.
"""
