"""What the project offers is documented, and what it documents exists."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from tutela.cli.main import COMMANDS, cli

ROOT = Path(__file__).parents[2]
DOCS = sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_and_stands_in_the_documentation(name):
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert any(f"tutela {name}" in path.read_text(encoding="utf-8") for path in DOCS)


@pytest.mark.parametrize("path", DOCS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    names = {re.split(r"[\[<>=~,]", d)[0] for d in project["dependencies"]}
    rows = set(re.findall(r"^\| ([a-z0-9-]+) \|", text, flags=re.MULTILINE))
    documented = rows - {"package", "---"}
    assert documented == names


def test_the_project_speaks_of_itself_alone():
    """No path of one machine and no folder that only its makers have."""
    strangers = re.compile(r"\.\./shared|(?<![\w.])/(?:work|root|home)/")
    for folder in ("src", "docs", "benchmarks", ".ci"):
        for path in sorted((ROOT / folder).rglob("*")):
            if (
                path.suffix in {".py", ".md", ".toml", ".csv", ".html", ".sql", ""}
                and path.is_file()
            ):
                found = strangers.search(path.read_text(encoding="utf-8", errors="ignore"))
                assert found is None, f"{path.relative_to(ROOT)}: {found and found.group()}"
