"""The families of linkage models, and the tables of hops that each is trained on.

Not here: how a model is trained and pinned, which knows no table of ours (``engines.linkage.train``), and the command (train.py).
"""

from functools import partial

from credential_pipeline.engines.linkage.estimation import TYPICAL_SHARE
from credential_pipeline.engines.linkage.fields import make_records
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.train import SEED, U_PAIRS, train
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import relation, scratch

#: Side -> the hops whose tables models are trained on; each side keeps its models, so that an industry can name them.
TRAINED_ON = {
    Side.CLEARINGHOUSE: ("cleaned_learners", "education_registry"),
    Side.ENCLAVE: ("accepted_extract", "reference_population"),
}


def train_models(
    con: Connection,
    training_version: str = "",
    *,
    seed: int = SEED,
    u_pairs: int = U_PAIRS,
    typical_share: float = TYPICAL_SHARE,
) -> list[Model]:
    """Train every family whose tables are visible.

    ``profiles`` and ``registry`` need cleaned_learners.profiles and education_registry.persons, ``reference`` needs
    accepted_extract.learners and reference_population.persons: the two sides of the trust boundary train apart.

    Args:
        con: Connection with the views.
        training_version: Versions of the tables, for the sidecars.
        seed: Seed of the random pairs.
        u_pairs: Number of random pairs.
        typical_share: As for :func:`credential_pipeline.engines.linkage.train.train`.

    Raises:
        SafeError: ``E_TRAINING``: there are no such tables, or they are too few or lack a field.
    """
    models = []
    found = {
        tuple(row) for row in con.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
    }
    fit = partial(
        train, con, training_version=training_version, seed=seed, u_pairs=u_pairs, typical_share=typical_share
    )
    if ("cleaned_learners", "profiles") in found:
        with scratch(con) as work:
            left = make_records(work, relation(con, "cleaned_learners.profiles"), id_column="profile_id")
            models.append(fit("profiles", left, None))
            if ("education_registry", "persons") in found:
                right = make_records(work, relation(con, "education_registry.persons"), id_column="student_id")
                models.append(fit("registry", left, right))
    if {("accepted_extract", "learners"), ("reference_population", "persons")} <= found:
        with scratch(con) as work:
            left = make_records(work, relation(con, "accepted_extract.learners"), id_column="row_id")
            renamed = {"previous_last_name": "alternate_last_name"}
            people = relation(con, "reference_population.persons")
            models.append(fit("reference", left, make_records(work, people, id_column="person_key", renamed=renamed)))
    if not models:
        message = "training: no feed to train on; run the pipeline up to cleaned_learners or accepted_extract first"
        raise SafeError("E_TRAINING", message)
    return models
