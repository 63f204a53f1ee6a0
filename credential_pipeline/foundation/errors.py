"""The one error that users see: a code and a sentence, never a personal value.

DuckDB and csv quote the offending cell in their messages and Dagster stores tracebacks with everything that they
chain. Raise :class:`SafeError` with ``from None`` inside an ``except`` block, so that nothing is chained.
"""


class SafeError(Exception):
    """A refusal that can be shown, logged and stored: it holds a code and a message that name no person.

    Attributes:
        code: A stable short code such as ``E_HEADER``.
        message: One sentence: what is wrong, where, and what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        """Keep the code and the message; ``str()`` gives both."""
        self.code = code
        self.message = message
        super().__init__(f"{message} [{code}]")
