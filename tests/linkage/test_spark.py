"""Linkage on Spark gives what the embedded engine gives. SYNTHETIC."""

import json
import os
from functools import cache

import polars as pl
import pytest
from click.testing import CliRunner

from tests.linkage.people import nation
from tutela.cli.linkage import command
from tutela.errors import InputRefused, Misuse
from tutela.linkage.encode import Encoder
from tutela.linkage.known import CANNOT_LINK, MUST_LINK
from tutela.linkage.link import LinkOptions, link
from tutela.linkage.schema import DEFAULT_SCHEMA, Schema
from tutela.linkage.secret import LinkageSecret
from tutela.linkage.spark.session import missing, session

LACKING = missing()
needs_spark = [
    pytest.mark.spark,
    pytest.mark.skipif(LACKING is not None, reason=f"Spark cannot run: {LACKING}"),
]
SECRET = LinkageSecret(bytes(32), 1)


@pytest.fixture(scope="module")
def spark():
    os.environ["SPARK_MASTER"] = "local[2]"
    made = session()
    made.conf.set("spark.sql.shuffle.partitions", "2")
    yield made
    made.stop()
    del os.environ["SPARK_MASTER"]


@cache
def model():
    encoder = Encoder(DEFAULT_SCHEMA, SECRET)
    encoded = encoder.encode(nation())
    return link(encoded, encoder.filters()).model


def parcel(folder, frame, secret=SECRET, role="victim"):
    """A package on disk as the store holds it."""
    folder.mkdir()
    encoder = Encoder(DEFAULT_SCHEMA, secret)
    records = encoder.encode(frame).with_columns(pl.lit(role).alias("role"))
    records.write_parquet(folder / "records.parquet")
    encoder.filters().write_parquet(folder / "filters.parquet")
    return folder / "records.parquet", folder / "filters.parquet"


def crowded():
    """A nation with a crowd of one name in it, so that caps and refinements are at work."""
    one = nation(1).head(1)
    crowd = pl.concat([one] * 150).with_columns(
        record_id=pl.format("c{}", pl.int_range(150)),
        birth_date=pl.format("2003-0{}-11", pl.int_range(150) % 9 + 1),
        phone=pl.lit("0470 12 34 56"),
    )
    return pl.concat([nation(), crowd], how="diagonal")


class TestOnSpark:
    pytestmark = needs_spark

    def linked(self, spark, folder, frames, schema=DEFAULT_SCHEMA, **options):
        from tutela.linkage.spark.engine import link_on_spark

        packages = [parcel(folder / str(n), frame) for n, frame in enumerate(frames)]
        options = LinkOptions(model=model(), **options)
        return link_on_spark(
            spark, packages, schema, options, where="role = 'victim'", scratch=str(folder / "s")
        )

    def test_the_clusters_are_those_of_the_embedded_engine(self, spark, tmp_path):
        frame = crowded()
        told = pl.DataFrame(
            [("a0", "b40", MUST_LINK), ("a2", "b2", CANNOT_LINK), ("a3", "gone", MUST_LINK)],
            orient="row", schema=["record_id_1", "record_id_2", "kind"],
        )  # fmt: skip
        schema = Schema(DEFAULT_SCHEMA.fields, one_per_source=("b",))
        # Two packages, each with a dictionary of its own.
        found = self.linked(spark, tmp_path, [frame[::2], frame[1::2]], schema, constraints=told)
        encoder = Encoder(DEFAULT_SCHEMA, SECRET)
        encoded = encoder.encode(frame)
        options = LinkOptions(model=model(), constraints=told)
        embedded = link(encoded, encoder.filters(), schema, options)
        mine, theirs = found.clusters, embedded.clusters.sort("record_id")
        assert mine.drop("probability").equals(theirs.drop("probability"))
        assert (mine["probability"] - theirs["probability"]).abs().max() < 1e-5
        assert found.report["candidate_pairs"] == embedded.report["candidate_pairs"]
        names = ["record_id_1", "record_id_2"]
        assert (
            found.pairs.sort(names).select(names).equals(embedded.pairs.sort(names).select(names))
        )

    def test_different_keys_are_never_compared(self, spark, tmp_path):
        from tutela.linkage.spark.engine import link_on_spark

        packages = [
            parcel(tmp_path / "1", nation(3).head(3)),
            parcel(tmp_path / "2", nation(3).tail(3), LinkageSecret(bytes(32), 2)),
        ]
        options = LinkOptions(model=model())
        with pytest.raises(InputRefused, match="different keys"):
            link_on_spark(spark, packages, DEFAULT_SCHEMA, options, scratch=str(tmp_path / "s"))

    def test_a_contradiction_is_refused_with_the_records_named(self, spark, tmp_path):
        told = pl.DataFrame(
            [("a0", "a1", MUST_LINK), ("a1", "a2", MUST_LINK), ("a2", "a0", CANNOT_LINK)],
            orient="row", schema=["record_id_1", "record_id_2", "kind"],
        )  # fmt: skip
        with pytest.raises(InputRefused, match="a2 and a0 cannot be one person"):
            self.linked(spark, tmp_path, [nation(5)], constraints=told)

    def test_doubled_labels_and_a_missing_model_are_refused(self, spark, tmp_path):
        from tutela.linkage.spark.engine import link_on_spark

        with pytest.raises(InputRefused, match="more than one record"):
            self.linked(spark, tmp_path, [nation(3), nation(3)])
        with pytest.raises(Misuse, match="model that is given"):
            link_on_spark(spark, [], scratch=str(tmp_path))

    def test_the_command_links_on_spark(self, spark, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        nation().write_csv("in.csv")
        SECRET.save(tmp_path / "linkage.secret")
        found = []
        for engine in ("spark", "embedded"):
            result = CliRunner().invoke(
                command,
                ["run", "in.csv", "-o", f"{engine}.parquet", "--secret", "linkage.secret",
                 "--engine", engine, "--truth", "truth", "--json"],
                catch_exceptions=False,
            )  # fmt: skip
            found.append(json.loads(result.stdout.splitlines()[-1]))
        assert found[0]["cluster"] == found[1]["cluster"]
        assert found[0]["pair"] == found[1]["pair"]
        mine, theirs = (pl.read_parquet(f"{e}.parquet") for e in ("spark", "embedded"))
        columns = ["record_id", "cluster_id"]
        assert mine.select(columns).equals(theirs.sort("record_id").select(columns))


def test_a_machine_without_spark_says_what_to_install(monkeypatch):
    monkeypatch.setattr("tutela.linkage.spark.session.find_spec", lambda name: None)
    with pytest.raises(Misuse, match="pyspark is not installed") as refused:
        session()
    assert "tutela[spark]" in refused.value.remedy


def test_a_machine_without_java_says_so(monkeypatch):
    monkeypatch.setattr("tutela.linkage.spark.session.find_spec", lambda name: object())
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert "no Java" in str(missing())


@pytest.mark.parametrize("option", [["--keep", "run"], ["--clear"]])
def test_what_spark_cannot_do_is_refused(tmp_path, monkeypatch, option):
    monkeypatch.chdir(tmp_path)
    nation(3).write_csv("in.csv")
    SECRET.save(tmp_path / "linkage.secret")
    secret = [] if option == ["--clear"] else ["--secret", "linkage.secret"]
    arguments = ["run", "in.csv", "-o", "out.parquet", "--engine", "spark", *secret, *option]
    result = CliRunner().invoke(command, arguments)
    assert isinstance(result.exception, Misuse)
