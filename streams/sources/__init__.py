"""Where mentions come from: files, and the pace at which a record is read."""
