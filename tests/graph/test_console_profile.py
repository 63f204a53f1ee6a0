"""``profile`` and ``registry check`` as people use them: what is told, what is written, what is refused."""

import datetime
from pathlib import Path

import openpyxl
import pytest
import yaml

from assets.console import main as console
from credential_pipeline.foundation.registry.load import BUILT_IN
from tests.domain.clearinghouse.onboarding_dialects import DIALECTS, HELD_OUT, comptia, nccer


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    # Set before it is removed, so that what the command line sets is undone.
    monkeypatch.setenv("CREDENTIAL_PIPELINE_REGISTRY", "")
    monkeypatch.delenv("CREDENTIAL_PIPELINE_REGISTRY")
    monkeypatch.setenv("CREDENTIAL_PIPELINE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def saved(folder: Path, dialect) -> Path:
    file = folder / f"{dialect.name}.tsv.csv"
    file.write_bytes(dialect.content)
    return file


def test_what_profile_tells_and_writes(tmp_path, capsys):
    assert console.main(["profile", str(saved(tmp_path, comptia())), "--name", "acme", "--out", "reg"]) == 0
    told = capsys.readouterr().out
    assert "delimiter tab, header in line 1, 14 columns" in told
    assert "made of Candidate ID, Exam Series Code, Exam Date" in told
    assert "dry run: 240 rows, 24" in told or "dry run: 240 rows, 23" in told
    assert "credential-pipeline --registry reg registry check" in told
    assert (tmp_path / "reg" / "certifiers" / "acme.yml").is_file()
    assert "certifiers: [acme]" in (tmp_path / "reg" / "industries" / "_acme.yml").read_text()
    assert console.main(["--registry", "reg", "registry", "check"]) == 0


@pytest.mark.parametrize("make", [*DIALECTS, *HELD_OUT])
def test_profile_tells_nothing_of_a_person(tmp_path, capsys, make):
    dialect = make()
    file = saved(tmp_path, dialect)
    assert console.main(["profile", str(file), "--name", "acme"]) == 0
    told = capsys.readouterr()
    rows = [
        line for line in dialect.content.decode("cp1252").splitlines() if line.count(",") > 4 or line.count("\t") > 4
    ]
    values = {value for line in rows[1:] for value in line.replace('"', "").split("\t" if "\t" in line else ",")}
    personal = {
        value
        for value in values
        if "@" in value or (" " in value.strip()[1:] and any(sign.isdigit() for sign in value))
    }
    assert not [value for value in personal if value in told.out + told.err]


def test_profile_takes_the_sheet_of_a_spreadsheet(tmp_path, capsys):
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("Results")):
        for line in comptia().content.decode().splitlines()[:60]:
            sheet.append(line.split("\t"))
    book.save(tmp_path / "export.xlsx")
    assert console.main(["profile", "export.xlsx", "--name", "acme"]) == 1
    assert "say which sheet with --sheet: 'Sheet', 'Results' [" in capsys.readouterr().err
    assert console.main(["profile", "export.xlsx", "--name", "acme", "--sheet", "Results"]) == 0
    assert "xlsx, sheet 'Results', header in line 1, 14 columns" in capsys.readouterr().out


def test_a_proposal_is_not_written_over(tmp_path, capsys):
    file = saved(tmp_path, nccer())
    assert console.main(["profile", str(file), "--name", "acme"]) == 0
    before = (tmp_path / "my-registry" / "certifiers" / "acme.yml").read_bytes()
    capsys.readouterr()
    assert console.main(["profile", str(file), "--name", "acme"]) == 1
    assert capsys.readouterr().err.startswith("refused: my-registry/certifiers/acme.yml is there already")
    assert (tmp_path / "my-registry" / "certifiers" / "acme.yml").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "code"), [(["profile", "nothing.csv"], 1), (["profile"], 2), (["profile", ".", "--name", "No Name"], 1)]
)
def test_profile_refuses_in_one_line(words, code, capsys):
    assert console.main(words) == code
    err = capsys.readouterr().err
    assert code == 2 or (err.startswith("refused: ") and len(err.splitlines()) == 1)


def checked(capsys, *words: str) -> tuple[int, list[str], str]:
    """Exit code of ``registry check``, what it refuses, and what else it says."""
    code = console.main([*words, "registry", "check"])
    told = capsys.readouterr()
    return code, told.err.splitlines(), told.out


