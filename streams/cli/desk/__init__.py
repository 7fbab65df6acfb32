"""`badbuzz desk`: one file a subcommand, imported when it is called."""
