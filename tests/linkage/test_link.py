import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from tests.linkage.people import FAMILY, GIVEN, linked, nation
from tutela.cli.linkage import command
from tutela.errors import InputRefused, Misuse
from tutela.linkage.compare import Comparison
from tutela.linkage.dictionary import merge_dictionaries
from tutela.linkage.encode import Encoder
from tutela.linkage.evaluate import cluster_scores, count_error, evaluate, pair_scores
from tutela.linkage.model import Model
from tutela.linkage.schema import DEFAULT_SCHEMA, load_schema
from tutela.linkage.secret import LinkageSecret
from tutela.linkage.table import read_table


def test_persons_with_slips_are_found_again():
    frame = nation()
    clusters = linked(frame).clusters.join(frame.select("record_id", "truth"), on="record_id")
    assert cluster_scores(clusters)["f1"] > 0.95
    assert abs(count_error(clusters)) < 0.05


def test_the_order_of_the_records_changes_nothing():
    secret = LinkageSecret.create()
    frame = nation(60)
    one = linked(frame, secret).clusters.sort("record_id")
    other = linked(frame.sample(fraction=1.0, shuffle=True, seed=3), secret).clusters
    assert one.equals(other.sort("record_id"))


def test_no_identity_leaves_the_encoder(tmp_path):
    frame = nation(60)
    encoder = Encoder(DEFAULT_SCHEMA, LinkageSecret.create())
    encoded = encoder.encode(frame)
    encoded.write_parquet(tmp_path / "records.parquet", compression="uncompressed")
    encoder.filters().write_parquet(tmp_path / "filters.parquet", compression="uncompressed")
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir()).lower()
    secrets = [*GIVEN, *FAMILY, *frame["birth_date"].to_list()]
    assert [s for s in secrets if s.lower().encode() in raw] == []


def test_another_secret_gives_other_encodings():
    one, other = (Encoder(DEFAULT_SCHEMA, LinkageSecret.create()) for _ in range(2))
    one.encode(nation(5))
    other.encode(nation(5))
    assert set(one.filters()["bits"]).isdisjoint(other.filters()["bits"])


def test_encodings_under_different_secrets_are_never_compared():
    packages = []
    for _ in range(2):
        encoder = Encoder(DEFAULT_SCHEMA, LinkageSecret.create())
        packages.append((encoder.encode(nation(5)), encoder.filters()))
    with pytest.raises(InputRefused, match="different keys"):
        merge_dictionaries(packages)


def test_comparison_is_symmetric():
    encoder = Encoder(DEFAULT_SCHEMA, LinkageSecret.create())
    encoded = encoder.encode(nation(80))
    comparison = Comparison(read_table(encoded, encoder.filters(), DEFAULT_SCHEMA))
    rng = np.random.default_rng(1)
    i, j = rng.integers(0, encoded.height, (2, 3000), dtype=np.int32)
    assert (comparison.levels(i, j) == comparison.levels(j, i)).all()


def test_a_shared_personal_number_links_whatever_the_names_say():
    frame = nation(60).with_columns(person_reference=pl.lit(None, dtype=pl.String))
    odd = pl.DataFrame(
        {
            "record_id": ["x1", "x2"], "source": ["a", "b"], "given_names": ["Zoltan", "Quirin"],
            "family_names": ["Wexford", "Umbriel"], "birth_date": ["2001-05-06", "2009-11-12"],
            "sex": ["F", "F"], "citizenship": ["BE", "FR"], "truth": ["x", "x"],
            "person_reference": ["SP-77", "SP-77"],
        }
    )  # fmt: skip
    clusters = linked(pl.concat([frame, odd])).clusters
    ids = clusters.filter(pl.col("record_id").is_in(["x1", "x2"]))["cluster_id"]
    assert ids.n_unique() == 1


@pytest.mark.parametrize("column", ["given_names", "family_names", "birth_date", "sex"])
def test_absent_columns_are_fine(column):
    clusters = linked(nation(40).drop(column)).clusters
    assert clusters.height == 80


def test_ten_thousand_identical_records_are_bounded_work():
    one = nation(1).head(1)
    many = pl.concat([one] * 10_000).with_columns(record_id=pl.int_range(10_000).cast(pl.String))
    report = linked(many).report
    assert report["candidate_pairs"] < 400 * 10_000


def test_records_without_any_name_or_date_stay_alone():
    bare = nation(30).select("record_id", "source")
    assert linked(bare).clusters["cluster_id"].n_unique() == 60


