"""A small world with known people for the views of partners: tables of the contracts, filled by hand."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from credential_pipeline.foundation.contracts import cleaned_learners, education_registry, linked_records, raw_feeds

HERE, CAMPUS, ELSEWHERE = "01349500", "01349501", "00221000"
CODES = ("SAF", "QPM", "NEW")


def tables(people=400, seed=5):
    """Frames by ``schema.table``: two certifiers, one of which reports no failures; some people are blocked or unlinked."""
    draw = np.random.default_rng(seed)
    learners, persons, enrollments, degrees, links, events = [], [], [], [], [], []
    for number in range(people):
        learner, student = f"L{number:04d}", f"S{number:04d}" if draw.random() < 0.7 else None
        blocked, ferpa = bool(draw.random() < 0.06), bool(draw.random() < 0.06)
        learners.append({"learner_id": learner, "student_id": student, "blocked": blocked, "status": "linked"})
        first = date(2008, 1, 1) + timedelta(days=int(draw.integers(0, 4000)))
        if student:
            persons.append({"student_id": student, "ferpa_block": ferpa})
            for _ in range(int(draw.integers(0, 4))):
                opeid = str(draw.choice([HERE, CAMPUS, ELSEWHERE], p=[0.45, 0.15, 0.4]))
                began = first + timedelta(days=int(draw.integers(-900, 900)))
                enrollments.append(
                    {"student_id": student, "opeid": opeid, "institution": f"College {opeid[:6]}", "begin_date": began}
                )
                if draw.random() < 0.4:
                    degrees.append(
                        {
                            "student_id": student,
                            "opeid": opeid,
                            "degree_date": began + timedelta(days=700),
                            "degree_level": str(draw.choice(["associate", "certificate"])),
                        }
                    )
        for sitting in range(int(draw.integers(1, 4))):
            certifier = str(draw.choice(["mssc", "nims"], p=[0.8, 0.2]))
            passed = certifier == "nims" or draw.random() < 0.75
            events.append(
                {
                    "certifier": certifier,
                    "record_id": f"R{number:04d}-{sitting}",
                    "profile_id": f"P{number:04d}",
                    "credential_code": str(draw.choice(CODES, p=[0.6, 0.37, 0.03])),
                    "event": "award" if passed else "attempt",
                    "result": "pass" if passed else "fail",
                    "event_date": first + timedelta(days=200 * sitting),
                    "provider_opeid": str(draw.choice([HERE, ELSEWHERE])) if draw.random() < 0.8 else None,
                    "training_setting": "noncredit",
                }
            )
            links.append({"certifier": certifier, "record_id": f"R{number:04d}-{sitting}", "learner_id": learner})
    return {
        "linked_records.learners": pd.DataFrame(learners),
        "linked_records.links": pd.DataFrame(links),
        "education_registry.persons": pd.DataFrame(persons),
        "education_registry.enrollments": pd.DataFrame(enrollments),
        "education_registry.degrees": pd.DataFrame(degrees),
        "cleaned_learners.credentials": pd.DataFrame(events),
    }


def fill(con, frames):
    """Create every table of the four contracts and put the frames into them; columns that a frame lacks are empty."""
    for snapshot in (raw_feeds, cleaned_learners, education_registry, linked_records):
        con.execute(f"CREATE SCHEMA {snapshot.SNAPSHOT.name}")
        for table in snapshot.SNAPSHOT:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
            con.execute(f'CREATE TABLE {snapshot.SNAPSHOT.name}."{table.name}" ({columns})')
    for name, frame in frames.items():
        con.register("frame", frame)
        con.execute(f"INSERT INTO {name} BY NAME SELECT * FROM frame")
        con.unregister("frame")
