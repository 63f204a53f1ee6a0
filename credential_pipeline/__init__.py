"""What we do to data: plain Python, DuckDB SQL and Splink, one package per hop.

The hops, in the order in which data walks:

1. ``raw_feeds`` reads certifiers' files strictly and sets bad rows aside with a reason.
2. ``cleaned_learners`` turns rows into standardised profiles and credential events.
3. ``linked_records`` finds the learners behind the profiles and their student records.
4. ``census_extract`` builds the legally limited file; ``handover`` seals it; ``accepted_extract`` opens it in the enclave;
   ``person_keys`` replaces identifiers by protected keys.
5. ``outcome_tables`` counts and measures; ``disclosure`` decides what may leave; ``publication`` writes what people read.

Nothing here imports Dagster or Great Expectations, and no hop imports another: a hop reads the tables of the contract
(``contracts``). Definitions of assets, jobs and code locations live in ``assets/<side>/definitions.py``.
"""

__version__ = "0.1.0"
