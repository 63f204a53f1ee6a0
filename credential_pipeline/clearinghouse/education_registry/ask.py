"""Whom the StudentTracker service is asked about, for an organization without a registry of its own, and under which agreement.

One row a profile, whose id is the return field; so the report says of each profile whether it was found. Nobody is asked about who asked
not to be shared, for a request names people to others. Not here: writing the request and its disclosure (send_request.py), and
reading the report (student_tracker.py).
"""

from collections.abc import Iterable
from datetime import date

from credential_pipeline.clearinghouse.opt_outs.lists import OptOuts
from credential_pipeline.clearinghouse.opted_out_elsewhere import statements_elsewhere
from credential_pipeline.engines.exchange.student_tracker.request import Header
from credential_pipeline.engines.handover.agreement import require_in_force
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.recipes.scripts import add_to_latin
from credential_pipeline.foundation.registry.request_agreements import RequestAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement


def require_request(
    agreements: Iterable[RequestAgreement], industry: str, header: Header, today: date
) -> RequestAgreement:
    """Give the agreement that allows a request today.

    Args:
        agreements: All of the registry.
        industry: About whose learners.
        header: Who asks, and for which kind of query.
        today: The day, to compare with the agreement's dates.

    Raises:
        SafeError: ``E_NO_AGREEMENT``, ``E_AGREEMENT_EXPIRED``, or ``E_NOT_AGREED`` for a query that it does not name.
    """
    code = header.school_code + header.branch
    where = f"Industry {industry}, code {code}"
    found = next((one for one in agreements if industry in one.industries and code in one.codes), None)
    if found is None:
        message = f"{where}: no agreement of kind request lets anybody be asked about: enter one in agreements/; nothing was written."
        raise SafeError("E_NO_AGREEMENT", message)
    require_in_force(found, today, where)
    if header.query_type not in found.queries:
        message = (
            f"{where}: agreement {found.id} allows the queries {', '.join(found.queries)} and not {header.query_type}."
        )
        raise SafeError("E_NOT_AGREED", message)
    return found


def people_to_ask(
    work: Scratch, agreement: RequestAgreement, since: date, opt_outs: OptOuts, *, linked: bool = False
) -> Relation:
    """Everybody who may be named: the columns of a request, empty where the agreement does not name them.

    Args:
        work: Makes relations, in a connection with the views of ``cleaned_learners`` and, where they were attached, with what
            other industries heard (opted_out_elsewhere.py).
        agreement: Says which columns are filled.
        since: Search date of every row.
        opt_outs: The steward's lists.
        linked: Whether learners were linked before, so that ``linked_records`` is there: once said, always meant, and whom
            linkage blocked is named to nobody.

    Raises:
        SafeError: ``E_NOBODY``: there is nobody to ask about.
    """
    letters = {name: form.letters_of_name(f"p.{name}") for name in ("first_name", "last_name", "previous_last_name")}
    listed = ", ".join(f"{made} AS {name}" for name, made in letters.items())
    named = work.table("named", f"SELECT p.* EXCLUDE ({', '.join(letters)}), {listed} FROM cleaned_learners.profiles p")
    withheld = work.table(
        "withheld",
        statement(
            __package__,
            "withheld.sql",
            named=named,
            wishes=_wishes(work, opt_outs, linked=linked),
            blocked=_blocked(work, linked=linked),
        ),
    )
    middle = "middle_name" if "middle_initial" in agreement.filled else "NULL::VARCHAR"
    suffix = "name_suffix" if "name_suffix" in agreement.filled else "NULL::VARCHAR"
    people = work.table(
        "people",
        f"SELECT first_name, {middle} AS middle_name, last_name, {suffix} AS name_suffix, birth_date, $since AS search_date,"
        f" profile_id AS return_field FROM cleaned_learners.profiles ANTI JOIN {withheld} USING (profile_id)"
        " WHERE first_name IS NOT NULL AND birth_date IS NOT NULL",
        {"since": since},
    )
    if not work.con.execute(f"SELECT count(*) FROM {people}").fetchall()[0][0]:
        message = "There is nobody to ask about: every profile opted out, or lacks a first name or a birth date; nothing was written."
        raise SafeError("E_NOBODY", message)
    return people


def _blocked(work: Scratch, *, linked: bool) -> Relation:
    """Profiles of learners with a block in force: profile_id."""
    if not linked:
        return work.rows("blocked", {"profile_id": "VARCHAR"}, ())
    return work.table(
        "blocked",
        "SELECT DISTINCT profile_id FROM linked_records.profile_links SEMI JOIN (SELECT learner_id FROM linked_records.blocks"
        " WHERE in_force UNION SELECT learner_id FROM linked_records.learners WHERE blocked) USING (learner_id)",
    )


def _wishes(work: Scratch, opt_outs: OptOuts, *, linked: bool) -> Relation:
    """Whom a wish names; one that was taken back still counts here, since a request can wait for the linkage to hear it."""
    add_to_latin(work.con)
    columns = ("certifier", "record_id", "person_ref", "first_name", "last_name")
    rows = work.rows(
        "entries",
        dict.fromkeys(columns, "VARCHAR") | {"birth_date": "DATE"},
        [(*(getattr(entry, name) for name in columns), entry.birth_date) for entry in opt_outs.entries],
    )
    letters = ", ".join(
        f"{form.letters_of_name(form.NAME_FORMS[name](name))} AS {name}" for name in ("first_name", "last_name")
    )
    said = f"SELECT * REPLACE ({letters}) FROM {rows}"
    told = ["linked_records.block_statements"] if linked else []
    for remembered in (*told, statements_elsewhere(work)):
        said += f" UNION ALL SELECT {', '.join(columns)}, birth_date FROM {remembered}"
    return work.table("wishes", said)
