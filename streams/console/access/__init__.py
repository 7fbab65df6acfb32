"""Access to the console: who may read and act, which requests are refused, links for readers."""
