"""All that speaks to the broker: clients, topics, producers, readers, partitioning."""
