"""What a gate leaves behind for people: a page and a file beside the version, and names of what broke a rule."""

import json
import re

import dagster as dg
import pytest

from checks import blame, validation
from checks.blame import LONGEST, MOST, Blame
from checks.gx_adapter import evaluate
from checks.rule import NAMEABLE, by, none_where, number
from checks.suites.clearinghouse.raw_feeds import RULES
from tests.gates.test_every_rule import SUITES

_BAD = """
    INSERT INTO raw_feeds.deliveries BY NAME SELECT 'mssc' AS certifier, 'small.csv' AS delivery, 31 AS rows_in,
    4 AS rows_accepted, 26 AS rows_quarantined, 0 AS rows_duplicate, 'accepted' AS state;
    INSERT INTO raw_feeds.quarantine BY NAME SELECT 'mssc' AS certifier, 'small.csv' AS delivery, i AS line,
    'COLUMN_COUNT' AS reason_code FROM range(26) AS t(i);
    INSERT INTO raw_feeds.records BY NAME SELECT 'mssc' AS certifier, 'small.csv' AS delivery, i AS line,
    'S' || i AS record_id FROM range(4) AS t(i)"""


def _refused(hop):
    with pytest.raises(dg.Failure) as refusal:
        list(hop.run())
    return refusal.value


def _verdict(con, rule):
    (verdict,) = evaluate(con, [rule])
    return verdict


def _pages(folder):
    return {name: (folder / name).read_bytes() for name in (validation.JSON, validation.HTML)}


def test_a_red_rule_names_the_file_on_the_line_in_the_check_and_on_the_page(make_hop):
    """A row of it is neither accepted nor set aside."""
    hop = make_hop("raw_feeds", RULES, _BAD)
    seen = []
    with pytest.raises(dg.Failure) as refusal:
        seen.extend(hop.run())
    assert "rows_conserved (1; mssc/small.csv (1))" in refusal.value.description
    assert "half_of_a_delivery_readable" not in refusal.value.description, "a warning"
    page = _pages(hop.store.attempt(hop.snapshot, hop.partition).folder)[validation.HTML].decode()
    assert "Broken by mssc/small.csv (26)." in page
    assert "Refused: " in page


def test_check_results_name_what_broke_them(make_hop):
    results = {}
    try:
        for item in make_hop("raw_feeds", RULES, _BAD).run():
            results[item.check_name.partition("_")[2]] = item
    except dg.Failure:
        pass
    metadata = {name: value.value for name, value in results["half_of_a_delivery_readable"].metadata.items()}
    assert metadata["broken by"] == "mssc/small.csv (26)"
    assert "raw_feeds.deliveries.rows_quarantined" in metadata["looks at"]
    assert not {"broken by", "looks at"} & set(results["deliveries_readable"].metadata)


@pytest.mark.parametrize(
    ("suite", "rule", "statement", "words"),
    [
        (
            "outcome_release",
            "attacker_finds_nothing",
            "INSERT INTO outcome_release.audit_findings VALUES ('exact', 'x1', 'n'), ('exact', 'elsewhere', 'n')",
            "earnings/earnings_p50 (1), unknown/unknown (1)",
        ),
        (
            "outcome_release",
            "certificate_is_clean",
            "UPDATE outcome_release.certificate SET result = 'found'",
            "print (1)",
        ),
        (
            "published_outcomes",
            "no_small_cells",
            "UPDATE published_outcomes.published_outcomes SET n = 9 WHERE cell_id = 's1'",
            "employment/employed (1)",
        ),
        (
            "published_outcomes",
            "hidden_cells_are_empty",
            "UPDATE published_outcomes.published_outcomes SET value = 1 WHERE cell_id = 'x1'",
            "earnings/earnings_p50 (1)",
        ),
        (
            "published_outcomes",
            "release_named",
            "UPDATE published_outcomes.published_outcomes SET release = '' WHERE cell_id = 'x1'",
            "earnings/earnings_p50 (1)",
        ),
        (
            "return_files",
            "figures_of_enough_people",
            "UPDATE return_files.partner_figures SET n = 3, value = 1, status = 1",
            "college/earners (1), college/few (1)",
        ),
        (
            "return_files",
            "programme_rates_explained",
            "UPDATE return_files.programme_rates SET status = -1, value = NULL, reason = NULL",
            "state (2)",
        ),
    ],
)
def test_rules_on_what_leaves_name_figure_attack_or_partner(suite, rule, statement, words, changed):
    (broken,) = [one for one in SUITES[suite] if one.name == rule]
    with changed(statement) as con:
        assert _verdict(con, broken).blamed.words == words


