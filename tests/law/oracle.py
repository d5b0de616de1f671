"""An independent reading of the offence tables: the rows as they stand, in answer set programming.

Reads the CSV files itself and shares no code with the engine. Takes cases whose facts are all
known; answers, for each, the offences that hold, after consent, justification and absorption.
"""

import csv
from pathlib import Path

import clingo

LAW = Path(__file__).parents[2] / "src" / "tutela" / "countries" / "be" / "law"
ERA_STARTS = {"2018": "0001-01-01", "2022-06-01": "2022-06-01", "new-code": "2026-09-01"}
NEVER = "9999-01-01"
SIGNS = {">=": "ge", "<=": "le", "<": "lt", "=": "eq"}

PROGRAM = """
num(C,F,V) :- fact(C,F,V), number(F).

% A term of a group fails; a group of terms holds of a case if none of its terms fails.
met(C,G,T) :- case(C), term(G,T,F,eq), F != consent_in_law, value(G,T,V), fact(C,F,V).
met(C,G,T) :- case(C), term(G,T,F,ge), value(G,T,N), num(C,F,V), V >= N.
met(C,G,T) :- case(C), term(G,T,F,lt), value(G,T,N), num(C,F,V), V < N.
met(C,G,T) :- case(C), term(G,T,age_gap,le), value(G,T,N), num(C,victim_age,V),
              num(C,offender_age,O), |V-O| < N.
met(C,G,T) :- case(C), term(G,T,consent_in_law,eq), value(G,T,no), not consented(C).
met(C,G,T) :- case(C), term(G,T,consent_in_law,eq), value(G,T,yes), consented(C).
group(G) :- term(G,_,_,_).
group(G) :- row(G,_,_).
all_met(C,G) :- case(C), group(G), met(C,G,T) : term(G,T,_,_).

% Consent: free agreement that a rule in force makes valid and none makes void.
valid(C) :- consent_rule(G,valid), current(C,G), all_met(C,G).
void(C) :- consent_rule(G,void), current(C,G), all_met(C,G).
ruled(C) :- consent_rule(G,_), current(C,G).
consented(C) :- fact(C,consent,yes), ruled(C), valid(C), not void(C).
consented(C) :- fact(C,consent,yes), not ruled(C), num(C,victim_age,V), V >= 18.

excused(C) :- justification(G), current(C,G), fact(C,conduct,D), excuses(G,D), all_met(C,G).

made(C,O,K) :- row(G,O,K), current(C,O), fact(C,conduct,D), speaks(G,D), all_met(C,G),
               not excused(C).
absorbed(C) :- made(C,_,aggravated).
holds(C,O) :- made(C,O,aggravated).
holds(C,O) :- made(C,O,base), not absorbed(C).
#show holds/2.
"""


def rows(name):
    with (LAW / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def quoted(text):
    return '"' + text + '"'


def terms(group, text):
    """Facts of the program for the terms of a condition."""
    lines = []
    for number, part in enumerate(filter(None, (p.strip() for p in text.split(";")))):
        sign = next(sign for sign in SIGNS if sign in part)
        fact, values = part.split(sign)
        fact = "consent_in_law" if fact == "consent" else fact
        lines.append(f"term({group},{number},{fact},{SIGNS[sign]}).")
        lines += [f"value({group},{number},{value})." for value in values.split("|")]
    return lines


def spans():
    """Offence → (first day, day after the last), as the rows and their eras say."""
    offences = {row["id"]: row for row in rows("offences")}
    start = {
        i: max(row["in_force_from"] or ERA_STARTS[row["era"]], ERA_STARTS[row["era"]])
        for i, row in offences.items()
    }
    start["new-code"] = ERA_STARTS["new-code"]
    found = {}
    for identifier, row in offences.items():
        last = row["in_force_to"]
        end = NEVER
        if last:
            assert last == "2022-05-31", identifier
            end = "2022-06-01"
        elif row["replaced_by"]:
            end = start[row["replaced_by"]]
        found[identifier] = (start[identifier], end)
    return offences, found


def program(cases):
    offences, periods = spans()
    eras = list(ERA_STARTS)
    ends = dict(zip(eras, [*list(ERA_STARTS.values())[1:], NEVER], strict=True))
    lines = [PROGRAM, "number(victim_age). number(offender_age)."]
    groups = {}
    for number, row in enumerate(rows("elements")):
        group = f"e{number}"
        offence = offences[row["offence_id"]]
        lines.append(f"row({group},{quoted(offence['id'])},{row['kind']}).")
        lines += [f"speaks({group},{conduct})." for conduct in row["conduct"].split("|")]
        condition = [row["conditions"]]
        if not row["ignores_age"]:
            if offence["victim_age_min"]:
                condition.append(f"victim_age>={offence['victim_age_min']}")
            if offence["victim_age_max_exclusive"]:
                condition.append(f"victim_age<{offence['victim_age_max_exclusive']}")
        lines += terms(group, "; ".join(filter(None, condition)))
    for table, fact in (("consent", "consent_rule"), ("justifications", "justification")):
        for number, row in enumerate(rows(table)):
            group = f"{table[0]}{number}"
            groups[group] = (ERA_STARTS[row["era"]], ends[row["era"]])
            effect = f",{row['effect']}" if table == "consent" else ""
            lines.append(f"{fact}({group}{effect}).")
            conducts = filter(None, row.get("conducts", "").split("|"))
            lines += [f"excuses({group},{conduct})." for conduct in conducts]
            condition = row["conditions"]
            lines += terms(group, condition)
    for number, case in enumerate(cases):
        lines.append(f"case({number}).")
        for name, value in case.items():
            if name == "facts_on":
                continue
            if isinstance(value, bool):
                value = "yes" if value else "no"
            lines.append(f"fact({number},{name},{value}).")
        day = case["facts_on"].isoformat()
        current = [quoted(i) for i, (start, end) in periods.items() if start <= day < end]
        current += [group for group, (start, end) in groups.items() if start <= day < end]
        lines += [f"current({number},{name})." for name in current]
    return "\n".join(lines)


def holding(cases):
    """For each case, the ids of the offences that hold, modifiers left out."""
    control = clingo.Control(["--warn=none"])
    control.add("base", [], program(cases))
    control.ground([("base", [])])
    found = [set() for _ in cases]
    with control.solve(yield_=True) as models:
        model = next(iter(models))
        for symbol in model.symbols(shown=True):
            case, offence = symbol.arguments
            found[case.number].add(offence.string)
    return found
