"""The commands from a file to the store, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tutela.cli.main import main
from tutela.submissions.profiles import LANGUAGES

from .sample import sample_file


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run `tutela` in an empty folder; returns exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TUTELA_CENTRE_KEYS", raising=False)
    monkeypatch.setenv("TUTELA_LANG", "en")

    def runner(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as done:
            main(list(arguments))
        out, err = capsys.readouterr()
        code = done.value.code
        return (code if isinstance(code, int) else 0), out, err

    return runner


def made(run: Any) -> None:
    """The keys of a small nation under keys/."""
    assert run("keys", "centre", "keys/centre")[0] == 0
    assert run("keys", "linkage", "keys/linkage")[0] == 0
    code, _, _ = run("keys", "agency", "keys/lp", "--name", "local_police",
                     "--centre", "keys/centre", "--linkage", "keys/linkage")  # fmt: skip
    assert code == 0


def sealed(run: Any, out: str = "p.tutela", **options: str) -> dict[str, Any]:
    more = [part for name, value in options.items() for part in (f"--{name}", value)]
    code, text, err = run("encode", "f.csv", "--profile", "local_police", "--keys", "keys/lp",
                          "-o", out, "--json", *more)  # fmt: skip
    assert code == 0, err
    found: dict[str, Any] = json.loads(text)
    return found


def test_from_a_file_to_the_store_and_out_again(run: Any, tmp_path: Path) -> None:
    made(run)
    sample_file(tmp_path / "f.csv")
    summary = sealed(run, period="2017")
    assert summary["period"] == {"from": "2017-01-01", "to": "2017-12-31"}
    for state in ("received", "unchanged"):
        code, out, _ = run("receive", "p.tutela", "--store", "store", "--json")
        assert (code, json.loads(out)["state"]) == (0, state)
    code, out, _ = run("store", "store", "--json")
    listed = json.loads(out)["submissions"]
    assert (code, [entry["submission"] for entry in listed]) == (0, [summary["submission"]])
    code, out, _ = run("withdraw", summary["submission"], "--store", "store", "--json")
    assert (code, json.loads(out)["records"]) == (0, 3)
    code, out, err = run("receive", "p.tutela", "--store", "store", "--json")
    assert (code, json.loads(out)["error"]["details"]["reason"]) == (1, "withdrawn")
    assert "tutela:" in err
    code, out, _ = run("store", "store")
    assert code == 0
    assert "withdrawn:" in out


def test_the_keys_of_the_centre_may_be_elsewhere(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(run)
    sample_file(tmp_path / "f.csv")
    sealed(run)
    (tmp_path / "keys" / "centre").rename(tmp_path / "safe")
    # Without the centre's folder, keys/ itself is tried, and it holds a linkage secret.
    assert run("receive", "p.tutela", "--store", "store")[0] == 3
    assert not (tmp_path / "store").exists()
    monkeypatch.setenv("TUTELA_CENTRE_KEYS", "safe")
    assert run("receive", "p.tutela", "--store", "store")[0] == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_validate_speaks_the_language_asked_for(run: Any, tmp_path: Path, lang: str) -> None:
    path = sample_file(tmp_path / "f.csv")
    code, out, _ = run("validate", "f.csv", "--profile", "local_police", "--lang", lang)
    assert code == 0
    path.write_text(path.read_text().replace("07/11/2003", "31/02/2003"))
    code, out, _ = run("validate", "f.csv", "--profile", "local_police", "--lang", lang)
    assert code == 1
    assert "31/02/2003" in out
    code, out, _ = run("validate", "f.csv", "--profile", "local_police", "--lang", lang, "--json")
    report = json.loads(out)
    assert (code, report["errors"], report["problems"][0]["examples"][0]["row"]) == (1, 3, 2)


def test_the_environment_chooses_the_language(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_file(tmp_path / "f.csv")
    monkeypatch.delenv("TUTELA_LANG")
    for variable, word in (("LANG", "rijen"), ("TUTELA_LANG", "lignes")):
        monkeypatch.setenv(variable, {"LANG": "nl_BE.UTF-8", "TUTELA_LANG": "fr"}[variable])
        assert word in run("validate", "f.csv", "--profile", "local_police")[1]


def test_exit_codes(run: Any, tmp_path: Path) -> None:
    made(run)
    sample_file(tmp_path / "f.csv")
    assert run("validate", "f.csv", "--profile", "navy")[0] == 2
    assert run("validate", "f.csv")[0] == 2
    assert run("validate", "no.csv", "--profile", "courts")[0] == 1
    assert run("validate", "f.csv", "--profile", "courts")[0] == 0
    assert run("keys", "centre", "keys/centre")[0] == 1
    assert run("keys", "linkage", "keys/centre")[0] == 3
    assert run("store", "nowhere")[0] == 2
    assert run("receive", "no.tutela", "--store", "store")[0] == 1
    assert run("encode", "f.csv", "--profile", "local_police", "--keys", "keys/lp", "-o", "p",
               "--period", "2017/x")[0] == 2  # fmt: skip


def test_a_refused_file_is_not_sealed(run: Any, tmp_path: Path) -> None:
    made(run)
    path = sample_file(tmp_path / "f.csv")
    path.write_text(path.read_text().replace("07/11/2003", "31/02/2003"))
    code, out, _ = run("encode", "f.csv", "--profile", "local_police", "--keys", "keys/lp",
                       "-o", "p.tutela", "--json")  # fmt: skip
    assert (code, json.loads(out)["error"]["details"]["errors"]) == (1, 3)
    assert not (tmp_path / "p.tutela").exists()


def test_epochs_of_a_store(run: Any) -> None:
    assert json.loads(run("store", "s", "--create", "--epochs", "2", "--json")[1])["epochs"] == [2]
    assert json.loads(run("store", "s", "--epochs", "2,3", "--json")[1])["epochs"] == [2, 3]
    assert run("store", "s", "--epochs", "x")[0] == 2
    assert run("store", "s", "--epochs", "0")[0] == 2


def test_profiles_and_template(run: Any, tmp_path: Path) -> None:
    code, out, _ = run("profiles", "--json")
    assert (code, len(json.loads(out)["profiles"])) == (0, 10)
    shown = json.loads(run("profiles", "courts", "--json")[1])
    (judgment,) = [column for column in shown["columns"] if column["name"] == "judgment"]
    assert judgment["codes"] == ["convicted", "acquitted", "prescribed"]
    assert "Hoven" in run("profiles", "--lang", "nl")[1]
    assert "Registratienummer" in run("profiles", "courts", "--lang", "nl")[1]
    assert run("profiles", "navy")[0] == 2
    code, out, _ = run("template", "courts", "-o", "t.xlsx", "--lang", "de", "--json")
    assert (code, json.loads(out)["lang"]) == (0, "de")
    assert (tmp_path / "t.xlsx").exists()
