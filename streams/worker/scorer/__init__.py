"""The scorer on Kafka: its membership in the group, the state of each partition, one transaction a batch."""
