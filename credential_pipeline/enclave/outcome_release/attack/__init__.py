"""One attacker over all that is public, independent of what protects it: ``attacker.attack``.

``cells`` and ``rules`` say what a printed figure tells, ``book`` what adds up to what, ``solve`` and ``study`` bound the
counts, ``judge`` holds the intervals against the promise (with ``truth``), ``changes`` subtracts files and years, ``insiders`` knows more
than a reader, ``mend`` says which cells to hide.
"""
