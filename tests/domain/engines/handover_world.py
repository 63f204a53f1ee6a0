"""A tiny clearinghouse with planted cases, and the keys of both ends, for the hand-over's tests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.census_extract.build import build
from credential_pipeline.clearinghouse.census_extract.hand_over import SendingKeys
from credential_pipeline.clearinghouse.census_extract.tokens import TokenKey
from credential_pipeline.engines.handover import keys
from credential_pipeline.engines.handover.agreement import PUBLICATION
from credential_pipeline.engines.handover.receive import ReceivingKeys
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.contracts.census_extract import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.agreements import Agreement, Columns, ReleaseAgreement
from credential_pipeline.foundation.registry.model import Industry

TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
CANARIES = ("987654", "canary@example.org", "5550100999", "STU-CANARY", "LEARNER-CANARY", "REC-CANARY", "REF-CANARY")

AGREEMENT = Agreement(
    id="DUA-1",
    purpose="Study of outcomes",
    population="Holders",
    sender="Clearinghouse",
    recipient="Statistical agency",
    signed=date(2026, 1, 1),
    expires=date(2026, 12, 31),
    destroy_by=date(2027, 6, 30),
    columns=tuple(
        Columns(table=table.name, columns=tuple(table.column_names), legal_basis="34 CFR 99.31(a)(6)")
        for table in SNAPSHOT
    ),
    release=ReleaseAgreement(
        id="PUB-1",
        legal_basis="Aggregates",
        purpose="Publication",
        sender="Statistical agency",
        recipient=PUBLICATION,
        signed=date(2026, 1, 1),
        expires=date(2099, 12, 31),
        destroy_by=date(2099, 12, 31),
    ),
)


def withholding(agreement: Agreement, table: str, *names: str) -> Agreement:
    """The agreement without some columns of a table."""
    rest = [
        group.model_copy(update={"columns": tuple(name for name in group.columns if name not in names)})
        if group.table == table
        else group
        for group in agreement.columns
    ]
    words = agreement.model_dump() | {"columns": [group.model_dump() for group in rest], "withheld": {table: names}}
    return Agreement.model_validate(words)


INDUSTRY = Industry(
    industry="manufacturing", name="Manufacturing", naics=("31",), certifiers=("mssc",), agreement=AGREEMENT
)
TOKENS = TokenKey(b"\x07" * 32, AGREEMENT.recipient)
READS = ("linked_records", "cleaned_learners", "education_registry")

# learner, student, status, blocked
LEARNERS = [
    ("LEARNER-CANARY", "STU-CANARY", "linked", False),
    ("L2", "S2", "ambiguous", False),
    ("L3", None, "unlinked", False),
    ("L4", None, "unlinked", True),  # the certifier's flag on one of two records
    ("L5", "S5", "linked", False),  # the school's block came after linkage
    ("L6", "S6", "linked", True),  # both: counts as the certifier's
    ("L7", None, "blocked", True),  # removed by linkage
]


def fill(con, *, extra_column=False):
    """Create the three input snapshots, with every column of their contracts."""
    for name in (*READS, "census_extract"):
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
    for name in READS:
        for table in SNAPSHOTS[name]:
            columns = ", ".join(f'"{column}" {kind}' for column, kind in table.schema.items())
            con.execute(f"CREATE TABLE {name}.{table.name} ({columns})")
    for learner, student, status, blocked in LEARNERS:
        put(con, "linked_records.learners", learner_id=learner, student_id=student, status=status, blocked=blocked)
        put(con, "linked_records.profile_links", profile_id=f"P-{learner}", learner_id=learner, student_id=student,
            status=status)  # fmt: skip
        profile(con, f"P-{learner}", last_name=f"NAME{learner[-1]}", first_name="KIM")
        credential(con, f"R-{learner}", f"P-{learner}", learner)
        if student:
            put(con, "education_registry.persons", student_id=student, last_name=f"REG{learner[-1]}",
                ssn_last4="987654", email=CANARIES[1], ferpa_block=student == "S5")  # fmt: skip
            put(con, "education_registry.enrollments", student_id=student, opeid="001", begin_date=date(2020, 1, 1))
            put(con, "education_registry.degrees", student_id=student, opeid="001", degree_date=date(2022, 1, 1))
    credential(con, "R-L4-b", "P-L4", "L4", blocked=True)
    credential(con, "R-L6-b", "P-L6", None, blocked=True)
    credential(con, "R-X", "P-X", None, blocked=True)  # a blocked person that linkage never saw
    if extra_column:
        con.execute("ALTER TABLE cleaned_learners.profiles ADD COLUMN salary VARCHAR DEFAULT 'NEW'")
        con.execute("ALTER TABLE education_registry.enrollments ADD COLUMN grade VARCHAR DEFAULT 'NEW'")
        con.execute("ALTER TABLE cleaned_learners.credentials ADD COLUMN score VARCHAR DEFAULT 'NEW'")


def put(con, table, **values):
    """Insert one row; what is not named is missing."""
    marks = ", ".join("?" for _ in values)
    con.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))


def profile(con, profile_id, **values):
    """Insert one profile that carries every canary."""
    hidden = {"ssn_last4": "987654", "email": CANARIES[1], "phone": CANARIES[2], "person_ref": "REF-CANARY"}
    put(
        con,
        "cleaned_learners.profiles",
        **({"profile_id": profile_id, "certifier": "mssc", "records": 1} | hidden | values),
    )


def credential(con, record_id, profile_id, learner, *, blocked=False, **values):
    """Insert one award and its link."""
    record = record_id.replace("R-LEARNER", "REC")
    base = {"credential_code": "CPT", "event": "award", "event_date": date(2015, 5, 5), "training_setting": "credit"}
    put(con, "cleaned_learners.credentials", certifier="mssc", record_id=record, profile_id=profile_id, blocked=blocked,
        **(base | values))  # fmt: skip
    if learner:
        put(con, "linked_records.links", certifier="mssc", record_id=record, learner_id=learner, status="linked")


def write_files(con, folder: Path) -> dict[str, Path]:
    """Write the tables of census_extract as Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {table.name: folder / f"{table.name}.parquet" for table in SNAPSHOT}
    for name, path in files.items():
        con.execute(f"COPY (SELECT * FROM census_extract.{name}) TO '{path}' (FORMAT parquet)")
    return files


