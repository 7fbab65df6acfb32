"""`badbuzz source`: one file a subcommand, imported when it is called."""
