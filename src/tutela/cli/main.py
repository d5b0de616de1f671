"""The `tutela` command: one module per step of the path, loaded only when it is called."""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

import click

from tutela import __version__
from tutela.errors import TutelaError

#: command → (module, one-line help); the module defines `command`.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("tutela.cli.demo", "Run the whole path on a synthetic nation, then serve the site."),
    "simulate": ("tutela.cli.simulate", "Make a synthetic nation: agencies' files and the truth."),
    "profiles": ("tutela.cli.profiles", "List the submission profiles, or show one's columns."),
    "template": ("tutela.cli.template", "Write an empty workbook for a profile."),
    "validate": ("tutela.cli.validate", "Check a file against a profile; name every problem."),
    "keys": ("tutela.cli.keys", "Create the keys of the centre, of an agency, or for linkage."),
    "encode": ("tutela.cli.encode", "Encode identities and seal a file into a package."),
    "receive": ("tutela.cli.receive", "Take a sealed package into the national store."),
    "withdraw": ("tutela.cli.withdraw", "Remove a submission and leave a tombstone."),
    "store": ("tutela.cli.store", "Say what the store holds, who is late, what was revised."),
    "link": ("tutela.cli.link", "Link the store's records: children, not files."),
    "calibration": ("tutela.cli.calibration", "Plant invented persons; measure linkage by them."),
    "review": ("tutela.cli.review", "Settle pairs in doubt: agencies confirm their own fields."),
    "linkage": ("tutela.cli.linkage", "The linkage engine alone, on any table."),
    "evaluate": ("tutela.cli.evaluate", "Compare results with a synthetic nation's truth."),
    "tables": ("tutela.cli.tables", "Count the indicators (unprotected; stays at the centre)."),
    "disclosure": ("tutela.cli.disclosure", "The disclosure-control engine alone, on any table."),
    "estimate": ("tutela.cli.estimate", "Estimate how many no list knows, from lists' overlaps."),
    "publish": ("tutela.cli.publish", "Protect, audit and write a release."),
    "law": (
        "tutela.cli.law",
        "Ask about the law: offences, ranges, protections, time limits, gaps.",
    ),
    "site": ("tutela.cli.site", "Serve the site of one role: agency, centre or public."),
    "backup": ("tutela.cli.backup", "Copy a site's database, check a copy, put it back."),
    "audit": ("tutela.cli.audit", "Seal, sign and verify the audit log of a site."),
    "retention": ("tutela.cli.retention", "Erase records whose time is over."),
    "register": ("tutela.cli.register", "Show the register of processing (GDPR art. 30)."),
    "hotline": ("tutela.cli.hotline", "A hotline's reports as a source of figures."),
    "admin": ("tutela.cli.admin", "Accounts and keys of a site where staff works."),
}


class PathGroup(click.Group):
    """Lists all commands without importing them and imports the one that runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the path, as `--help` prints them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of `cmd_name` and return its `command`, or None if unknown."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)  # noqa: S101 - a fault of ours, not of input
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print the table of commands from COMMANDS, importing nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=PathGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tutela")
def cli() -> None:
    """Count the children behind the files, and publish figures in which nobody can be recognised.

    Exit codes: 0 done, 1 input refused, 2 misuse, 3 blocked by a safety rule.
    """


def report_refusal(error: TutelaError, *, as_json: bool) -> None:
    """Print a refusal: JSON on standard output when asked for, words on standard error always."""
    if as_json:
        click.echo(json.dumps(error.as_dict(), ensure_ascii=False, default=str))
    click.echo(f"tutela: {error.message}", err=True)
    if error.remedy:
        click.echo(f"        {error.remedy}", err=True)


def main(argv: list[str] | None = None) -> Any:
    """Run the command line and exit with the project's exit codes."""
    args = list(sys.argv[1:] if argv is None else argv)
    try:
        sys.exit(cli.main(args=args, prog_name="tutela", standalone_mode=False) or 0)
    except TutelaError as error:
        report_refusal(error, as_json="--json" in args)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo("tutela: stopped", err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
