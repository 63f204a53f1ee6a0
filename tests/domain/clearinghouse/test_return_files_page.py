"""The pages of partners: all their figures, nobody else's, whole without a network; and the rows of all partners together."""

import datetime
import re

import pytest

from credential_pipeline.clearinghouse.return_files import protection
from credential_pipeline.clearinghouse.return_files.partners import Given, wishes_of
from credential_pipeline.clearinghouse.return_files.views.compose import partner_views
from credential_pipeline.clearinghouse.return_files.views.page import partner_page
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch
from tests.domain.clearinghouse.return_files_views_world import fill, tables

_REGISTERED = load_registry().industry("manufacturing")
INDUSTRY = _REGISTERED.model_copy(
    update={"programmes": tuple(one.model_copy(update={"credentials": ("SAF",)}) for one in _REGISTERED.programmes)}
)
TODAY = datetime.date(2026, 7, 1)


@pytest.fixture(scope="module")
def work():
    with connect(threads=1) as con:
        fill(con, tables())
        with scratch(con) as work:
            yield work


@pytest.fixture(scope="module")
def views(work, tmp_path_factory):
    return partner_views(work, Given(INDUSTRY, (), tmp_path_factory.mktemp("partners"), None, TODAY), wishes_of(work))


def _agreement(partner):
    return next(one for one in INDUSTRY.returns if one.partner == partner)


def test_every_partner_with_aggregates_has_rows_and_the_state_has_lists(work, views):
    partners = {
        row[0] for row in work.con.execute(f"SELECT DISTINCT partner FROM {views['partner_figures']}").fetchall()
    }
    assert partners == {one.partner for one in INDUSTRY.returns if one.role != "state"}
    for name, rows in views.items():
        assert rows.columns == tuple(SNAPSHOT.table(name).column_names)
        assert work.con.execute(f"SELECT count(*) > 0 FROM {rows}").fetchall() == [(True,)]
        key = ", ".join(SNAPSHOT.table(name).key)
        assert work.con.execute(f"SELECT {key} FROM {rows} GROUP BY ALL HAVING count(*) > 1").fetchall() == []


def test_nobody_is_told_anything_after_an_agreement_ended(work, tmp_path):
    later = partner_views(work, Given(INDUSTRY, (), tmp_path, None, datetime.date(2040, 1, 1)), wishes_of(work))
    assert {name: work.con.execute(f"SELECT count(*) FROM {rows}").fetchall() for name, rows in later.items()} == {
        name: [(0,)] for name in ("partner_figures", "completers", "programme_rates")
    }


@pytest.mark.parametrize("partner", ["mssc", "demo_college"])
def test_a_page_is_whole_and_shows_every_figure(work, views, partner):
    rows = views["partner_figures"]
    html = partner_page(work, rows, _agreement(partner), "Manufacturing")
    assert not re.search(r"https?://(?!www\.w3\.org)|<script|url\((?!#)", html)
    assert _agreement(partner).recipient in html
    shares = work.con.execute(
        f"SELECT value FROM {rows} WHERE partner = ? AND unit = 'share' AND status = 1", [partner]
    ).fetchall()
    assert shares
    for (value,) in shares:
        assert f">{value:.0%}<" in html
    levels = work.con.execute(f"SELECT DISTINCT level FROM {rows} WHERE partner = ?", [partner]).fetchall()
    assert all(f">{level}<" in html for (level,) in levels)
    assert "too few" in html
    assert "did not protect" not in html
    assert html == partner_page(work, rows, _agreement(partner), "Manufacturing")


def test_figures_that_cannot_be_protected_are_not_told_and_the_page_says_so(work, tmp_path, monkeypatch):
    def cannot(system, primary):
        raise SafeError("E_CANNOT_PROTECT", "a small count cannot be protected")

    monkeypatch.setattr(protection, "protect", cannot)
    rows = partner_views(work, Given(INDUSTRY, (), tmp_path, None, TODAY), wishes_of(work))["partner_figures"]
    told = work.con.execute(
        f"SELECT count(*) FROM {rows} WHERE subject NOT IN ('intake', 'outcomes') AND (status <> -1 OR value IS NOT NULL)"
    ).fetchall()
    assert told == [(0,)]
    for partner, sections in (("mssc", 3), ("demo_college", 2)):
        html = partner_page(work, rows, _agreement(partner), "Manufacturing")
        assert html.count("hiding others did not protect them") == sections


def test_a_fault_in_the_counts_is_no_figure_that_cannot_be_protected(work, tmp_path, monkeypatch):
    def broken(system, primary):
        raise SafeError("E_COUNTS", "the counts are wrong")

    monkeypatch.setattr(protection, "protect", broken)
    with pytest.raises(SafeError, match="E_COUNTS"):
        partner_views(work, Given(INDUSTRY, (), tmp_path, None, TODAY), wishes_of(work))


def test_a_partner_without_figures_has_no_page(work, views):
    assert partner_page(work, views["partner_figures"], _agreement("demo_state"), "Manufacturing") == ""
