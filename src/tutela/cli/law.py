"""`tutela law`: questions of law, from facts in a file or on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutela.cli.language import language_option
from tutela.errors import InputRefused, Misuse

if TYPE_CHECKING:
    from tutela.law import Facts, Reply


_FORM = "[FACTS.json] [--FACT VALUE]…"


class FactsCommand(click.Command):
    """A command that takes any fact as `--fact-name VALUE`; unknown ones are refused by name."""

    ignore_unknown_options = True


@click.group()
def command() -> None:
    """Ask about the law: which offence, which range, which protection, by when, where it is silent.

    Facts come from FACTS.json or as options named like the fact: --facts-on 2023-05-01
    --conduct rape --victim-age 15 --nothing-else. A fact left out is unknown, never no.
    This is not legal advice; any outcome other than Holds belongs before a person.
    """


def _question(name: str, help_text: str) -> Callable[..., Any]:
    """A sub-command that asks `name` of the engine."""

    @command.command(name, help=help_text, cls=FactsCommand)
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar=_FORM)
    @click.option("--new-code-from", metavar="DATE", help="Take the new Code to start on DATE.")
    @language_option
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    def ask(
        arguments: tuple[str, ...], new_code_from: str | None, lang: str, *, as_json: bool
    ) -> None:
        import tutela.law

        question = getattr(tutela.law, name)
        with _speaking(lang):
            reply = question(_facts(arguments), new_code_from=_day(new_code_from))
        _print(reply, lang, as_json=as_json)

    return ask


for _name, _help in {
    "qualify": "Which offences the facts are, with article and range.",
    "jurisdiction": "Whether facts abroad can be tried here.",
    "protections": "Who must or may have what in the procedure.",
    "status": "Steps, documents and durations for a person.",
    "deadlines": "Dated duties from dated events; what is overdue, what comes next.",
    "compensation": "Routes, amounts, preconditions and time limits.",
    "gaps": "The report's recommendations and gaps found in the tables, on a day.",
}.items():
    _question(_name, _help)


@command.command("compare", cls=FactsCommand)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar=_FORM)
@click.option("--first", required=True, metavar="DATE", help="One day.")
@click.option("--second", required=True, metavar="DATE", help="The other day.")
@click.option("--new-code-from", metavar="DATE", help="Take the new Code to start on DATE.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def compare_command(
    arguments: tuple[str, ...],
    first: str,
    second: str,
    new_code_from: str | None,
    lang: str,
    *,
    as_json: bool,
) -> None:
    """The same facts under the law of two days, as a table."""
    from tutela.law import compare

    days = _some_day(first), _some_day(second)
    with _speaking(lang):
        reply = compare(_facts(arguments), *days, new_code_from=_day(new_code_from))
    _print(reply, lang, as_json=as_json)
    if not as_json and "table" in reply.more:
        click.echo()
        for row in reply.more["table"]:
            mark = "≠" if row["differs"] else " "
            click.echo(f"{mark} {row['field']:<34} {row['first']!s:<22} {row['second']}")


@command.command("batch")
@click.argument("cases", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--law-of",
    type=click.Choice(["facts_on", "judged_on"]),
    default="facts_on",
    show_default=True,
    help="The column whose day says which law is asked.",
)
@click.option("--new-code-from", metavar="DATE", help="Take the new Code to start on DATE.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def batch_command(
    cases: Path, out: Path, law_of: str, new_code_from: str | None, lang: str, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Qualify every row of a Parquet file: one column per fact, an empty cell is unknown."""
    from tutela.law.batch_file import qualify_file

    with _speaking(lang):
        report = qualify_file(cases, out, law_of=law_of, new_code_from=_day(new_code_from))
    if as_json:
        click.echo(json.dumps(report))
        return
    click.echo(f"{report['cases']:,} cases in {report['seconds']:.2f} s → {out}")
    for outcome, count in report["outcomes"].items():
        click.echo(f"  {outcome:<12} {count:,}")


