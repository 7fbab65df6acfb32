"""`badbuzz live`: sources and the pipeline in one process without Kafka, the state in one file."""
