"""How probable it is that the link to each person is right, as the enclave's linkage says.

The probability of the clearinghouse's hop is not in the extract. With a column ``link_probability`` in
``census_extract.learners`` (that the records of a learner, and the student of the education registry, are the learner's own),
it would be multiplied in here for what certifiers report; enrollments would need a second set of weights.
"""

import numpy as np

from credential_pipeline.enclave.outcome_tables.uncertainty.replicates import Replicates, draw
from credential_pipeline.foundation.storage.relation import Relation, Scratch


def replicates_of(work: Scratch, people: Relation, person_links: Relation, replicates: int) -> Replicates:
    """Draw the weights of everybody with a key; of several rows of a key the most probable counts.

    Args:
        work: Where the rows live.
        people: pid (1, 2, ... in the order of the keys), person_key.
        person_links: ``person_keys.person_links``.
        replicates: How many replicates.
    """
    found = work.con.execute(
        f"""
        SELECT max(k.match_probability) AS probability
        FROM {people.needs("pid", "person_key")} AS p
        LEFT JOIN {person_links.needs("person_key", "match_probability")} AS k USING (person_key)
        GROUP BY p.pid ORDER BY p.pid
        """
    ).fetchnumpy()["probability"]
    return draw(np.ma.filled(found, 0.0).astype(np.float64), replicates)