def deliver(tmp_path: Path, name: str, content: str, certifier: str = "mssc") -> None:
    folder = tmp_path / "home" / "clearinghouse" / "inbox" / "manufacturing" / certifier
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")


HEADER = (
    "TransactionID,CandidateID,First Name,Last Name,Suffix,Former Last Name,DOB,Gender,Email,City,State,Zip,Exam Code,Exam Title,"
    "Event,Result,Event Date,Expires,Training Provider,Provider OPEID,Program Type,Block Student Credential,Batch"
)
ROW = "1,2,Ann,Smith,,,01/02/1990,F,,,OH,43004,CPT,Title,CERT,P,03/04/{year},,,,CR,N,1"


def test_check_is_green_without_mistakes(tmp_path, capsys):
    deliver(tmp_path, "2015.csv", f"{HEADER}\n{ROW.format(year=2015)}\n")
    code, refused, told = checked(capsys)
    assert (code, refused) == (0, [])
    assert "4 industries, 8 certifiers" in told
    assert "no mistakes" in told


def test_check_names_the_file_of_an_industry_that_was_saved_under_another_name(tmp_path, capsys):
    industries = tmp_path / "reg" / "industries"
    industries.mkdir(parents=True)
    (industries / "welding.yml").write_text(
        "industry: example\nname: Welding\nnaics: ['33']\ncertifiers: [mssc]\n"
        "cohorts: {first_award_year: 2014, last_award_year: 2018}\nowner: team:data\n",
        encoding="utf-8",
    )
    folder = tmp_path / "home" / "clearinghouse" / "inbox" / "welding" / "mssc"
    folder.mkdir(parents=True)
    (folder / "2015.csv").write_text(f"{HEADER}\n{ROW.format(year=2015)}\n", encoding="utf-8")
    code, refused, _ = checked(capsys, "--registry", str(tmp_path / "reg"))
    assert code == 1
    assert refused == [
        "refused: industries/welding.yml, line 1: key 'industry': the value must be the name of the file, 'welding' [E_REGISTRY]"
    ]


def test_check_looks_at_headers_and_at_files_that_nobody_reads(tmp_path, capsys):
    deliver(tmp_path, "2015.csv", f"{HEADER.replace('Exam Code', 'Familiar')}\n")
    deliver(tmp_path, "2016.csv", f"{HEADER}\n{ROW.format(year=2016)}\n", certifier="acme")
    code, refused, told = checked(capsys)
    assert code == 1
    (line,) = refused
    assert line.startswith("refused: inbox/manufacturing/mssc/2015.csv: ")
    assert "E_HEADER" in line
    assert "warning: inbox/manufacturing" in told


def test_check_warns_of_years_that_a_default_cuts_off(tmp_path, capsys):
    deliver(tmp_path, "2015.csv", "\n".join([HEADER, *(ROW.format(year=year) for year in (2015, 2021, 2022))]))
    (tmp_path / "reg" / "industries").mkdir(parents=True)
    text = "industry: manufacturing\nname: Manufacturing\nnaics: ['31']\ncertifiers: [mssc]\nagreement: manufacturing_extract\n"
    (tmp_path / "reg" / "industries" / "manufacturing.yml").write_text(text)
    code, refused, told = checked(capsys, "--registry", "reg")
    assert (code, refused) == (0, [])
    assert "2005 to 2018 are a default; 2 of 3 dated rows in the inbox lie outside (2015 to 2022)" in told
    (tmp_path / "reg" / "industries" / "manufacturing.yml").write_text(
        f"{text}cohorts: {{first_award_year: 2005, last_award_year: 2022}}\n"
    )
    assert "default" not in checked(capsys, "--registry", "reg")[2]


def test_check_tells_all_mistakes_of_all_files(tmp_path, capsys):
    (tmp_path / "reg" / "industries").mkdir(parents=True)
    (tmp_path / "reg" / "industries" / "mining.yml").write_text(
        "industry: mining\nname: Mining\nnaics: [x]\ncertifiers: [acme]\n"
    )
    (tmp_path / "reg" / "industries" / "retail.yml").write_text("industry: [\n")
    deliver(tmp_path, "2015.csv", "nothing\n")
    code, refused, _ = checked(capsys, "--registry", "reg")
    assert code == 1
    assert [line.split(": ")[1] for line in refused] == [
        "industries/mining.yml, line 3",
        "industries/mining.yml, line 4",
        "industries/retail.yml, line 2",
        "inbox/manufacturing/mssc/2015.csv",
    ]


