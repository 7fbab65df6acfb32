"""The engines that `tests.benchmarks.kafka_engines` measures, each written as its own documentation shows."""
