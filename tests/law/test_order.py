"""Within one era a worse fact never lowers the prison range; a fine it may (417/37)."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.law import Facts, load_law
from tutela.law.qualify import qualify_on
from tutela.law.words import read_words

LAW = load_law()
#: One day in each era; conducts of which an adult is no worse a victim than a child.
DAYS = (date(2018, 6, 1), date(2024, 6, 1), date(2027, 6, 1))
CONDUCTS = [c for c in read_words("codes")["conduct"] if c != "adult_prostitution"]
WORSE = (
    "death", "torture", "weapon", "vulnerable", "discriminatory", "group", "association",
    "criminal_organisation", "public_officer", "authority", "facilitates", "meeting_acts",
    "luring_means", "ict",
)  # fmt: skip
yes_no = st.sampled_from(["yes", "no"])
cases = st.fixed_dictionaries(
    {
        "conduct": st.sampled_from(CONDUCTS),
        "victim_age": st.integers(1, 20),
        "offender_age": st.integers(18, 60),
        "family": st.sampled_from(["close", "other", "none"]),
        "purpose": st.just("other"),
        "protected_offence": st.sampled_from(list(read_words("codes")["protected_offence"])),
        "permission": st.sampled_from(list(read_words("codes")["permission"])),
        "consent": yes_no,
        **dict.fromkeys(WORSE, yes_no),
    }
)


def range_of(facts, day):
    """The highest maximum with its minimum; below any range if no offence holds."""
    found = qualify_on(LAW, Facts.of(**facts), day).principal
    return (-1.0, -1.0) if found is None or not found.penalty else found.penalty.severity[:2]


def worse_versions(facts):
    for name in WORSE:
        if facts[name] == "no":
            yield {**facts, name: "yes"}
    if facts["consent"] == "yes":
        yield {**facts, "consent": "no"}
    if facts["family"] == "none":
        yield {**facts, "family": "other"}
    if facts["family"] == "other":
        yield {**facts, "family": "close"}
    for threshold in (10, 14, 16, 18):
        if facts["victim_age"] >= threshold:
            yield {**facts, "victim_age": threshold - 1}


@settings(max_examples=150, deadline=None)
@given(cases, st.sampled_from(DAYS))
def test_a_worse_fact_never_lowers_the_prison_range(facts, day):
    before = range_of(facts, day)
    for worse in worse_versions(facts):
        changed = {k: v for k, v in worse.items() if facts[k] != v}
        assert range_of(worse, day) >= before, changed
