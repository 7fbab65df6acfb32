"""The small HTTP server that a worker, and whatever else serves pages, stands on."""
