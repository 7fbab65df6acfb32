"""The console: the crisis cell's page, a process of its own."""
