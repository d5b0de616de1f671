"""`tutela law`: facts from files and options, words and JSON, refusals, the schemas."""

import json
import re
from datetime import date

import polars as pl
import pytest
from click.testing import CliRunner

from tutela.cli.law import command
from tutela.cli.main import main
from tutela.errors import InputRefused, Misuse
from tutela.law.schemas import facts_schema, reply_schema
from tutela.law.words import LANGUAGES

HEARD = {"facts_on": "2018-03-01", "judged_on": "2018-04-01"}
QUESTIONS = {
    "qualify": {**HEARD, "judged_on": "2027-03-01", "conduct": "incitement", "victim_age": 15},
    "jurisdiction": {"facts_on": "2027-03-01", "place": "KH", "conduct": "rape", "victim_age": 9},
    "protections": {**HEARD, "conduct": "csam_access", "victim_age": 9},
    "status": {"judged_on": "2018-03-01", "person": "unaccompanied_minor"},
    "deadlines": {
        "judged_on": "2018-03-01", "events": [{"event": "detection", "day": "2018-02-01"}],
    },
    "compensation": {"judged_on": "2018-03-01", "place": "BE"},
    "gaps": {"judged_on": "2027-03-01"},
}  # fmt: skip
PYTHON = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
    "integer": int, "number": (int, float),
}  # fmt: skip


def run(*arguments):
    result = CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def breaches(value, schema, root, where="$"):
    """Where a value leaves a schema; the part of JSON Schema that ours use."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is not listed"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(isinstance(value, PYTHON[kind]) for kind in kinds):
        yield f"{where}: {value!r} is no {kinds}"
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where}: {value!r} does not fit"
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        yield from (
            f"{where}.{name} is missing" for name in schema.get("required", []) if name not in value
        )
        yield from (f"{where}.{name} is not known" for name in value if name not in known)
        for name in value.keys() & known.keys():
            yield from breaches(value[name], known[name], root, f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for number, each in enumerate(value):
            yield from breaches(each, schema["items"], root, f"{where}[{number}]")


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_fits_its_schema(tmp_path, question):
    facts = QUESTIONS[question]
    assert list(breaches(facts, facts_schema(), facts_schema())) == []
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts), encoding="utf-8")
    reply = json.loads(run(question, path, "--json").stdout)
    assert list(breaches(reply, reply_schema(), reply_schema())) == []
    assert reply["question"] == question


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_question_speaks_four_languages(tmp_path, question, lang):
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(QUESTIONS[question]), encoding="utf-8")
    words = run(question, path, "--lang", lang).stdout
    assert "{" not in words
    outcomes = {"Holds", "Conflict", "NotEncoded", "Unknown"}
    # A survey of gaps is no yes: it begins with what it is.
    assert words.startswith("·") if question == "gaps" else words.partition(":")[0] in outcomes


def test_options_are_facts_and_win_over_the_file(tmp_path):
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(QUESTIONS["qualify"]), encoding="utf-8")
    words = run("qualify", path, "--victim-age", "10", "--lang", "en", "--nothing-else").stdout
    assert "379 al.3" in words
    assert "The report gives 5 to 20 years" in words


def test_what_is_missing_is_asked_in_words():
    words = run("qualify", "--facts-on=2023-01-01", "--conduct=brothel", "--lang", "nl").stdout
    assert "? --victims: Hoeveel slachtoffers zijn er?" in words


def test_two_days_side_by_side():
    arguments = ("compare", "--conduct", "csam_access", "--victim-age", "9")
    days = ("--first", "2018-01-01", "--second", "2027-01-01")
    words = run(*arguments, *days).stdout
    assert re.search(r"≠ article +383bis §2 +174", words)
    reply = json.loads(run(*arguments, *days, "--json").stdout)
    fields = {row["field"]: row for row in reply["more"]["table"]}
    assert fields["prison_max_months"] == {
        "field": "prison_max_months", "first": 12, "second": 36, "differs": True,
    }  # fmt: skip


def test_a_commencement_of_ones_own():
    facts = ("--facts-on", "2026-05-01", "--conduct", "csam_access", "--victim-age", "9")
    assert "Article 417/47" in run("qualify", *facts, "--lang", "en").stdout
    words = run("qualify", *facts, "--lang", "en", "--new-code-from", "2026-04-08").stdout
    assert "Article 174" in words
    assert "as whoever asks has set it" in words


def test_a_file_of_cases(tmp_path):
    cases, out = tmp_path / "cases.parquet", tmp_path / "answers.parquet"
    pl.DataFrame(
        {"facts_on": [date(2023, 1, 1)], "conduct": ["csam_access"], "victim_age": [9]}
    ).write_parquet(cases)
    report = json.loads(run("batch", cases, out, "--json").stdout)
    assert report["outcomes"] == {"Holds": 1}
    assert pl.read_parquet(out)["article"].to_list() == ["417/47"]
    assert "1 cases" in run("batch", cases, out).stdout


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    (tmp_path / "cases.parquet").write_text("a,b", encoding="utf-8")
    with pytest.raises(InputRefused, match="no Parquet file"):
        run("batch", tmp_path / "cases.parquet", tmp_path / "out.parquet")


def test_the_tables_can_be_checked():
    assert run("check").stdout == "no faults\n"
    assert json.loads(run("check", "--json").stdout) == {"faults": []}


def test_schemas_are_printed():
    assert json.loads(run("schema", "facts").stdout) == facts_schema()
    assert json.loads(run("schema", "reply").stdout) == reply_schema()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("qualify", "--colour", "red"), InputRefused),
        (("qualify", "--facts-on", "2023-02-30"), InputRefused),
        (("qualify", "nowhere.json"), Misuse),
        (("qualify", "--conduct", "rape", "stray"), Misuse),
        (("qualify", "--new-code-from", "soon"), Misuse),
    ],
)
def test_what_cannot_be_asked_is_refused(arguments, error):
    with pytest.raises(error) as refused:
        run(*arguments)
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("lang", "words"),
    [("fr", "Écrivez une date qui existe"), ("nl", "bestaande datum"), ("de", "das es gibt")],
)
def test_a_refusal_speaks_the_language_of_the_command(lang, words):
    with pytest.raises(InputRefused) as refused:
        run("qualify", "--facts-on", "2023-02-30", "--lang", lang)
    assert words in refused.value.remedy
    assert "words" not in refused.value.details


@pytest.mark.parametrize("text", ["[1]", "{", '{"facts_on": "yesterday"}'])
def test_a_file_that_holds_no_facts_is_refused(tmp_path, text, capsys):
    path = tmp_path / "facts.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["law", "qualify", str(path), "--json"])
    assert left.value.code == 1
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == "input-refused"


def test_an_answer_says_how_much_of_it_is_open_and_a_survey_is_no_yes():
    said = run("protections", "--facts-on", "2023-05-01", "--judged-on", "2023-06-01",
               "--conduct", "rape", "--victim-age", "13", "--lang", "en").output  # fmt: skip
    assert said.startswith("Holds")
    assert re.search(r"Open in \d+ of \d+ answers", said)
    gaps = run("gaps", "--on", "2027-01-01", "--lang", "fr").output
    assert "La loi le prévoit" not in gaps.split("\n")[0]
    assert "Holds" not in gaps.split("\n")[0]
