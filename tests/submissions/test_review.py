"""Clerical review: the whole round trip, what each side sees, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from tutela.cli.main import cli
from tutela.errors import InputRefused, Misuse
from tutela.submissions.keys import AgencyKeys
from tutela.submissions.linking import link_store
from tutela.submissions.profiles import load_profile
from tutela.submissions.review.batch import batches, open_batch
from tutela.submissions.review.collect import collect, constraints
from tutela.submissions.review.fields import FIELDS
from tutela.submissions.review.sample import asked_before, rounds, sample
from tutela.submissions.review.sheet import read_sheet, write_sheet
from tutela.submissions.store import Store
from tutela.submissions.withdraw import withdraw_submission

from .conftest import LinkedNation, tree

SIZE = 8


def run(*arguments: object) -> dict[str, object]:
    result = CliRunner().invoke(cli, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


class Reviewed:
    """A copy of the linked nation in which one round was asked and answered by every agency."""

    def __init__(self, made: LinkedNation, folder: Path) -> None:
        self.made, self.folder = made, folder
        shutil.copytree(made.store.path, folder / "store")
        self.store = Store.open(folder / "store")
        self.held = {
            s.manifest["agency"]: s.manifest["counts"]["records"] for s in self.store.submissions()
        }
        self.report = run(
            "review", "sample", "--store", self.store.path, "--keys", made.centre,
            "-o", folder / "batches", "--questions", SIZE,
        )  # fmt: skip
        truth = made.folder / "truth"
        persons = pl.read_parquet(truth / "persons.parquet")
        self.truth = pl.read_parquet(truth / "records.parquet").join(
            persons.select("person_id", "birth_date", true_sex="sex"), on="person_id"
        )
        self.answers = [self.answer(batch) for batch in sorted((folder / "batches").iterdir())]

    def file(self, agency: str) -> Path:
        return next(path for path in self.made.files() if path.parent.name == agency)

    def answer(self, batch: Path) -> Path:
        """What a clerk does: names stand as written; birth date and sex are those of the papers."""
        agency = batch.name.split("-")[2]
        keys = self.made.keys(agency)
        sheet, out = self.folder / f"{agency}.csv", self.folder / f"{agency}.answer"
        asked = run(
            "review", "ask", batch, "--keys", keys, "--file", self.file(agency),
            "--profile", agency, "-o", sheet,
        )  # fmt: skip
        assert asked["rows"] == min(SIZE, self.held[agency])
        rows = pl.read_csv(sheet, infer_schema=False)
        known = rows.join(
            self.truth, on="record_id", how="left", maintain_order="left", suffix="_true"
        )
        filled = rows.with_columns(
            *(pl.lit("=").alias(f"{field}_check") for field in FIELDS),
        ).with_columns(
            known["birth_date_true"].dt.to_string().alias("birth_date_check"),
            known["true_sex"].alias("sex_check"),
            pl.lit("?").alias("phone_check"),
        )
        filled.write_csv(sheet)
        run("review", "answer", sheet, "--batch", batch, "--keys", keys, "-o", out)
        return out


@pytest.fixture(scope="module")
def reviewed(linked_nation: LinkedNation, tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    return Reviewed(linked_nation, tmp_path_factory.mktemp("review"))


def test_answers_become_true_constraints_of_the_next_linkage(reviewed: Reviewed, tmp_path):
    store = Store.open(shutil.copytree(reviewed.store.path, tmp_path / "store"))
    for answer in reviewed.answers:
        outcome = run(
            "review", "collect", answer, "--store", store.path, "--keys", reviewed.made.centre
        )
        assert outcome["state"] == "received"
    decided = constraints(store)
    assert decided.height > 0
    person = dict(reviewed.truth.select("record_id", "person_id").iter_rows())
    right = [
        (person[a] == person[b]) == (kind == "must_link") for a, b, kind in decided.iter_rows()
    ]
    assert sum(right) / len(right) > 0.9
    report = link_store(store.path)
    assert report["run"] != reviewed.made.report["run"]
    clusters = pl.read_parquet(store.path / "linkage" / report["run"] / "clusters.parquet")
    cluster = dict(clusters.select("record_id", "cluster_id").iter_rows())
    for one, other, kind in decided.iter_rows():
        assert (cluster[one] == cluster[other]) == (kind == "must_link")
    # Collecting again changes nothing, and a second round asks about other records.
    before = tree(store.path)
    again = collect(reviewed.answers[0], store, reviewed.made.centre)
    assert again.state == "unchanged"
    assert tree(store.path) == before


def test_what_the_centre_sees_holds_no_identity(reviewed: Reviewed, tmp_path):
    """Every name and birth date of the sheets is searched in all that reaches the store."""
    store = Store.open(shutil.copytree(reviewed.store.path, tmp_path / "store"))
    for answer in reviewed.answers:
        collect(answer, store, reviewed.made.centre)
    words: set[str] = set()
    for path in sorted((store.path / "review").rglob("*")):
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path).with_columns(
                pl.col(pl.List(pl.UInt64)).list.eval(pl.element().cast(pl.String)).list.join(" "),
                pl.col(pl.Binary).bin.encode("hex"),
            )
            words |= set(frame.write_csv().lower().replace(",", " ").split())
        elif path.is_file():
            words |= set(path.read_text(encoding="utf-8").lower().replace('"', " ").split())
    sheets = [pl.read_csv(p, infer_schema=False) for p in reviewed.folder.glob("*.csv")]
    secret: set[str] = set()
    for sheet in sheets:
        for column in ("given_names", "family_names", "mother_names", "birth_date", "record"):
            for value in sheet[column].drop_nulls().to_list():
                secret |= {part for part in value.lower().split() if len(part) > 2}
        # A year of birth alone is a code.
        secret -= set(sheet["birth_date"].str.extract(r"^(\d{4})$").drop_nulls())
        secret |= {v for v in sheet["birth_date_check"].to_list() if v and len(v) > len("2026")}
    assert len(secret) > 100
    assert words.isdisjoint(secret)


def test_an_agency_sees_its_own_labels_and_nothing_of_doubt(reviewed: Reviewed):
    found = rounds(reviewed.store)[0]
    for path in sorted((reviewed.folder / "batches").iterdir()):
        agency = AgencyKeys.load(reviewed.made.keys(path.name.split("-")[2]))
        batch = open_batch(path, agency)
        assert set(batch.as_dict()) == {
            "format", "round", "agency", "key_epoch", "key_check", "records",
        }  # fmt: skip
        labels = batch.labels()
        assert len(labels) == min(SIZE, reviewed.held[agency.agency])
        assert labels == sorted(labels)
        assert all(label.startswith(f"{agency.agency}-") for label in labels)
        other = next(k for k in reviewed.made.files() if k.parent.name != agency.agency)
        with pytest.raises(InputRefused):
            open_batch(path, AgencyKeys.load(reviewed.made.keys(other.parent.name)))
    assert {batch.agency for batch in batches(found)} == {
        path.parent.name for path in reviewed.made.files()
    }


def test_a_record_in_doubt_stands_among_records_like_it(reviewed: Reviewed):
    """Of every kind that an agency can tell apart, at least three in four are decoys."""
    found = rounds(reviewed.store)[0]
    records = pl.concat([s.records().collect() for s in reviewed.store.submissions()])
    filled = [c for c in records.columns if c.endswith("_filter")]
    asked = found.questions.join(
        records.select(
            "record_id", "role", "birth_date_quality", "citizenship", "residence", "phone_token",
            *filled,
        ),
        on="record_id",
    )  # fmt: skip
    kind = [
        "agency", "role", "birth_date_quality",
        *(pl.col(c).is_not_null() for c in [*filled, "citizenship", "residence", "phone_token"]),
    ]  # fmt: skip
    shares = asked.group_by(*kind).agg(
        pl.col("in_doubt").mean(), pl.col("in_doubt").sum().alias("n")
    )
    assert shares["n"].sum() > 0
    assert shares["in_doubt"].max() <= 0.25
    for name, agency in reviewed.report["agencies"].items():  # type: ignore[attr-defined]
        assert agency["questions"] == min(SIZE, reviewed.held[name])
        assert agency["in_doubt"] <= SIZE // 4


def test_no_record_is_asked_about_twice(reviewed: Reviewed, tmp_path):
    store = Store.open(shutil.copytree(reviewed.store.path, tmp_path / "store"))
    first = set(asked_before(store))
    second, _ = sample(store, size=SIZE, seed=2)
    assert first.isdisjoint(second.questions["record_id"])
    assert second.name == "round-0002"


def test_an_answer_that_was_altered_or_not_asked_for_is_refused(reviewed: Reviewed, tmp_path):
    store = Store.open(shutil.copytree(reviewed.store.path, tmp_path / "store"))
    answer = tmp_path / "a.answer"
    whole = reviewed.answers[0].read_bytes()
    for place in (60, len(whole) // 2, len(whole) - 20):
        answer.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(InputRefused) as error:
            collect(answer, store, reviewed.made.centre)
        assert error.value.details["reason"] == "unreadable"
    with pytest.raises(InputRefused) as error:
        collect(reviewed.made.planted, store, reviewed.made.centre)
    assert error.value.details["reason"] == "wrong-kind"
    shutil.rmtree(store.path / "review")
    with pytest.raises(InputRefused) as error:
        collect(reviewed.answers[0], store, reviewed.made.centre)
    assert error.value.details["reason"] == "not-asked"
    assert not (store.path / "review" / "answers").exists()


def test_a_second_other_answer_is_refused(reviewed: Reviewed, tmp_path):
    store = Store.open(shutil.copytree(reviewed.store.path, tmp_path / "store"))
    collect(reviewed.answers[0], store, reviewed.made.centre)
    batch = sorted((reviewed.folder / "batches").iterdir())[0]
    agency = batch.name.split("-")[2]
    sheet = tmp_path / "again.csv"
    rows = pl.read_csv(reviewed.folder / f"{agency}.csv", infer_schema=False)
    rows.with_columns(sex_check=pl.lit("?")).write_csv(sheet)
    other = tmp_path / "other.answer"
    run(
        "review",
        "answer",
        sheet,
        "--batch",
        batch,
        "--keys",
        reviewed.made.keys(agency),
        "-o",
        other,
    )
    with pytest.raises(InputRefused) as error:
        collect(other, store, reviewed.made.centre)
    assert error.value.details["reason"] == "answered"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sex_check": ""}, "nothing is written"),
        ({"birth_date_check": "soon"}, "cannot be read"),
        ({"citizenship_check": "Ruritania"}, "cannot be read"),
        ({"record_id": "hotline-0000000000000000"}, "do not answer the batch"),
    ],
)
def test_a_sheet_is_read_row_by_row(reviewed: Reviewed, tmp_path, change, message):
    batch = sorted((reviewed.folder / "batches").iterdir())[0]
    agency = batch.name.split("-")[2]
    opened = open_batch(batch, AgencyKeys.load(reviewed.made.keys(agency)))
    rows = pl.read_csv(reviewed.folder / f"{agency}.csv", infer_schema=False)
    column, value = next(iter(change.items()))
    first = pl.int_range(pl.len()) == 0
    wrong = rows.with_columns(
        pl.when(first).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    )
    wrong.write_csv(tmp_path / "sheet.csv")
    with pytest.raises(InputRefused, match=message):
        read_sheet([tmp_path / "sheet.csv"], opened)


def test_a_sheet_is_private_and_never_written_over(reviewed: Reviewed, tmp_path):
    batch = sorted((reviewed.folder / "batches").iterdir())[0]
    agency = AgencyKeys.load(reviewed.made.keys(batch.name.split("-")[2]))
    opened = open_batch(batch, agency)
    out = tmp_path / "sheet.csv"
    file = reviewed.file(agency.agency)
    write_sheet(opened, agency, file, agency.agency, out)
    assert out.stat().st_mode & 0o077 == 0
    with pytest.raises(InputRefused, match="exists"):
        write_sheet(opened, agency, file, agency.agency, out)
    with pytest.raises(Misuse, match="asks nothing"):
        write_sheet(opened, agency, file, load_profile("hotline").name + "x", tmp_path / "x.csv")


def test_withdrawn_records_leave_the_review_too(reviewed: Reviewed, tmp_path):
    store = Store.open(shutil.copytree(reviewed.store.path, tmp_path / "store"))
    collect(reviewed.answers[0], store, reviewed.made.centre)
    agency = sorted((reviewed.folder / "batches").iterdir())[0].name.split("-")[2]
    name = next(s.name for s in store.submissions() if s.manifest["agency"] == agency)
    withdraw_submission(name, store)
    for path in (store.path / "review").rglob("*.parquet"):
        frame = pl.read_parquet(path)
        for column in [c for c in frame.columns if c.startswith("record_id")]:
            assert not frame[column].str.starts_with(f"{agency}-").any()


def test_a_size_that_hides_nothing_is_refused(reviewed: Reviewed):
    with pytest.raises(Misuse, match="cannot hide"):
        sample(reviewed.store, size=3, decoys=3)
