"""`tutela admin`: what an administrator of a site does on its own machine."""

from __future__ import annotations

import json
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

import click

from tutela.errors import InputRefused

LEVELS = ["federal", "community", "region", "ngo", "foreign", "international"]
ROLES = [
    "administrator", "operator", "supervisor", "case_worker", "guardian", "liaison", "analyst",
    "coordinator", "oversight",
]  # fmt: skip


@click.group(name="admin")
@click.option("--role", "deployed", type=click.Choice(["agency", "centre"]), default=None,
              help="What the site is deployed as; TUTELA_ROLE, or agency.")  # fmt: skip
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="The site's own folder; TUTELA_SITE_DATA, or var/site.")  # fmt: skip
def command(deployed: str | None, data: Path | None) -> None:
    """Accounts and keys of a site where staff works; to be run on its machine."""
    import os

    from tutela.site.start import start

    if "--help" not in sys.argv:
        start(deployed or os.environ.get("TUTELA_ROLE") or "agency", data)


@command.command(name="create")
@click.option("--organisation", "code", required=True, help="Short name of the organisation.")
@click.option("--organisation-name", default="", help="Its full name; makes it if it is new.")
@click.option("--level", type=click.Choice(LEVELS), default=None,
              help="Its level of government; for a new one.")  # fmt: skip
@click.option("--email", required=True, help="Work address of the person.")
@click.option("--name", required=True, help="Name of the person.")
@click.option("--as", "roles", multiple=True, required=True, type=click.Choice(ROLES),
              help="A role of the person; may be given again.")  # fmt: skip
@click.option("--language", type=click.Choice(["fr", "nl", "de", "en"]), default="en",
              show_default=True, help="Language of the person's pages.")  # fmt: skip
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object when done.")
def create(
    code: str,
    organisation_name: str,
    level: str | None,
    email: str,
    name: str,
    roles: tuple[str, ...],
    language: str,
    *,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Make an account: the first ones of an organisation, who then invite the others.

    The password is asked for twice, or read from standard input. The person sets up a second
    factor when first signing in.
    """
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from tutela.site.accounts import actions
    from tutela.site.accounts.models import Level, Organisation
    from tutela.site.permissions.actor import Actor
    from tutela.site.permissions.roles import Role

    password = _secret("Password", from_stdin=password_stdin)
    actor = Actor.system("accounts.create")
    try:
        with transaction.atomic():
            organisation = Organisation.objects.filter(code=code).first()
            if organisation is None:
                if not organisation_name or level is None:
                    raise InputRefused(
                        f"there is no organisation {code!r} yet",
                        remedy="Make it with --organisation-name and --level.",
                    )
                organisation = actions.create_organisation(
                    actor=actor, code=code, name=organisation_name, level=Level(level)
                )
            user = actions.create_account(
                actor=actor,
                organisation=organisation,
                email=email,
                name=name,
                password=password,
                roles=[Role(role) for role in roles],
                language=language,
            )
    except ValidationError as error:
        raise InputRefused(" ".join(error.messages)) from None
    if as_json:
        click.echo(json.dumps({"user": str(user.id), "organisation": str(organisation.id)}))
    click.echo(f"Account made for {name} at {organisation.name}.", err=True)


@command.command(name="recovery-key")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="New file for the key, to be kept off-line.")  # fmt: skip
@click.option("--passphrase-stdin", is_flag=True, help="Read the passphrase from standard input.")
def recovery_key(out: Path, *, passphrase_stdin: bool) -> None:
    """Make the site's recovery key, before the first account: it opens what passwords lose."""
    from tutela.site.permissions.actor import Actor
    from tutela.site.vault import actions

    made = actions.make_recovery_key(
        actor=Actor.system("vault.make_recovery_key"),
        file=out,
        passphrase=_secret("Passphrase", from_stdin=passphrase_stdin),
    )
    click.echo(f"Recovery key {made.fingerprint} written to {out}; keep it off-line.", err=True)


@command.command(name="recover")
@click.option("--organisation", "code", required=True, help="Short name of the organisation.")
@click.option("--email", required=True, help="Work address of the member to give the key to.")
@click.option("--recovery-key", "file", required=True,
              type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The recovery key's file.")  # fmt: skip
@click.option("--passphrase-stdin", is_flag=True, help="Read the passphrase from standard input.")
def recover(code: str, email: str, file: Path, *, passphrase_stdin: bool) -> None:
    """Give a member their organisation's key by the recovery key, when nobody else has it."""
    from tutela.site.accounts.models import Organisation, User
    from tutela.site.permissions.actor import Actor
    from tutela.site.vault import actions

    organisation = Organisation.objects.filter(code=code).first()
    user = User.objects.filter(email=email.strip().lower()).first()
    if organisation is None or user is None:
        raise InputRefused(f"there is no organisation {code!r}, or no account {email!r}")
    actions.recover(
        actor=Actor.system("vault.recover"),
        organisation=organisation,
        user=user,
        file=file,
        passphrase=_secret("Passphrase", from_stdin=passphrase_stdin),
    )
    click.echo(f"{user} has the key of {organisation.name} from the next sign-in on.", err=True)


@command.command(name="clocks")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object when done.")
def clocks(*, as_json: bool) -> None:
    """Escalate what has run out: reviews, handovers, notifications; to be run every minute."""
    from tutela.site.clocks import run_all

    done = run_all()
    if as_json:
        click.echo(json.dumps(done))
    click.echo(f"{sum(done.values())} things escalated.", err=True)


@command.command(name="work")
@click.option("--once", "one_time", is_flag=True, help="Do it once and end.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a minute.")
def work_command(*, one_time: bool, as_json: bool) -> None:
    """Do waiting jobs, run the clocks and seal the audit log, every minute until interrupted.

    One such process belongs beside every site with staff; it holds no key to any record.
    """
    from tutela.site.upkeep import once, work

    def tell(done: dict[str, int]) -> None:
        if as_json:
            click.echo(json.dumps(done))

    if one_time:
        done, _ = once()
        tell(done)
        click.echo(f"{sum(done.values())} things done.", err=True)
        return
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with suppress(KeyboardInterrupt):
        work(stop, tell)


def _secret(prompt: str, *, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    answer: str = click.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True)
    return answer