@dataclass
class World:
    """Two homes with keys, and an extract that was built and written."""

    sender: Path
    recipient: Path
    sending: SendingKeys
    receiving: ReceivingKeys
    files: dict[str, Path]

    @property
    def inbox(self) -> Path:
        return self.recipient / "inbox"

    @property
    def work(self) -> Path:
        return self.recipient / "work"


def make_world(con, root: Path) -> World:
    """Keys, inputs, extract."""
    keys.ensure_local_keys(root / "clearinghouse", root / "enclave", keys.CLEARINGHOUSE_TO_ENCLAVE)
    fill(con)
    build(con, INDUSTRY, TODAY, TOKENS)
    write_files(con, root / "published")
    return open_world(root)


def open_world(root: Path) -> World:
    """The world that lies in a folder, or in a copy of it."""
    link = keys.CLEARINGHOUSE_TO_ENCLAVE
    sender, recipient = root / "clearinghouse", root / "enclave"
    return World(
        sender,
        recipient,
        SendingKeys(keys.load_signing_key(sender, link), keys.load_recipient(sender, link), TOKENS),
        ReceivingKeys(keys.load_sender(recipient, link), keys.load_identity(recipient, link)),
        {table.name: root / "published" / f"{table.name}.parquet" for table in SNAPSHOT},
    )


def refused(code, action, *arguments, **named):
    """The action is refused by this code, with no canary in the words and no cause behind them."""
    with pytest.raises(SafeError) as error:
        action(*arguments, **named)
    assert error.value.code == code
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None
    assert not any(canary in str(error.value) for canary in CANARIES)
