"""Scenarios that a lawyer can read (see scenarios/README.md)."""

from datetime import date
from pathlib import Path

import pytest
import yaml

import tutela.law
from tutela.errors import InputRefused
from tutela.law import read_facts

FOLDER = Path(__file__).parent / "scenarios"
SCENARIOS = [
    pytest.param(entry, id=f"{path.stem}: {entry['name']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def ask(scenario):
    question = getattr(tutela.law, scenario["ask"])
    return question(read_facts(scenario["facts"]), new_code_from=scenario.get("new_code_from"))


def pair(low, high):
    return None if high is None else [low, high]


def seen(reply):
    """What a scenario may expect of a reply, by its key."""
    main = reply.principal
    penalty = main.penalty if main else None
    rows = {a.row: a.outcome.value for a in reply.answers}
    reports = [e["report"] for a in reply.answers for e in a.more.get("report", ())]
    finds: dict[str, set[str]] = {}
    for answer in reply.answers:
        finds.setdefault(answer.topic, set()).add(answer.article)
    return {
        "outcome": reply.outcome.value,
        "article": main and main.article,
        "status": main and main.status,
        "prison": penalty and pair(penalty.prison_min, penalty.prison_max),
        "fine": penalty and pair(penalty.fine_min, penalty.fine_max),
        "level": penalty and penalty.level,
        "milder": reply.more.get("milder"),
        "laws": [
            entry["reply"].principal.article
            for entry in reply.more.get("laws", ())
            if entry["reply"].principal
        ],
        "holding": {a.article for a in reply.holding()},
        "missing": set(reply.missing),
        "cites": {c.article for a in reply.answers for c in a.citations},
        "rows": rows,
        "report": reports,
        "until": {a.more.get("until") for a in reply.answers},
        "states": {a.row: a.more.get("state") for a in reply.answers},
        "due": {a.row: [a.more.get("due"), a.more.get("state")] for a in reply.answers},
        "finds": finds,
        "other": {
            date.fromisoformat(start): other.principal and other.principal.article
            for start, other in reply.more.get("under_other_reading", {}).items()
        },
        "assumption": [a.words["en"] for a in reply.assumptions],
    }


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(scenario):
    expected = dict(scenario["expect"])
    if "refused" in expected:
        with pytest.raises(InputRefused) as refused:
            ask(scenario)
        assert expected["refused"] in refused.value.message + refused.value.remedy
        return
    found = seen(ask(scenario))
    for key, wanted in expected.items():
        if key == "assumption":
            assert bool(found[key]) is (wanted is not None), found[key]
            assert wanted is None or str(wanted) in found[key][0]
        elif key == "without":
            assert not set(wanted) & set(found["rows"]), key
        elif key in ("missing", "cites"):
            assert set(wanted) <= found[key], (key, found[key])
        elif key == "holding":
            assert set(wanted) == found[key]
        elif key in ("report", "until"):
            assert wanted in found[key], (key, found[key])
        elif key in ("rows", "states", "due", "other"):
            assert wanted.items() <= found[key].items(), (key, found[key])
        elif key == "finds":
            for topic, articles in wanted.items():
                assert set(articles) <= found[key].get(topic, set()), (topic, found[key])
        else:
            assert found[key] == wanted, (key, found[key])


def test_there_are_enough_scenarios_of_every_question_and_era():
    entries = [param.values[0] for param in SCENARIOS]
    assert len(entries) >= 60
    questions = {"qualify", "jurisdiction", "protections", "status", "deadlines"}
    assert questions | {"compensation", "gaps"} <= {entry["ask"] for entry in entries}
    assert sum(entry["name"].startswith("Difference") for entry in entries) >= 5
