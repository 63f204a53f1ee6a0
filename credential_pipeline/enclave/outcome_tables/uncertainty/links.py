"""How probable it is that the records of each person are the person's own, over both hops of linkage.

The enclave's linkage says how probable the person's key is; the extract, how probable it is that the student whose data it holds is
the learner of the certifiers' records. A row without a word on it (no student, or an agreement that withholds it) hangs on the
enclave's link alone. Not here: the chance that the profiles of one learner are several people's, of which the clearinghouse says
nothing.
"""

import numpy as np

from credential_pipeline.enclave.outcome_tables.uncertainty.replicates import Replicates, draw
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_LINK = ("person_key", "match_probability", "link_probability")


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
        SELECT max(k.match_probability * coalesce(k.link_probability, 1.0)) AS probability
        FROM {people.needs("pid", "person_key")} AS p
        LEFT JOIN {person_links.needs(*_LINK)} AS k USING (person_key)
        GROUP BY p.pid ORDER BY p.pid
        """
    ).fetchnumpy()["probability"]
    return draw(np.ma.filled(found, 0.0).astype(np.float64), replicates)
