"""Two certifiers may have one code, and one abbreviation: a credential is known by certifier and code, from feed to learner."""

import pytest

from credential_pipeline.clearinghouse.cleaned_learners.clean import clean
from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.simulation.simulate import simulate
from tests.domain.simulation.simulation_world import truth

CLOUD = """\
certifier: %s
name: %s
columns:
  record_id: {from: Id}
  last_name: {from: Last}
  first_name: {from: First}
  birth_date: {from: Born}
  credential_code: {from: Code}
  event_date: {from: Day}
credentials:
  - {code: AWS, title: %s}
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """An industry of certifiers whose codes collide, simulated, read and cleaned: the home and an open connection."""
    folder = tmp_path_factory.mktemp("colliding")
    for kind in ("certifiers", "industries"):
        (folder / "registry" / kind).mkdir(parents=True)
    for name, title in (("welders", "Certified Welder"), ("clouds", "Cloud Practitioner")):
        (folder / "registry" / "certifiers" / f"{name}.yml").write_text(CLOUD % (name, name, title))
    industry = "industry: mixed\nname: Mixed\nnaics: ['33', '62']\ncertifiers: [mssc, nha, welders, clouds]\n"
    (folder / "registry" / "industries" / "mixed.yml").write_text(industry)
    registry = load_registry(folder / "registry")
    simulate(folder / "home", registry, ["mixed"], 6_000, 2_000, seed=2)
    with connect("1GB", 1, folder) as con:
        con.execute("CREATE SCHEMA raw_feeds; CREATE SCHEMA cleaned_learners")
        read_feeds(con, folder / "home" / "clearinghouse" / "inbox", "mixed", registry)
        clean(con, "mixed", registry)
        yield folder / "home", con


@pytest.mark.parametrize(
    ("code", "titles"),
    [
        ("CPT", {"mssc": "Certified Production Technician", "nha": "Certified Phlebotomy Technician"}),
        ("AWS", {"welders": "Certified Welder", "clouds": "Cloud Practitioner"}),
    ],
)
def test_one_code_of_two_certifiers_stays_two_credentials(both, code, titles):
    home, con = both
    found = con.execute(
        """
        SELECT certifier, any_value(credential_title), count(DISTINCT credential_title), list(record_id)
        FROM cleaned_learners.credentials WHERE credential_code = ? GROUP BY certifier
        """,
        [code],
    ).fetchall()
    assert {certifier: title for certifier, title, _, _ in found} == titles
    assert {number for _, _, number, _ in found} == {1}
    effects = truth(home, "effects")
    known = set(effects[effects.credential == code].certifier)
    assert known <= set(titles)
    records = truth(home, "record_person")
    for certifier, _, _, ids in found:
        assert set(ids) <= set(records[records.certifier == certifier].record_id)


def test_shipped_certifiers_are_not_called_by_an_abbreviation_that_two_have():
    registry = load_registry()
    assert "aws" not in registry.certifiers
    societies = [
        one
        for one in registry.certifiers.values()
        if "".join(word[0] for word in one.name.split()[:3]) in {"AWS", "AWT"}
    ]
    assert sorted(one.certifier for one in societies) == ["amazon_web_services", "american_welding_society"]
    owners = {name for name, one in registry.certifiers.items() if "CPT" in one.codes}
    assert owners == {"mssc", "nha"}