def test_the_worst_are_named_and_the_rest_counted(changed):
    rows = ", ".join(f"('nims', 'f{number}.csv', {number})" for number in range(1, MOST + 4))
    sql = f"SELECT concat_ws('/', c, d), n FROM (VALUES {rows}) AS t(c, d, n)"
    with changed() as con:
        found = _verdict(con, number("r", "R.", "SELECT 1", at_most=0, blame=sql)).blamed
    assert (
        found.words == "nims/f8.csv (8), nims/f7.csv (7), nims/f6.csv (6), nims/f5.csv (5), nims/f4.csv (4) and 3 more"
    )


def test_names_that_senders_chose_are_shown_on_one_line_and_not_too_long():
    assert blame.safe("a\nb\x1b[31m\u202ec") == "a?b?[31m?c"
    assert blame.safe("x" * 500) == "x" * (LONGEST - 1) + "…"


def test_a_question_that_fails_still_names_the_columns(changed):
    wages = "reference_population.wages"
    rule = number("r", "R.", f"SELECT count(*) FROM {wages} WHERE year > 0", at_most=0, blame="SELECT * FROM nowhere")
    with changed() as con:
        found = _verdict(con, rule).blamed
    assert found == Blame(columns=(f"{wages}.year",))


@pytest.mark.parametrize("column", ["record_id", "last_name", "learner_id", "person_key", "source"])
def test_columns_that_may_point_to_a_person_cannot_be_asked_for(column):
    assert column not in NAMEABLE
    with pytest.raises(ValueError, match=column):
        none_where("r", "R.", "t", "true", named_by=("certifier", column))
    with pytest.raises(ValueError, match=column):
        by([column], "t", "true")


@pytest.mark.parametrize("suite", SUITES)
def test_every_version_has_its_page_and_file(suite, make_hop, tmp_path):
    hop = make_hop(suite, SUITES[suite])
    *_, published = hop.run()
    version = hop.store.current(hop.snapshot, hop.partition)
    assert version.page(validation.HTML) is not None
    kept = json.loads(version.page(validation.JSON).read_text())
    assert (kept["snapshot"], kept["partition"], kept["version"]) == (suite, hop.partition, version.name)
    assert kept["rules"] == version.manifest.verdicts
    assert [entry["rule"] for entry in kept["rules"]] == [rule.name for rule in SUITES[suite]]
    page = version.page(validation.HTML).read_text()
    for rule in SUITES[suite]:
        assert f"<code>{rule.name}</code>" in page
    assert (tmp_path / published.metadata["validation"].value).resolve() == version.page(validation.HTML)


def test_the_page_needs_no_network_and_is_small(make_hop):
    hop = make_hop("linked_records", SUITES["linked_records"])
    list(hop.run())
    page = hop.store.current(hop.snapshot, hop.partition).page(validation.HTML).read_text()
    assert not re.search(r"https?:|src=|href=|@import|url\(|<script", page)
    assert len(page) < 40_000
    assert "Let through: " in page


def test_equal_verdicts_give_equal_bytes(make_hop, tmp_path):
    """Whatever they were made from, and published or refused."""
    folders = []
    for run in ("first", "second"):
        hop = make_hop("raw_feeds", RULES, inputs={"try": run})
        list(hop.run())
        folders.append(_pages(hop.store.current(hop.snapshot, hop.partition).folder))
        hop = make_hop("raw_feeds", RULES, _BAD, inputs={"try": f"bad {run}"})
        _refused(hop)
        folders.append(_pages(hop.store.attempt(hop.snapshot, hop.partition).folder))
    assert folders[0] == folders[2]
    assert folders[1] == folders[3]