@command.command("schema")
@click.argument("what", type=click.Choice(["facts", "reply"]))
def schema_command(what: str) -> None:
    """Print the JSON schema of facts or of a reply."""
    from tutela.law.schemas import facts_schema, reply_schema

    schema = facts_schema() if what == "facts" else reply_schema()
    click.echo(json.dumps(schema, indent=2, ensure_ascii=False))


@command.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check_command(*, as_json: bool) -> None:
    """Check the tables of law against each other; name every fault by file, row and column."""
    from tutela.law import load_law
    from tutela.law.check import faults

    found = faults(load_law())
    words = "\n".join(found or ["no faults"])
    click.echo(json.dumps({"faults": found}, ensure_ascii=False) if as_json else words)
    if found:
        raise InputRefused(
            f"{len(found)} faults in the tables of law",
            remedy="Correct the rows named; docs/guides/law.md says what each column takes.",
        )


@contextmanager
def _speaking(lang: str) -> Iterator[None]:
    """Refusals of facts in the language of the command."""
    from tutela.law.refusals import in_language

    try:
        yield
    except InputRefused as error:
        raise in_language(error, lang) from error


def _facts(arguments: tuple[str, ...]) -> Facts:
    """Facts of a file, then of options, which win."""
    from tutela.law import read_facts

    words = list(arguments)
    plain: dict[str, Any] = {}
    if words and not words[0].startswith("--"):
        plain = _read(Path(words.pop(0)))
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            raise Misuse(f"{word} belongs to no fact", remedy="Write --name-of-fact VALUE.")
        name, equals, value = word.removeprefix("--").partition("=")
        name = name.replace("-", "_")
        if name == "on":
            name = "judged_on"
        if not equals:
            value = words.pop(0) if words and not words[0].startswith("--") else "yes"
        plain[name] = _typed(name, value)
    return read_facts(plain)


def _read(path: Path) -> dict[str, Any]:
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Misuse(f"there is no file {path}", remedy="Give a file of facts in JSON.") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise InputRefused(
            f"{path.name} is not JSON: {error}", remedy="See docs/law.md for the form of facts."
        ) from error
    if not isinstance(plain, dict):
        raise InputRefused(f"{path.name} holds no object of facts", remedy="Write {...}.")
    return plain


def _typed(name: str, value: str) -> Any:
    from tutela.law.words import read_words

    kind = read_words("facts").get(name, {}).get("type")
    if name == "nothing_else":
        return value == "yes"
    if kind == "whole" and value.isdecimal():
        return int(value)
    return value


def _day(text: str | None) -> date | None:
    return None if text is None else _some_day(text)


def _some_day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        raise Misuse(f"{text} is not a date", remedy="Write YYYY-MM-DD.") from None


def _print(reply: Reply, lang: str, *, as_json: bool) -> None:
    from tutela.law.range_words import range_words
    from tutela.law.words import outcome_label, phrase, question, read_words

    if as_json:
        click.echo(json.dumps(reply.as_dict(lang), ensure_ascii=False))
        return
    # A survey of gaps or of two days answers; what it found stands line by line.
    if reply.question not in ("gaps", "compare"):
        click.echo(f"{reply.outcome.value}: {outcome_label(reply.outcome)[lang]}")
    click.echo("\n".join(reply.explanation.lines(lang)))
    left = sum(answer.outcome.value not in ("Holds", "Fails") for answer in reply.answers)
    if left and reply.outcome.value == "Holds":
        click.echo(phrase("parts_open", open=left, all=len(reply.answers))[lang])
    for answer in reply.answers:
        figures = range_words(answer.penalty)[lang] if answer.penalty else ""
        click.echo(f"\n{answer.outcome.value:<11} {figures}".rstrip())
        click.echo("\n".join(answer.explanation.lines(lang, 1)))
        for figure in answer.more.get("report", ()):
            click.echo(f"  ! {figure['note'][lang]}")
    for assumption in reply.assumptions:
        click.echo("\n" + "\n".join(assumption.lines(lang)))
    if reply.missing:
        known = read_words("facts")
        click.echo()
        for fact in reply.missing:
            words = question(fact)[lang] if fact in known else fact
            click.echo(f"? --{fact.replace('_', '-')}: {words}")
    click.echo(f"\n{phrase('advice')[lang]}", err=True)
