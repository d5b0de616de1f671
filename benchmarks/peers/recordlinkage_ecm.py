"""recordlinkage with its ECM classifier on clear text, in an environment of its own.

    python recordlinkage_ecm.py IN.csv OUT.parquet

Writes record_id_1, record_id_2, probability of every candidate pair at 0.01 or more.
"""

import sys
import time

import pandas as pd
import recordlinkage

_TEXTS = ("given_names", "family_names", "mother_names", "street", "suburb")
_EQUAL = ("birth_date", "sex", "citizenship", "residence", "phone")


def main():
    began = time.perf_counter()
    people = pd.read_csv(sys.argv[1], dtype=str).set_index("record_id")
    people = people.apply(lambda column: column.str.lower())
    people["family_start"] = people["family_names"].str[:3]
    people["given_start"] = people["given_names"].str[:3]
    people["birth_year"] = people["birth_date"].str[:4]
    people["full_date"] = people["birth_date"].where(
        (people["birth_date"].str.len() >= 8)
        & ~people["birth_date"].str.endswith("-01-01", na=False)
    )
    index = recordlinkage.Index()
    for block in (
        ["given_names", "family_names"],
        ["full_date"],
        ["family_start", "birth_year"],
        ["given_start", "birth_year"],
    ):
        index.block(block)
    # Missing values do not block.
    pairs = index.index(people)
    compare = recordlinkage.Compare()
    for name in _TEXTS:
        if name in people.columns:
            compare.string(name, name, method="jarowinkler", threshold=0.88, label=name)
    for name in _EQUAL:
        if name in people.columns:
            compare.exact(name, name, label=name)
    features = compare.compute(pairs, people)
    features = features.loc[:, features.nunique() > 1]
    classifier = recordlinkage.ECMClassifier()
    classifier.fit(features)
    chances = classifier.prob(features)
    chances = chances[chances >= 0.01]
    found = pd.DataFrame(
        {
            "record_id_1": chances.index.get_level_values(0).astype(str),
            "record_id_2": chances.index.get_level_values(1).astype(str),
            "probability": chances.to_numpy(),
        }
    )
    found.to_parquet(sys.argv[2])
    print(round(time.perf_counter() - began, 2))


if __name__ == "__main__":
    main()
