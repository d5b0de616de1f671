"""`tutela linkage`: the linkage engine alone, on any table."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tutela.cli.language import language_option
from tutela.errors import Misuse


@click.group()
def command() -> None:
    """Link the records of one person in any table, by encodings instead of names."""


@command.command("run")
@click.argument("source", metavar="IN", type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Clusters.")
@click.option("--schema", "schema_file", type=click.Path(path_type=Path), help="Fields, as TOML.")
@click.option("--secret", "secret_file", type=click.Path(path_type=Path), help="Linkage secret.")
@click.option("--model", "model_file", type=click.Path(path_type=Path), help="A model.json to use.")
@click.option("--save-model", type=click.Path(path_type=Path), help="Write the model here.")
@click.option("--truth", metavar="COLUMN", help="Column of the true person, to measure by.")
@click.option("--by", multiple=True, metavar="COLUMN", help="Measure by this column too.")
@click.option("--threshold", type=float, default=0.5, show_default=True, help="Probability.")
@click.option(
    "--constraints", "constraints_file", type=click.Path(path_type=Path),
    help="Known links and partings: record_id_1, record_id_2, kind (must_link or cannot_link).",
)  # fmt: skip
@click.option("--clear", is_flag=True, help="Compare names in clear text: for evaluation only.")
@click.option(
    "--engine", type=click.Choice(["embedded", "spark"]), default="embedded", show_default=True,
    help="Where to link: in this process, or on Apache Spark (pip install tutela[spark]).",
)  # fmt: skip
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path),
    help="Keep the run in this folder, so that later records can join it.",
)  # fmt: skip
@click.option(
    "--against", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Join IN to the run kept in this folder (needs the same --secret).",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def run_command(
    source: Path,
    out: Path,
    schema_file: Path | None,
    secret_file: Path | None,
    model_file: Path | None,
    save_model: Path | None,
    truth: str | None,
    by: tuple[str, ...],
    threshold: float,
    constraints_file: Path | None,
    keep: Path | None,
    against: Path | None,
    engine: str,
    *,
    clear: bool,
    as_json: bool,
) -> None:
    """Encode IN (CSV or Parquet), link it, write record_id, cluster_id, probability.

    Without --schema the default one holds: record_id, source, given_names, family_names,
    other_names, mother_names, birth_date, birth_date_quality, sex, citizenship, residence, phone,
    case_reference, person_reference; absent columns are fine, extra ones are ignored. Without
    --secret a random key is made and forgotten.

    With --against only what IN touches is linked again, with the model of the kept run; CLUSTERS
    then holds all records, and clusters keep their names. --keep in the same folder brings the kept
    run up to date.
    """
    from tutela.linkage.kept_run import (
        join_run,
        keep_joined,
        keep_run,
        refuse_held,
        refuse_secret_inside,
    )
    from tutela.linkage.known import read_constraints
    from tutela.linkage.link import LinkOptions
    from tutela.linkage.model import Model
    from tutela.linkage.run import read_persons, run
    from tutela.linkage.schema import DEFAULT_SCHEMA, load_schema
    from tutela.linkage.secret import LinkageSecret
    from tutela.linkage.writing import write_json, write_parquet

    schema = load_schema(schema_file) if schema_file else DEFAULT_SCHEMA
    if clear and secret_file is not None:
        raise Misuse("--clear uses no secret.", remedy="Leave out --secret or --clear.")
    if clear:
        click.echo("--clear: names are compared in clear text, for evaluation only", err=True)
        secret = LinkageSecret.create()
    elif secret_file is None:
        click.echo("no --secret: a random key is used and forgotten", err=True)
        secret = LinkageSecret.create()
    else:
        secret = LinkageSecret.load(secret_file)
    model = Model.read(model_file) if model_file else None
    constraints = read_constraints(constraints_file) if constraints_file else None
    options = LinkOptions(
        threshold=threshold, model=model, constraints=constraints, keep=keep is not None
    )
    for folder in (keep, against):
        if folder is not None and secret_file is not None:
            refuse_secret_inside(folder, secret_file)
    if (keep or against) and secret_file is None:
        raise Misuse(
            "A run is kept, and joined, under a secret that is kept too.",
            remedy="Give --secret; make one with `tutela keys linkage DIR`.",
        )
    if engine == "spark" and (keep or against or clear):
        raise Misuse(
            "On Spark everything is linked, by encodings.",
            remedy="Leave out --keep, --against and --clear, or use the embedded engine.",
        )
    if against is not None:
        if truth or by or model or save_model:
            raise Misuse("--against uses the kept model and measures nothing.",
                         remedy="Leave out --truth, --by, --model and --save-model.")  # fmt: skip
        done, since = join_run(against, read_persons(source), schema, secret, options)
        if keep is not None:
            keep_joined(keep, against, done.result, since)
    else:
        if keep is not None:
            refuse_held(keep)
        done = run(
            read_persons(source), schema, secret, options, truth=truth, by=list(by), clear=clear,
            engine=engine,
        )  # fmt: skip
        if keep is not None:
            keep_run(keep, done.result)
    write_parquet(out, done.result.clusters)
    if save_model is not None:
        write_json(save_model, done.result.model.as_dict())
    if as_json:
        click.echo(json.dumps(done.report))
        return
    report = done.report
    click.echo(
        f"{report['records']:,} records are {report['clusters']:,} persons "
        f"({report['seconds']} s, {report['peak_mb']} MB); written to {out}"
    )
    for measure in ("pair", "cluster"):
        if measure in report:
            words = ", ".join(f"{k} {v:.4f}" for k, v in report[measure].items())
            click.echo(f"{measure}: {words}")
    if "count_error" in report:
        click.echo(f"count error: {report['count_error']:+.2%}")
    for column, groups in report.get("count_error_by", {}).items():
        for value, error in groups.items():
            click.echo(f"  {column} {value}: {error:+.2%}")


@command.command("events")
@click.argument(
    "folder", metavar="[RUN]", required=False,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)  # fmt: skip
@click.option(
    "--store", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The national store: the events of its current run.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def events_command(folder: Path | None, store: Path | None, *, as_json: bool) -> None:
    """Say what became of the clusters of the run before: born, merged, split, moved, ended.

    RUN is a folder under STORE/linkage, or one that --keep made.
    """
    import polars as pl

    from tutela.errors import InputRefused

    if (folder is None) == (store is None):
        raise Misuse("Name one run.", remedy="Give the folder of a run, or --store.")
    if store is not None:
        from tutela.submissions.run_report import run_folder
        from tutela.submissions.store import Store

        folder = run_folder(Store.open(store))
    assert folder is not None  # noqa: S101 - one of the two was given
    path = folder / "events.parquet"
    if not path.is_file():
        raise InputRefused(f"{folder} keeps no events.", remedy="Link again with this version.")
    events = pl.read_parquet(path)
    counts = dict(events.group_by("event").len().sort("event").iter_rows())
    if as_json:
        click.echo(json.dumps({"counts": counts, "events": events.to_dicts()}))
        return
    for event in events.iter_rows(named=True):
        before, now = event["previous_id"] or "", event["cluster_id"] or ""
        size = "" if event["records"] is None else f"  {event['records']} records"
        click.echo(f"{event['event']:7} {before:18} {now:18}{size}")
    words = ", ".join(f"{number} {name}" for name, number in counts.items())
    click.echo(words or "nothing changed", err=True)


@command.command("explain")
@click.argument("record")
@click.argument("other")
@click.option(
    "--store", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The national store, linked.",
)  # fmt: skip
@click.option(
    "--chart", type=click.Path(dir_okay=False, path_type=Path), help="Write the waterfall (SVG)."
)
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain_command(
    record: str, other: str, store: Path, chart: Path | None, lang: str, *, as_json: bool
) -> None:
    """Say why two records of a store are, or are not, held to be one person.

    RECORD and OTHER are labels as in the run's pairs.parquet. Only levels of agreement are known
    here: no value of a record is shown, because the centre holds none.
    """
    from tutela.linkage.explain_words import in_words
    from tutela.submissions.explaining import explain_pair

    explanation, together = explain_pair(store, record, other)
    if chart is not None:
        from tutela.publication.charts.waterfall import waterfall_charts
        from tutela.submissions.store import Store

        synthetic = any(s.manifest["synthetic"] for s in Store.open(store).submissions())
        chart.write_bytes(waterfall_charts(explanation, synthetic=synthetic)[lang])
    if as_json:
        click.echo(json.dumps({**explanation.as_dict(), "together": together}))
        return
    for line in in_words(explanation, lang, together=together):
        click.echo(line)
