"""The collector process: one task a source reads its network and commits mentions and cursor to Kafka."""
