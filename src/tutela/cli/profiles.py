"""`tutela profiles`: what each agency hands in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tutela.cli.language import language_option

if TYPE_CHECKING:
    from tutela.submissions.profiles import Column, Profile


@click.command()
@click.argument("name", required=False)
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(name: str | None, lang: str, *, as_json: bool) -> None:
    """List the submission profiles; with NAME, show its columns, events and rules.

    A column is found under any of its headings, in any language; case and accents do not count.
    """
    from tutela.submissions.profiles import load_profile, profile_names

    if name is not None:
        profile = load_profile(name)
        if as_json:
            click.echo(json.dumps(described(profile), ensure_ascii=False))
        else:
            _show(profile, lang)
        return
    profiles = [load_profile(each) for each in profile_names()]
    if as_json:
        listed = [
            {"name": p.name, "version": p.version, "label": dict(p.label), "period": p.period}
            for p in profiles
        ]
        click.echo(json.dumps({"profiles": listed}, ensure_ascii=False))
        return
    for profile in profiles:
        click.echo(f"{profile.name:<24} {profile.label[lang]}")
    click.echo("Columns of one: tutela profiles NAME", err=True)


def described(profile: Profile) -> dict[str, Any]:
    """A profile as plain data."""
    from tutela.submissions.values import allowed_codes

    return {
        "name": profile.name,
        "version": profile.version,
        "agency": profile.agency,
        "label": dict(profile.label),
        "period": profile.period,
        "due_days": profile.due_days,
        "roles": list(profile.roles),
        "columns": [
            {
                "name": column.name,
                "type": column.type,
                "required": column.required,
                "personal": column.personal,
                "label": dict(column.label),
                "headings": list(column.headings()),
                "note": dict(column.note),
                "codelist": column.codelist,
                "codes": list(allowed_codes(column, profile)),
            }
            for column in profile.columns
        ],
        "events": [
            {
                "type": event.type,
                "when": event.when,
                "date": event.date,
                "year_of": event.year_of,
                "role": event.role,
                "copies": dict(event.copies),
            }
            for event in profile.events
        ],
        "rules": [
            {"name": rule.name, "severity": rule.severity, "message": dict(rule.message)}
            for rule in profile.rules
        ],
    }


def _show(profile: Profile, lang: str) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    title = f"{profile.name}, version {profile.version}: {profile.label[lang]}"
    table = Table("column", "heading", "type", "notes", title=title, title_justify="left")
    for column in profile.columns:
        table.add_row(
            column.name, escape(column.label[lang]), _type(column), escape(_notes(column, lang))
        )
    console.print(table)
    for rule in profile.rules:
        words = rule.message[lang].format(value="…", other="…", age="≥ 18", column="…")
        console.print(f"{rule.severity}: {words}", markup=False, highlight=False)


def _type(column: Column) -> str:
    return f"{column.type} ({column.codelist})" if column.codelist else column.type


def _notes(column: Column, lang: str) -> str:
    marks = []
    if column.required:
        marks.append("required")
    if column.personal:
        marks.append("identity: encoded, never sent")
    return "; ".join([*marks, column.note.get(lang, "")]).strip("; ")
