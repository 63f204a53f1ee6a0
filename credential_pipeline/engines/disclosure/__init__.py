"""Protect a system of counts that add up, and bound what an outsider can compute of it.

The order is ``system`` (counts and equations), ``primary`` (which may not be seen), ``protect`` (what else must be hidden);
``attack_bounds`` is the arithmetic of an attacker and shares nothing with them, ``attack_system`` the attack on all that is not
hidden.

Not here: what is released, and its ledger (``enclave/outcome_release``).
"""
