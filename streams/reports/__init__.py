"""Reports: one incident as a document for the meeting after it, and short reports while it goes on."""
