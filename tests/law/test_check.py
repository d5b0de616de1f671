"""The tables are sound, and each kind of fault would be found and named."""

import shutil
from dataclasses import replace
from datetime import date

import pytest

from tutela.countries.be import law_pack
from tutela.errors import InputRefused
from tutela.law import load_law
from tutela.law.answers import Penalty
from tutela.law.check import faults

LAW = load_law()


def test_the_tables_are_sound_under_every_reading():
    assert faults(LAW) == []
    assert faults(load_law(new_code_from=date(2026, 4, 8))) == []
    assert faults(load_law(as_known_on=date(2021, 1, 1))) == []


def with_offence(identifier, **changes):
    changed = replace(LAW.offences[identifier], **changes)
    forms = tuple(
        replace(form, offence=changed) if form.offence.id == identifier else form
        for form in LAW.forms
    )
    return replace(LAW, offences={**LAW.offences, identifier: changed}, forms=forms)


def without_rule(identifier):
    rules = {**LAW.rules, "g-attempt": replace(LAW.rules["g-attempt"], source="")}
    assert identifier == "g-attempt"
    return replace(LAW, rules=rules)


BROKEN = {
    "be18-379-2 and be18-379-3 overlap": with_offence("be18-379-2", victim_age_min=13),
    "incitement on 2001-03-27: ages 14 to 15": with_offence("be18-379-2", victim_age_min=15),
    "no row for grooming from 2022-06-01": with_offence("be22-417_24", valid_from=date(2022, 7, 1)),
    "before it starts": with_offence("be22-417_24", valid_to=date(2022, 1, 1)),
    "upside down": with_offence("be22-417_24", penalty=Penalty(60, 36)),
    "one end only": with_offence("be22-417_24", penalty=Penalty(36, None)),
    "is nobody": with_offence("be22-417_16a", victim_age_min=16),
    "cannot be referred to": with_offence("be22-417_24", keys=frozenset()),
    "none of the three": with_offence("be22-417_24", status="perhaps"),
    "but not how": with_offence("be18-379-2", remark=""),
    "label_nl: empty": with_offence(
        "be22-417_24", label={**LAW.offences["be22-417_24"].label, "nl": " "}
    ),
    "the law's prison_min_months is 60, not 120": with_offence(
        "be18-379-2", penalty=Penalty(60, 180)
    ),
    "column source: empty": without_rule("g-attempt"),
    "no row for the offence be22-417_24": replace(
        LAW, forms=tuple(f for f in LAW.forms if f.offence.id != "be22-417_24")
    ),
    "unknown kind": replace(LAW, forms=(replace(LAW.forms[0], kind="odd"), *LAW.forms[1:])),
    "unknown conduct": replace(
        LAW, forms=(replace(LAW.forms[0], conducts=frozenset({"odd"})), *LAW.forms[1:])
    ),
    "before is 'odd'": replace(LAW, forms=(replace(LAW.forms[0], before="odd"), *LAW.forms[1:])),
    "there is no such row": replace(LAW, report={("offences", "nobody"): ()}),
    "say the same at once": replace(
        LAW, provisions={"procedure": (LAW.provisions["procedure"][0],) * 2}
    ),
    "says 45": replace(
        LAW,
        time_limits=tuple(
            replace(limit, count=44) if limit.id == "dl-reflection-post" else limit
            for limit in LAW.time_limits
        ),
    ),
    "no words for elements": replace(LAW, texts={}),
    "what replaced it is not said": replace(LAW, without_successor={}),
    "ends on 2022-06-01, starts on": replace(LAW, successors={"be18-379-1": "ben-152"}),
}


@pytest.mark.parametrize("named", BROKEN)
def test_each_kind_of_fault_is_named(named):
    assert any(named in fault for fault in faults(BROKEN[named])), faults(BROKEN[named])


@pytest.mark.parametrize(
    ("table", "before", "after", "named"),
    [
        ("elements", "offender_age>=18; ict=yes", "offender_age=>18", "conditions"),
        ("elements", "meeting_acts=yes", "meeting_acts=perhaps", "meeting_acts"),
        ("elements", "association=yes", "colour=yes", "colour"),
        ("elements", "victim_age>=16", "victim_age=16", "cannot be compared"),
        ("procedure", "417/7..417/56", "417/7..418/56", "covers"),
        ("procedure", ",holds,", ",perhaps,", "says"),
        ("status", "2017-05-20", "20-05-2017", "valid_to"),
        ("levels", "36,60,200,10000", "three years,60,200,10000", "prison_min_months"),
    ],
)
def test_a_cell_that_cannot_be_read_is_refused_by_name(
    tmp_path, monkeypatch, table, before, after, named
):
    folder = tmp_path / "law"
    shutil.copytree(law_pack.FOLDER, folder)
    shutil.copytree(law_pack.FOLDER.parent / "mappings", tmp_path / "mappings")
    text = (folder / f"{table}.csv").read_text(encoding="utf-8")
    assert before in text
    (folder / f"{table}.csv").write_text(text.replace(before, after), encoding="utf-8")
    monkeypatch.setattr(law_pack, "FOLDER", folder)
    with pytest.raises(InputRefused) as refused:
        load_law.__wrapped__()
    assert f"{table}.csv" in refused.value.message
    assert named in refused.value.message
    assert refused.value.remedy


def test_a_new_code_cannot_start_before_the_era_it_replaces():
    with pytest.raises(InputRefused, match="2020-01-01"):
        load_law(new_code_from=date(2020, 1, 1))
