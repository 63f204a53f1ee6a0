"""``ask``: what it takes, and what it refuses before it looks at anybody."""

import pytest

from assets.console import main as console


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--code", "0023300", "--out", "{folder}/a.txt"], "E_FORMAT"),
        (["--code", "0023300x", "--out", "{folder}/a.txt"], "E_FORMAT"),
        (["--code", "00233000", "--out", "{folder}/a.csv"], "E_FORMAT"),
        (["--code", "00233000", "--out", "{folder}/absent/a.txt"], "E_FORMAT"),
        (["--code", "00233000", "--out", "{folder}/a.txt"], "E_NOT_PUBLISHED"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(tmp_path, capsys, words, code):
    said = ["ask", "manufacturing", "--name", "Council", "--since", "2010-01-01"]
    given = [word.format(folder=tmp_path) for word in words]
    assert console.main([*said, *given, "--home", str(tmp_path / "home")]) == 1
    error = capsys.readouterr().err
    assert code in error
    assert len(error.strip().splitlines()) == 1
    assert not list(tmp_path.glob("a.*"))


def test_a_day_that_is_none_is_wrong_usage(tmp_path):
    words = ["ask", "manufacturing", "--code", "00233000", "--name", "X", "--since", "1.1.2010", "--out", "a.txt"]
    assert console.main([*words, "--home", str(tmp_path)]) == 2
