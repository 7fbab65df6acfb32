"""The engines that `tests.benchmarks.kafka.engines` measures, each written as its own documentation shows."""
