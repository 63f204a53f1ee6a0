"""One module per command of the command line, with ``add(commands)`` and ``execute(arguments) -> exit code``.

They see all three sides, as the person who runs a one-machine installation does; no asset imports them. ``add`` must cost
nothing, since help adds all commands: what loads DuckDB, Dagster or Splink is imported where a command is executed.
"""
