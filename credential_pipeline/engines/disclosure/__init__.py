"""Protect counts, and bound what an outsider can compute of them.

``rounding`` prints numbers and knows the way back, ``shares`` what whole percents of one total tell together, ``noise``
adds that of differential privacy. What follows protects exact counts that add up.

The order is ``system`` (counts and equations), ``primary`` (which may not be seen), ``protect`` (what else must be
hidden); ``attack_bounds`` is the arithmetic of an attacker and shares nothing with them, ``attack_system`` the attack
on all that is not hidden. ``attack_propagate`` and ``attack_whole`` are the arithmetic of an attacker on rounded numbers.

Not here: what is released, and its ledger (``enclave/outcome_release``).
"""
