"""The stand-alone command keeps a run and joins later records to it. SYNTHETIC."""

import json

import polars as pl
import pytest
from click.testing import CliRunner

from tests.linkage.people import nation
from tutela.cli.linkage import command
from tutela.errors import InputRefused, Misuse, SafetyBlock, TutelaError
from tutela.linkage.secret import LinkageSecret


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    LinkageSecret.create().save(tmp_path / "linkage.secret")
    frame = nation()
    frame.head(-6).write_csv("old.csv")
    frame.tail(6).head(3).write_csv("new.csv")
    frame.tail(3).write_csv("newer.csv")
    return tmp_path


def run(*arguments):
    result = CliRunner().invoke(command, [str(a) for a in arguments])
    if isinstance(result.exception, TutelaError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def link(source, *options):
    result = run("run", source, "-o", "out.parquet", *options, "--json")
    return json.loads(result.stdout.splitlines()[-1]), pl.read_parquet("out.parquet")


SECRET = ("--secret", "linkage.secret")


def test_records_join_a_kept_run_one_after_another(here):
    _, old = link("old.csv", *SECRET, "--keep", "run")
    report, first = link("new.csv", *SECRET, "--against", "run", "--keep", "run")
    assert (report["joined"], first.height) == (3, old.height + 3)
    assert report["seconds"] > 0
    report, second = link("newer.csv", *SECRET, "--against", "run", "--keep", "run2")
    assert (report["joined"], second.height) == (6, old.height + 6)
    names = dict(old.select("record_id", "cluster_id").iter_rows())
    again = dict(second.select("record_id", "cluster_id").iter_rows())
    assert all(again[record] == name for record, name in names.items())
    # Both at once give the same, in the same order or another.
    pl.concat([pl.read_csv(f, infer_schema=False) for f in ("newer.csv", "new.csv")]).write_csv(
        "both.csv"
    )
    link("old.csv", *SECRET, "--keep", "fresh")
    _, together = link("both.csv", *SECRET, "--against", "fresh")
    groups = [
        set(
            c.group_by("cluster_id")
            .agg(pl.col("record_id").sort())
            .get_column("record_id")
            .list.join(",")
        )
        for c in (second, together)
    ]
    assert groups[0] == groups[1]


def test_events_are_shown(here):
    link("old.csv", *SECRET, "--keep", "run")
    assert "nothing changed" in run("events", "run").output
    link("new.csv", *SECRET, "--against", "run", "--keep", "run")
    shown = json.loads(run("events", "run", "--json").stdout)
    assert shown["counts"] == {"born": sum(e["event"] == "born" for e in shown["events"])}
    with pytest.raises(Misuse):
        run("events")
    (here / "empty").mkdir()
    with pytest.raises(InputRefused, match="no events"):
        run("events", "empty")


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        (("--against", "run"), Misuse, "secret"),
        ((*SECRET, "--against", "run", "--truth", "truth"), Misuse, "measures nothing"),
        ((*SECRET, "--against", "run", "--threshold", "0.9"), InputRefused, "threshold"),
        (("--secret", "other.secret", "--against", "run"), InputRefused, "cannot be compared"),
        ((*SECRET, "--against", "other"), InputRefused, "no index"),
        ((*SECRET, "--keep", "run"), Misuse, "not empty"),
        (
            ("--secret", "inside/linkage.secret", "--keep", "inside"),
            SafetyBlock,
            "Keep the secret|lies in",
        ),
    ],
)
def test_what_cannot_be_joined_is_refused_and_nothing_is_written(here, options, error, said):
    link("old.csv", *SECRET, "--keep", "run")
    (here / "out.parquet").unlink()
    (here / "other").mkdir()
    (here / "inside").mkdir()
    LinkageSecret.create().save(here / "inside" / "linkage.secret")
    LinkageSecret.create().save(here / "other.secret")
    with pytest.raises(error, match=said):
        run("run", "new.csv", "-o", "out.parquet", *options)
    assert not (here / "out.parquet").exists()


def test_without_a_secret_a_random_key_is_made_and_announced(here):
    assert "random key" in run("run", "old.csv", "-o", "out.parquet").stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("record_id,given_names\n", "no record"),
        ("", "cannot be read"),
        ("given_names\nAnna\n", "no column record_id"),
        ("record_id,given_names\na,Anna\na,Anna\n", "more than one record"),
        ("record_id,given_names\na,Anna\n,Anna\n", "more than one record"),
    ],
)
def test_a_bad_table_is_refused(here, text, said):
    (here / "bad.csv").write_text(text)
    with pytest.raises(InputRefused, match=said):
        run("run", "bad.csv", "-o", "out.parquet")
    assert not (here / "out.parquet").exists()


@pytest.mark.parametrize(
    "text", ["record_id,source\na,x\nb,y\n", "record_id\na\n", "record_id,given_names\na,\nb,\n"]
)
def test_records_without_anything_to_compare_stay_alone(here, text):
    (here / "bare.csv").write_text(text)
    report, clusters = link("bare.csv")
    assert report["clusters"] == clusters.height == clusters["cluster_id"].n_unique()