def logistics(folder: Path, **more: object) -> str:
    """A registry with one more industry of a shipped certifier."""
    industry = {"industry": "logistics", "name": "Logistics", "naics": ["48"], "certifiers": ["mssc"]}
    (folder / "industries").mkdir(parents=True, exist_ok=True)
    content = {**industry, "cohorts": {"first_award_year": 2014, "last_award_year": 2018}, "owner": "team:data", **more}
    (folder / "industries" / "logistics.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return str(folder)


def agreement(folder: Path, **changes: object) -> None:
    """The shipped agreement of manufacturing as that of another industry."""
    content = yaml.safe_load((BUILT_IN / "agreements" / "manufacturing_extract.yml").read_text(encoding="utf-8"))
    (folder / "agreements").mkdir(parents=True, exist_ok=True)
    content = {
        key: value for key, value in {**content, "id": "logistics_extract", **changes}.items() if value is not None
    }
    (folder / "agreements" / "logistics_extract.yml").write_text(yaml.safe_dump(content), encoding="utf-8")


def test_an_industry_without_an_agreement_runs_up_to_the_links_and_is_warned_of(tmp_path, capsys):
    code, refused, told = checked(capsys, "--registry", logistics(tmp_path / "reg"))
    assert (code, refused) == (0, [])
    (line,) = [line for line in told.splitlines() if line.startswith("warning: ")]
    assert line.startswith(
        "warning: industries/logistics.yml names no agreement: logistics runs up to linked_records; "
    )
    assert "no mistakes" in told


@pytest.mark.parametrize(
    ("name", "states", "warned"),
    [
        ("ohio", ["OH"], True),
        ("everywhere", ["all"], False),
        ("wages_demonstration", ["OH"], False),
    ],
)
def test_wages_that_only_the_built_in_agreement_allows_are_warned_of(tmp_path, capsys, name, states, warned):
    """Whoever agreed with one state on its wages would use those of all others."""
    content = yaml.safe_load((BUILT_IN / "agreements" / "wages_demonstration.yml").read_text(encoding="utf-8"))
    (tmp_path / "reg" / "agreements").mkdir(parents=True)
    own = yaml.safe_dump({**content, "id": name, "states": states})
    (tmp_path / "reg" / "agreements" / f"{name}.yml").write_text(own, encoding="utf-8")
    code, refused, told = checked(capsys, "--registry", str(tmp_path / "reg"))
    assert (code, refused) == (0, [])
    lines = [line for line in told.splitlines() if "E_BUILT_IN_WAGES" in line]
    assert bool(lines) is warned
    if warned:
        assert "agreements/wages_demonstration.yml" in lines[0]
        assert "56 states that your agreements do not name (AK to unknown)" in lines[0]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signed": datetime.date(2031, 1, 1)}, "E_NO_AGREEMENT"),
        ({"signed": datetime.date(2019, 1, 1), "expires": datetime.date(2020, 1, 1)}, "E_AGREEMENT_EXPIRED"),
        ({"release": None}, "E_NO_AGREEMENT"),
        ({"columns": []}, "E_REGISTRY"),
    ],
)
def test_an_agreement_that_is_there_and_does_not_hold_is_a_mistake(tmp_path, capsys, changes, code):
    agreement(tmp_path / "reg", **changes)
    found, refused, _ = checked(capsys, "--registry", logistics(tmp_path / "reg", agreement="logistics_extract"))
    assert found == 1
    assert [line.rpartition(" ")[2] for line in refused] == [f"[{code}]"]


def test_an_agreement_that_no_industry_names_is_a_mistake_where_one_lacks_it(tmp_path, capsys):
    agreement(tmp_path / "reg")
    code, (line,), told = checked(capsys, "--registry", logistics(tmp_path / "reg"))
    assert code == 1
    assert "logistics has no data sharing agreement" in line
    assert "No industry names logistics_extract" in line
    assert "warning" not in told
