"""What may leave the enclave: the protected table, an independent attack on it, its sealing, the ledger of releases.

``propose`` leads to a proposal. By its profile a release is made by ``mark`` (rounded figures; ``small_parts`` decides on
shares), by ``release`` (exact figures: ``read_counts`` gives the outcome tables to the disclosure engine, ``changes``
adds what earlier releases make sensitive) or by ``noisy_counts``. Then it is attacked: ``print_check`` reads it as
anybody can, ``joint_attack`` lets the attacker of ``attack`` loose on it together with all that is public, ``audit``
(``attacker``, ``attack_cells``) belongs to exact figures; a ``verdict`` says what to hide and what was tried. ``releases``
decides which release it is. After the gate reviewers get a ``packet``; ``people`` sign ``acts``, in a simulated home as a
``demo``; ``hand_over`` seals what they approved and writes it into ``ledger``. ``what_if`` counts what each profile would leave.

Not here: how counts are made, the arithmetic of protecting (``engines/disclosure``), the formats that the public gets.
"""
