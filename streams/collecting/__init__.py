"""Collecting: a source's posts into mentions of brands, with its cursor, as commits; it knows no Kafka."""
