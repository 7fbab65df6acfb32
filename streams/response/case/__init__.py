"""The case: how one incident is being answered, and the signals that hold only in it."""
