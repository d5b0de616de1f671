"""A release as DCAT-AP 3 in JSON-LD, so that data portals can harvest it.

Addresses are relative to the folder: whoever serves the release gives them their base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tutela.publication.folder import json_bytes, sha256
from tutela.publication.release import LANGUAGES
from tutela.publication.tables import SYNTHETIC

_AUTHORITY = "http://publications.europa.eu/resource/authority"
_LANGUAGE = {"fr": "FRA", "nl": "NLD", "de": "DEU", "en": "ENG"}

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def dcat_jsonld(
    manifest: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], files: Mapping[str, bytes]
) -> bytes:
    """`dcat.jsonld`: a catalogue with one dataset per indicator, its CSV and its SDMX-CSV."""
    issued = {"@value": manifest["time"], "@type": "xsd:dateTime"}
    publisher = {"@type": "foaf:Agent", "foaf:name": _texts(_PUBLISHER)}
    mark = f"{SYNTHETIC} · " if manifest["synthetic"] else ""
    datasets = [
        {
            "@id": f"#{entry['id']}",
            "@type": "dcat:Dataset",
            "dct:identifier": f"{manifest['id']}/{entry['id']}",
            "dct:title": _texts(entry["label"], mark),
            "dct:description": _texts(entry["definition"], mark),
            "dct:issued": issued,
            "dct:publisher": publisher,
            "dct:language": [{"@id": f"{_AUTHORITY}/language/{_LANGUAGE[x]}"} for x in LANGUAGES],
            "dcat:theme": [
                {"@id": f"{_AUTHORITY}/data-theme/JUST"},
                {"@id": f"{_AUTHORITY}/data-theme/SOCI"},
            ],
            "dct:spatial": {"@id": f"{_AUTHORITY}/country/BEL"},
            "dcat:distribution": [
                _distribution(path, files[path])
                for path in (entry["tables"][0], f"sdmx/{entry['id']}.csv")
            ],
        }
        for entry in entries
    ]
    return json_bytes(
        {
            "@context": _CONTEXT,
            "@id": "#catalogue",
            "@type": "dcat:Catalog",
            "dct:title": _texts(manifest["title"]),
            "dct:description": _texts(_DESCRIPTION, mark),
            "dct:issued": issued,
            "dct:publisher": publisher,
            "dcat:dataset": datasets,
        }
    )


_PUBLISHER = {
    "fr": "Centre national (Tutela)",
    "nl": "Nationaal centrum (Tutela)",
    "de": "Nationale Zentrale (Tutela)",
    "en": "National centre (Tutela)",
}
_DESCRIPTION = {
    "fr": "Tableaux protégés sur l’exploitation sexuelle des enfants ; personne n’y est "
    "reconnaissable.",
    "nl": "Beschermde tabellen over seksuele uitbuiting van kinderen; niemand is erin te "
    "herkennen.",
    "de": "Geschützte Tabellen zur sexuellen Ausbeutung von Kindern; niemand ist darin erkennbar.",
    "en": "Protected tables on the sexual exploitation of children; nobody can be recognised in "
    "them.",
}


def _texts(text: Mapping[str, str], mark: str = "") -> list[dict[str, str]]:
    """`text` as literals with their language."""
    return [{"@value": mark + text[lang], "@language": lang} for lang in LANGUAGES]


def _distribution(path: str, content: bytes) -> dict[str, Any]:
    """One file of a dataset."""
    return {
        "@id": path,
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": path},
        "dcat:downloadURL": {"@id": path},
        "dct:format": {"@id": f"{_AUTHORITY}/file-type/CSV"},
        "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/text/csv"},
        "dcat:byteSize": {"@value": str(len(content)), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": sha256(content), "@type": "xsd:hexBinary"},
        },
    }
