"""Planning: what is promised is what protecting really shows, and the ledger keeps to it."""

import json

import polars as pl
import pytest

from tutela.cli.main import main
from tutela.disclosure.plan import plan, read_catalogue, windows
from tutela.disclosure.protect import protect
from tutela.disclosure.table import FrequencyTable

SPEC = """
threshold = 5
protection = 5
zeros = "hidden"
seed = 1
attackers = ["outsider"]
[[dimension]]
name = "place"
[dimension.parents]
a1 = "a"
a2 = "a"
b1 = "b"
b2 = "b"
[[dimension]]
name = "form"
"""
CATALOGUE = """
spec = "spec.toml"
most_hidden = 0.3
cycles = [1, 2]
[[table]]
name = "small"
dimensions = ["place", "form"]
[[table]]
name = "large"
dimensions = ["form"]
"""


def data(small=3):
    """Four years; in each, every place has `small` units of one form and many of the other."""
    rows = [
        {"year": str(year), "place": place, "form": form, "count": n}
        for year in range(2019, 2023)
        for place in ("a1", "a2", "b1", "b2")
        for form, n in (("x", small), ("y", 40))
    ]
    return pl.DataFrame(rows)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "spec.toml").write_text(SPEC)
    (tmp_path / "catalogue.toml").write_text(CATALOGUE)
    data().write_csv(tmp_path / "data.csv")
    return tmp_path


@pytest.fixture
def run(capsys):
    """run(…) → exit code, what was printed, what was said."""

    def command(*arguments):
        try:
            main(["disclosure", *map(str, arguments)])
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        return code, *capsys.readouterr()

    return command


def test_two_years_together_show_what_one_year_hides(folder):
    small, large = plan(read_catalogue(folder / "catalogue.toml"), data())
    by_cycle = {one.cycle: one for one in small.options if one.detail == "full detail"}
    assert by_cycle[1].hidden_share > 0.3
    assert by_cycle[2].hidden == 0  # 3 + 3 is no small count any more
    assert large.chosen.cycle == 1
    assert large.chosen.hidden == 0


def test_the_choice_shows_most_over_all_years(folder):
    (small, _) = plan(read_catalogue(folder / "catalogue.toml"), data())
    fit = [one for one in small.options if one.hidden_share <= 0.3]
    assert small.chosen.shown == max(one.shown for one in fit)


def test_what_is_promised_is_what_protecting_shows(folder):
    catalogue = read_catalogue(folder / "catalogue.toml")
    (small, _) = plan(catalogue, data())
    option = next(one for one in small.options if one.cycle == 1)
    hidden = 0
    for year in option.windows:
        counts = data().filter(pl.col("year") == year).drop("year")
        table = FrequencyTable("small", catalogue.spec.dimensions, counts)
        hidden += protect([table], catalogue.spec.policy).report["small"]["hidden"]
    assert option.hidden == hidden


def test_a_table_that_shows_too_little_is_offered_coarser(folder):
    sparse = data(small=1).with_columns(
        pl.when(pl.col("form") == "y").then(2).otherwise(pl.col("count")).alias("count")
    )
    (small, _) = plan(read_catalogue(folder / "catalogue.toml"), sparse)
    details = [one.detail for one in small.options if one.cycle == 2]
    assert details[0] == "full detail"
    assert len(details) > 1
    assert "without the finest codes of place" in details[1]


def test_years_left_over_wait_for_their_window():
    assert windows(["1", "2", "3"], 2) == [("1", "2")]
    assert windows(["1"], 2) == []


def test_the_ledger_keeps_to_the_plan(folder, run):
    ledger = folder / "ledger"
    code, printed, said = run("plan", folder / "catalogue.toml", "--data", folder / "data.csv",
                              "--ledger", ledger, "--json")  # fmt: skip
    assert code == 0, said
    chosen = {one["name"]: one["chosen"] for one in json.loads(printed)["tables"]}
    window = chosen["small"]["windows"][0]
    years = window.split("-")
    counts = data().filter(pl.col("year").is_in(years)).group_by("place", "form").agg(
        pl.col("count").sum()
    )  # fmt: skip
    for name in ("small", "other"):
        counts.write_csv(folder / f"{name}.csv")

    def protected(name, release):
        return run("protect", folder / f"{name}.csv", "--spec", folder / "spec.toml",
                   "-o", folder / "out.csv", "--ledger", ledger, "--release", release)  # fmt: skip

    code, _, said = protected("other", window)
    assert code == 3
    assert "holds no table 'other'" in said
    assert protected("small", "2019-2022")[0] == 3
    assert not (folder / "out.csv").exists()
    finer = data().filter(pl.col("year").is_in(years)).with_columns(
        place=pl.col("place") + "x"
    ).drop("year").group_by("place", "form").agg(pl.col("count").sum())  # fmt: skip
    finer.write_csv(folder / "small.csv")
    assert protected("small", window)[0] != 0
    counts.write_csv(folder / "small.csv")
    assert protected("small", window)[0] == 0


