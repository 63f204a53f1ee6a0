"""What may leave the enclave: primary rules, joint suppression, an independent attacker, the release ledger.

The order is ``system`` (all counts of a release and what adds up to what), ``primary`` (which counts may not be seen),
``protect`` (what else must be hidden so that they cannot be computed), ``release`` (the published table), ``audit``
(attack the staged files, refuse on any finding), ``ledger`` (what has ever been released).

Not here: how counts are made, and the formats that the public gets.
"""
