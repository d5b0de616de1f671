"""How an agency writes down the facts: when, where, in what form, under which offence."""

from __future__ import annotations

import numpy as np
import polars as pl

from tutela.simulation.chance import NEVER, Bools, Codes, Dates, Ints, happens, listed, pick, stream
from tutela.simulation.children import FORMS, ONLINE
from tutela.simulation.sheet import Column, Sheet
from tutela.simulation.world import World

NEW_LAW = np.datetime64("2022-06-01", "D")
GROOMING_LAW = np.datetime64("2014-05-10", "D")
#: Offence by kind, before and since the law of 21 March 2022.
_OFFENCES = {
    "trafficking": ("be18-433septies-1", "be22-433septies-1"),
    "grooming": ("be18-433bis_1", "be22-417_24"),
    "forced_marriage": ("be18-391sexies", "be22-391sexies"),
    "csam_distribution": ("be18-383bis-1", "be22-417_44"),
    "csam_possession": ("be18-383bis-2", "be22-417_46"),
}
_KIND_OF_FORM = {
    "prostitution": "incitement",
    "sectt": "incitement",
    "trafficking": "trafficking",
    "cefm": "forced_marriage",
    "grooming": "grooming",
    "sexual_extortion": "grooming",
    "ocse": "grooming",
    "csam": "csam_distribution",
    "live_streaming": "csam_distribution",
    "ai_csam": "csam_distribution",
    "other": "",
}


def written_dates(world: World, rows: Sheet) -> tuple[Dates, Codes]:
    """First day of the facts as the agency notes it, and its precision; some note none."""
    rng = stream(world.seed, f"facts {rows.agency}")
    size = len(rows)
    known = np.maximum(rows.who, 0)
    true = rows.columns.get("facts.date", world.facts.date[known])
    shares = world.rates.table("writing.facts_coarse")
    precision = pick(rng, shares, size)
    # The first day of a month or a year may not lie before the birth, even before a slip of it.
    tender: Bools = (rows.who >= 0) & (true - world.people.birth[known] < np.timedelta64(900, "D"))
    precision = np.where(tender, "day", precision)
    month = true.astype("datetime64[M]").astype("datetime64[D]")
    year = true.astype("datetime64[Y]").astype("datetime64[D]")
    written = np.select([precision == "month", precision == "year"], [month, year], true)
    missing = happens(rng, world.rates.number("writing.facts_missing"), size)
    return np.where(missing, NEVER, written), precision


def written_facts(world: World, rows: Sheet, dates: Dates) -> dict[str, Column]:
    """Place, country, forms (codes apart by `;`), online and offence."""
    rng = stream(world.seed, f"forms {rows.agency}")
    size = len(rows)
    known = np.maximum(rows.who, 0)
    facts = world.facts
    bits = rows.columns.get("facts.forms", facts.forms[known])
    first = np.left_shift(1, facts.main_form[known])
    if rows.agency != "federal_police":  # the central unit qualifies every form
        one = happens(rng, world.rates.number("writing.one_form_noted"), size)
        bits = np.where(one & (bits & first > 0), first, bits)
        bits = np.where(happens(rng, world.rates.number("writing.forms_missing"), size), 0, bits)
    online = rows.columns.get("facts.online", facts.online[known])
    country = rows.columns.get("facts.country", facts.country[known])
    place = facts.place[known]
    day = np.where(np.isnat(dates), facts.date[known], dates)
    has_place = (rows.who >= 0) & (place >= 0) & (country == "BE")
    return {
        "facts_place": np.where(has_place, world.places.codes[np.maximum(place, 0)], ""),
        "facts_country": country,
        "forms": _form_texts(bits),
        "online": listed(ONLINE)[online],
        "offence": np.where(rows.who >= 0, _offences(world, known, day), ""),
    }


def _form_texts(bits: Ints) -> Codes:
    masks, number = np.unique(bits, return_inverse=True)
    texts = [
        ";".join(form for place, form in enumerate(FORMS) if mask >> place & 1)
        for mask in masks.tolist()
    ]
    return listed(texts)[number]


def _offences(world: World, who: Ints, day: Dates) -> Codes:
    facts = world.facts
    of_form = listed(_KIND_OF_FORM[form] for form in FORMS)[facts.main_form[who]]
    kind = np.where(facts.kind[who] == "", of_form, facts.kind[who])
    age = facts.victim_age[who]
    new = day >= NEW_LAW
    codes = np.full(len(who), "", dtype=np.object_)
    for name, (before, since) in _OFFENCES.items():
        here = kind == name
        codes[here] = np.where(new[here], since, before)
    incitement = kind == "incitement"
    old_code = np.select([age >= 16, age >= 14], ["be18-379-1", "be18-379-2"], "be18-379-3")
    new_code = np.where(age >= 16, "be22-417_25", "be22-417_26")
    codes[incitement] = np.where(new, new_code, old_code)[incitement]
    codes[(kind == "grooming") & (day < GROOMING_LAW)] = ""
    return codes


def case_columns(world: World, rows: Sheet, prefix: str) -> dict[str, pl.Series]:
    """The agency's own case number and the notice that justice bodies share."""
    rng = stream(world.seed, f"cases {rows.agency}")
    size = len(rows)
    somebody = rows.who >= 0
    case = world.facts.case[np.maximum(rows.who, 0)]
    share = world.rates.table("writing.notice_noted")[rows.agency]
    police = _with_notice(world)[case] if size else np.zeros(0, dtype=np.bool_)
    noted = somebody & police & happens(rng, share, size)
    own = prefix + "-A" + pl.Series(case * 3 + 11).cast(pl.String)
    notice = (
        "BE37.L"
        + pl.Series(case % 9 + 1).cast(pl.String)
        + "."
        + pl.Series(case + 100_000).cast(pl.String)
    )
    return {
        "case_number": own.set(pl.Series(~somebody), None),
        "case_reference": notice.set(pl.Series(~noted), None),
    }


def _with_notice(world: World) -> Bools:
    """Which cases have a notice: those that police or justice know."""
    cases = np.zeros(int(world.facts.case.max(initial=-1)) + 1, dtype=np.bool_)
    journeys = world.journeys
    known = (
        journeys.happened("complaint_on")
        | journeys.happened("identified_on")
        | journeys.happened("opened_on")
    )
    cases[world.children.case[known]] = True
    cases[world.facts.case[world.child_count :]] = True
    return cases
