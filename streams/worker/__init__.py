"""The processes that run until stopped: the scorer and the watcher on Kafka."""
