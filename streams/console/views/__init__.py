"""Views of the console: what each page shows, computed from the state, without HTML."""