def test_texts_on_the_page_are_escaped(changed):
    rule = number("r", "A <b> & c.", "SELECT 1", at_most=0, blame="SELECT '<script>x', 1")
    with changed() as con:
        record = validation.record(_verdict(con, rule))
    page = validation.page({"snapshot": "s", "partition": "p", "version": "v"}, {"t": 1}, [record])
    assert "<script" not in page
    assert "&lt;script&gt;x (1)" in page
    assert "A &lt;b&gt; &amp; c." in page


def test_the_page_puts_what_is_wrong_first_and_says_it_in_words(changed):
    rules = [
        number("good", "Good.", "SELECT 2", at_least=1, at_most=3),
        number("warned", "Warned.", "SELECT 4", at_most=3, severity="warn"),
        number("broken", "Broken.", "SELECT 0.5", at_least=1),
        number("fell", "Fell.", "SELECT * FROM nowhere", at_least=1),
    ]
    with changed() as con:
        records = [validation.record(verdict) for verdict in evaluate(con, rules)]
    page = validation.page({"snapshot": "s", "partition": "p", "version": "v"}, {"t": 1_234}, records)
    places = [page.index(f"<code>{name}</code>") for name in ("broken", "fell", "warned", "good")]
    assert places == sorted(places)
    assert "Refused: 1 of 4 rules hold, 2 keep the data back, 1 rule warns." in page
    assert "at least 1 and at most 3" in page
    assert "could not be evaluated" in page
    assert "1,234 t" in page


def test_verdicts_of_an_earlier_program_are_repeated_without_names():
    rule = number("r", "R.", "SELECT 1", at_most=0)
    entry = {"rule": "r", "passed": False, "severity": "block", "evaluated": True, "observed": 1.0}
    assert validation.verdict_of(rule, entry).blamed == Blame()
    assert validation.told(validation.verdict_of(rule, entry)) == "r (1)"


def test_verdicts_come_back_as_they_were_kept(changed):
    with changed(_BAD) as con:
        for verdict in evaluate(con, RULES):
            kept = json.loads(json.dumps(validation.record(verdict)))
            assert validation.verdict_of(verdict.rule, kept) == verdict


def test_a_version_of_a_later_program_is_not_built_over(make_hop):
    hop = make_hop("raw_feeds", RULES)
    list(hop.run())
    path = hop.store.current(hop.snapshot, hop.partition).folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 99}))
    assert "update the program" in _refused(hop).description


def test_a_refusal_keeps_its_tables_until_a_version_is_published(make_hop):
    bad, good = make_hop("raw_feeds", RULES, _BAD), make_hop("raw_feeds", RULES)
    _refused(bad)
    attempt = bad.store.attempt(bad.snapshot, bad.partition)
    assert attempt.rows("quarantine") == 27
    assert not bad.store.has_current(bad.snapshot, bad.partition)
    list(good.run())
    assert bad.store.attempt(bad.snapshot, bad.partition) is None


def test_a_file_name_that_may_be_a_persons_gives_way_to_the_id_of_the_delivery(make_hop):
    """On the line, in every check result and on the page."""
    named = _BAD.replace("small.csv", "Quuxington_Zebulonia.csv").replace(
        "'accepted'", f"'accepted' AS state, '{'01' * 32}'"
    )
    named = named.replace("AS state;", "AS sha256;")
    results, hop = [], make_hop("raw_feeds", RULES, named)
    with pytest.raises(dg.Failure) as refusal:
        results.extend(hop.run())
    told = str(refusal.value.description) + "".join(str(item.metadata) for item in results if hasattr(item, "metadata"))
    assert "rows_conserved (1; mssc/[mssc-010101010101] (1))" in told
    assert "Quuxington" not in told