def test_another_plan_in_the_same_ledger_is_refused(folder, run):
    arguments = ("plan", folder / "catalogue.toml", "--data", folder / "data.csv",
                 "--ledger", folder / "ledger")  # fmt: skip
    assert run(*arguments)[0] == 0
    assert run(*arguments)[0] == 0  # the same again changes nothing
    data(small=9).write_csv(folder / "data.csv")
    code, _, said = run(*arguments)
    assert code == 3
    assert "another plan" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CATALOGUE.replace("most_hidden = 0.3", "most_hidden = 2"), "most_hidden"),
        (CATALOGUE.replace("cycles = [1, 2]", "cycles = [0]"), "cycles"),
        (CATALOGUE.replace('["form"]', '["shape"]'), "no dimension 'shape'"),
        (CATALOGUE + "\nwishes = 1", "wishes"),
        ('spec = "spec.toml"', "no [[table]]"),
        ("spec = ", "cannot be read"),
    ],
)
def test_a_catalogue_that_cannot_be_is_refused_by_name(folder, run, text, words):
    (folder / "catalogue.toml").write_text(text)
    code, _, said = run("plan", folder / "catalogue.toml", "--data", folder / "data.csv")
    assert code in {1, 2}
    assert words in said


def test_data_without_a_year_are_refused_by_row(folder, run):
    missing = data().with_columns(
        pl.when(pl.int_range(pl.len()) == 4).then(None).otherwise(pl.col("year")).alias("year")
    )
    missing.write_csv(folder / "data.csv")
    code, _, said = run("plan", folder / "catalogue.toml", "--data", folder / "data.csv")
    assert code == 1
    assert "Row 5" in said


def test_what_another_tool_published_is_recorded_and_reckoned_with(folder, run):
    true = pl.DataFrame({"place": ["a1", "a2", "b1", "b2"], "form": ["x"] * 4,
                         "count": [3, 30, 40, 50]})  # fmt: skip
    true.write_csv(folder / "t.csv")
    spec = folder / "spec.toml"
    assert run("protect", folder / "t.csv", "--spec", spec, "-o", folder / "out.csv")[0] == 0
    added = ("ledger", "add", folder / "out.csv", "--spec", spec, "--original",
             folder / "t.csv", "--ledger", folder / "ledger")  # fmt: skip
    assert run(*added)[0] == 0
    code, printed, _ = run("ledger", "show", folder / "ledger", "--json")
    assert [one["release"] for one in json.loads(printed)["releases"]] == ["out"]
    cells = pl.read_csv(folder / "out.csv")
    shown = int((cells["status"] == "shown").arg_true()[0])
    value = cells["count"][shown]
    cells[shown, "count"] = value + 1
    cells.write_csv(folder / "out.csv")
    code, _, said = run(*added)
    assert code == 1
    assert f"was published as {value + 1}, and counts {value}" in said


def test_an_unsafe_table_is_recorded_and_called_unsafe(folder, run):
    true = pl.DataFrame({"place": ["a1", "a2", "b1", "b2"], "form": ["x"] * 4,
                         "count": [3, 30, 40, 50]})  # fmt: skip
    true.write_csv(folder / "t.csv")
    spec = folder / "spec.toml"
    assert run("protect", folder / "t.csv", "--spec", spec, "-o", folder / "out.csv")[0] == 0
    naive = pl.read_csv(folder / "out.csv", infer_schema_length=None)
    all_shown = {("a2", "x"): 30, ("b1", "x"): 40, ("b2", "x"): 50, ("a", "x"): 33,
                 ("b", "x"): 90, ("_T", "x"): 123}  # fmt: skip
    rows = [
        {**row, "count": None if row["place"] == "a1" else all_shown[(row["place"], "x")],
         "status": "hidden" if row["place"] == "a1" else "shown"}
        for row in naive.iter_rows(named=True)
    ]  # fmt: skip
    pl.DataFrame(rows, infer_schema_length=None).write_csv(folder / "naive.csv")
    code, _, said = run("ledger", "add", folder / "naive.csv", "--spec", spec, "--original",
                        folder / "t.csv", "--ledger", folder / "ledger")  # fmt: skip
    assert code == 3, said
    assert run("ledger", "verify", folder / "ledger")[0] == 0
