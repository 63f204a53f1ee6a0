"""The vocabulary: sides, sensitivity levels and the hops in order. No behaviour beyond looking them up."""

import re
from enum import StrEnum


class Side(StrEnum):
    """Who holds a table. Only sealed packages cross from one side to the next."""

    CLEARINGHOUSE = "clearinghouse"
    ENCLAVE = "enclave"
    PUBLIC = "public"


class Sensitivity(StrEnum):
    """How a table may be handled, from most to least restricted."""

    IDENTIFIED = "identified"
    PSEUDONYMOUS = "pseudonymous"
    CONFIDENTIAL_AGGREGATE = "confidential aggregate"
    PUBLIC = "public"


#: The partition of a snapshot that belongs to no single industry.
SHARED = "shared"

#: Every hop of a run in order, with the side that runs it.
HOPS: dict[str, Side] = {
    "raw_feeds": Side.CLEARINGHOUSE,
    "education_registry": Side.CLEARINGHOUSE,
    "cleaned_learners": Side.CLEARINGHOUSE,
    "linked_records": Side.CLEARINGHOUSE,
    "census_extract": Side.CLEARINGHOUSE,
    "accepted_extract": Side.ENCLAVE,
    "reference_population": Side.ENCLAVE,
    "person_keys": Side.ENCLAVE,
    "outcome_tables": Side.ENCLAVE,
    "outcome_release": Side.ENCLAVE,
    "published_outcomes": Side.PUBLIC,
    "return_files": Side.CLEARINGHOUSE,
}

#: A name that is safe in paths, SQL identifiers and partition keys (``\Z``: ``$`` would let a newline pass).
NAME = re.compile(r"\A[a-z0-9][a-z0-9_]{0,39}\Z")