def test_the_model_survives_its_file(tmp_path):
    result = linked(nation(60))
    path = tmp_path / "model.json"
    path.write_text(json.dumps(result.model.as_dict()))
    levels = np.zeros((1, len(result.model.features)), dtype=np.uint8)
    assert Model.read(path).log_odds(levels) == pytest.approx(result.model.log_odds(levels))
    with pytest.raises(InputRefused, match="no model"):
        Model.read(tmp_path / "none.json")


def test_agreement_speaks_for_and_disagreement_against():
    model = linked(nation()).model
    weights = {f.name: w for f, w in zip(model.features, model.weights, strict=True)}
    assert weights["birth_date"][13] > 0 > weights["birth_date"][1]
    assert weights["family"][-1] > 0 > weights["family"][1]
    assert weights["given"][0] == pytest.approx(0.0, abs=1e-12)


def test_evaluation_of_a_case_counted_by_hand():
    clusters = pl.DataFrame({"record_id": list("abcde"), "cluster_id": ["1", "1", "1", "2", "3"]})
    truth = pl.DataFrame({"record_id": list("abcde"), "truth": ["p", "p", "q", "q", "r"]})
    pairs = pl.DataFrame(
        {"record_id_1": ["a", "b"], "record_id_2": ["b", "c"], "probability": [0.9, 0.6]}
    )
    result = evaluate(clusters, pairs, truth, [])
    # Claimed pairs ab, ac, bc; true pairs ab, cd; right: ab.
    assert result["cluster"] == {"precision": 0.333333, "recall": 0.5, "f1": 0.4}
    assert result["count_error"] == 0.0
    assert result["pair"]["precision"] == 0.5
    assert result["pair"]["best_f1"] == pytest.approx(2 / 3, abs=1e-6)
    with pytest.raises(InputRefused, match="no truth"):
        evaluate(clusters, pairs, truth.head(3), [])


def test_nothing_claimed_and_nothing_true_is_perfect():
    empty = pl.DataFrame(schema={"probability": pl.Float64, "same": pl.Boolean})
    assert pair_scores(empty, 0)["f1"] == 1.0


@pytest.mark.parametrize("threshold", [0.0, 1.0, 2.0])
def test_a_threshold_is_a_probability(threshold):
    with pytest.raises(Misuse):
        linked(nation(5), threshold=threshold)


def test_the_command_measures_against_a_column_of_truth(tmp_path):
    source, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    nation(80).write_csv(source)
    result = CliRunner().invoke(
        command,
        ["run", str(source), "-o", str(out), "--truth", "truth", "--by", "source", "--json"],
        catch_exceptions=False,
    )
    report = json.loads(result.stdout)
    assert set(report["pair"]) == {"precision", "recall", "f1", "best_f1"}
    assert set(report["cluster"]) == {"precision", "recall", "f1"}
    assert set(report["count_error_by"]["source"]) == {"a", "b"}
    assert set(report["pair_by"]["source"]) == {"a", "b"}
    assert report["seconds"] > 0
    assert report["peak_mb"] > 0
    assert pl.read_parquet(out).columns == ["record_id", "cluster_id", "probability"]


def test_a_table_without_labels_is_refused(tmp_path):
    source = tmp_path / "in.csv"
    nation(5).drop("record_id").write_csv(source)
    result = CliRunner().invoke(command, ["run", str(source), "-o", str(tmp_path / "o.parquet")])
    assert isinstance(result.exception, InputRefused)
    assert not (tmp_path / "o.parquet").exists()


def test_a_schema_says_nothing_that_is_ignored(tmp_path):
    path = tmp_path / "schema.toml"
    path.write_text('one_per_sources = ["a"]\n[[fields]]\nname = "surname"\nkind = "name"\n')
    with pytest.raises(InputRefused, match="one_per_sources"):
        load_schema(path)


def test_clear_text_is_compared_on_request_and_said(tmp_path):
    source, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    nation(80).write_csv(source)
    call = ["run", str(source), "-o", str(out), "--truth", "truth", "--clear"]
    result = CliRunner().invoke(command, [*call, "--json"], catch_exceptions=False)
    report = json.loads(result.stdout)
    assert report["clear"]
    assert report["cluster"]["f1"] > 0.95
    assert "clear text" in result.stderr
    refused = CliRunner().invoke(command, [*call, "--secret", str(tmp_path / "s")])
    assert isinstance(refused.exception, Misuse)
