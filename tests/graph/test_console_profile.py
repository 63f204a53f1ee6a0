"""``profile`` and ``registry check`` as people use them: what is told, what is written, what is refused."""

from pathlib import Path

import pytest

from assets.console import main as console
from tests.domain.clearinghouse.onboarding_dialects import DIALECTS, HELD_OUT, comptia, nccer


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    monkeypatch.delenv("CREDENTIAL_PIPELINE_REGISTRY", raising=False)
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
