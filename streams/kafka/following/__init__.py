"""Following Kafka: topics from their beginning as they grow, and who runs the stages."""
