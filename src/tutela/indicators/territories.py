"""Where facts took place: provinces under their regions, and which code a place belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from tutela.vocabulary import Vocabulary

Labels = Mapping[str, str]


def territory_codes(vocabulary: Vocabulary) -> list[tuple[str, Labels, str | None]]:
    """Code, labels and parent of each region followed by its provinces.

    A region without provinces (Brussels) is itself the smallest territory.
    """
    regions, provinces = vocabulary.codelist("regions"), vocabulary.codelist("provinces")
    codes: list[tuple[str, Labels, str | None]] = []
    for region in regions:
        codes.append((region, regions.labels(region), None))
        codes.extend(
            (province, provinces.labels(province), region)
            for province in provinces
            if provinces.parent(province) == region
        )
    return codes


def territory_of_place(vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Pairs of a place (municipality, province, region without provinces) and its territory.

    A region that has provinces is no territory: which province is unknown.
    """
    above = {parent for _, _, parent in territory_codes(vocabulary)}
    smallest = [code for code, _, _ in territory_codes(vocabulary) if code not in above]
    pairs = [(code, code) for code in smallest]
    province_of = vocabulary.mapping("province_of_municipality")
    region_of = vocabulary.mapping("region_of_municipality")
    for municipality in vocabulary.codelist("municipalities"):
        territory = province_of.get(municipality) or region_of.get(municipality)
        if territory in smallest and territory is not None:
            pairs.append((municipality, territory))
    return pairs
