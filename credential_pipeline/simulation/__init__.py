"""The simulated pilot: a country, its learners and their wages, written as a clearinghouse and an enclave would hold them.

The truth is written apart (``truth/``) and is read by tests and benchmarks only. Nothing here is about one certifier or
one industry: what differs stands in world.yml and worlds/*.yml. Not here: any step of the pipeline itself.
"""
