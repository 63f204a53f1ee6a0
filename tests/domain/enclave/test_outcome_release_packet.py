"""The page for reviewers shows every page of the report as readers would get it, and nothing of it can run or lead away."""

import re

from credential_pipeline.enclave.outcome_release.packet import write_packet
from credential_pipeline.foundation.contracts import outcome_release
from credential_pipeline.foundation.storage.engine import connect

FILES = {
    "outcomes.csv": b"figures",
    "report-work.html": b"<p>work &amp; pay</p>",
    "report.html": b'<p title="first">front</p>',
}


def test_reviewers_see_every_page_of_the_report_the_front_page_first(tmp_path):
    with connect() as con:
        con.execute("CREATE SCHEMA outcome_release")
        for table in outcome_release.SNAPSHOT:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
            con.execute(f"CREATE TABLE outcome_release.{table.name} ({columns})")
        con.executemany("INSERT INTO outcome_release.public_files (path, content) VALUES (?, ?)", list(FILES.items()))
        page = write_packet(con, tmp_path, "manufacturing", "r0001-a", "v1").read_text("utf-8")
    frames = re.findall(
        r'<details( open)?><summary>([^<]*)</summary>\n<iframe sandbox [^>]*srcdoc="([^"]*)"></iframe>', page
    )
    assert frames == [
        (" open", "report.html", "&lt;p title=&quot;first&quot;&gt;front&lt;/p&gt;"),
        ("", "report-work.html", "&lt;p&gt;work &amp;amp; pay&lt;/p&gt;"),
    ]
    assert page.count("<iframe") == 2
    assert "allow-" not in page
    assert all(f"<td>{name}</td>" in page for name in FILES)
