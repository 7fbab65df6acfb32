"""Commands that read or change what is on Kafka: topics, dead letters, incidents, the erasure of people."""
