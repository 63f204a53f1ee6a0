"""One module per command of the command line, each with ``execute(arguments) -> exit code``.

They see all three sides, as the person who runs a one-machine installation does; no asset imports them.
"""
