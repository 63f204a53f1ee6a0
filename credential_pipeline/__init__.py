"""What we do to data: plain Python, DuckDB SQL and Splink.

From the general to the particular: ``foundation`` (names, contracts, registry, storage), ``engines`` (linkage, hand-over,
charts, disclosure), then one of three sides that import nothing of each other. The hops, in the order in which data walks
(``foundation.names.HOPS``):

1. ``raw_feeds`` reads certifiers' files strictly and sets bad rows aside with a reason.
2. ``education_registry`` loads the clearinghouse's students, enrollments and degrees.
3. ``cleaned_learners`` turns rows into standardised profiles and credential events.
4. ``linked_records`` finds the learners behind the profiles and their student records.
5. ``census_extract`` builds the legally limited file and seals it.
6. ``accepted_extract`` verifies and opens it in the enclave.
7. ``reference_population`` loads the enclave's persons, wages and employers.
8. ``person_keys`` replaces identifiers by protected keys.
9. ``outcome_tables`` counts and measures.
10. ``outcome_release`` decides what may leave, attacks it, and seals it.
11. ``published_outcomes`` writes what people read.
12. ``return_files`` gives certifiers, institutions and states back what agreements allow, in the files they already read.

Nothing here imports Dagster or Great Expectations, and no hop imports another: a hop reads the tables of a contract
(``foundation.contracts``). Definitions of assets, jobs and code locations live in ``assets/<side>/definitions.py``.
"""

__version__ = "0.1.0"
