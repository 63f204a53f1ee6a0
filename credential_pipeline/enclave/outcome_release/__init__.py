"""What may leave the enclave: the protected table, an independent attack on it, its sealing, the ledger of releases.

``propose`` leads through it: ``read_counts`` gives the outcome tables to the disclosure engine, ``changes`` adds what
earlier releases make sensitive, ``release`` makes the published table, ``audit`` attacks what is staged (``attacker``,
``attack_cells``), ``releases`` decides which release it is. After the gate ``hand_over`` seals it and writes it into
``ledger``.

Not here: how counts are made, the arithmetic of protecting (``engines/disclosure``), the formats that the public gets.
"""
