"""A release as SDMX: one structure (SDMX-ML 3.0) and one SDMX-CSV 2.0 file per indicator.

Source: SDMX 3.0 technical specifications; observation status after the cross-domain code list
CL_OBS_STATUS 2.2 (A normal value, Q suppressed, O missing, M cannot exist). A hidden cell is Q
whatever hid it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from tutela.errors import InputRefused

AGENCY = "TUTELA"
VERSION = "1.0.0"

_CODELIST = "urn:sdmx:org.sdmx.infomodel.codelist.Codelist="
_CONCEPTS = "urn:sdmx:org.sdmx.infomodel.conceptscheme.ConceptScheme="
_CONCEPT = "urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept="
_STRUCTURE = "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure="
_DATAFLOW = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow="

#: Status of a cell → (observation status, its name).
_OBSERVATION = {
    "shown": ("A", "Normal value"),
    "zero": ("A", "Normal value"),
    "hidden": ("Q", "Missing value; suppressed"),
    "unknown": ("O", "Missing value"),
    "not_applicable": ("M", "Missing value; data cannot exist"),
}
_ORIGIN = {"RECORDED": "Counted from submitted records", "SYNTHETIC": "Simulated; invented data"}


def identifier(code: str) -> str:
    """`code` as an SDMX identifier: `+` is written PLUS, any other foreign sign an underscore."""
    return re.sub(r"[^A-Za-z0-9_@$-]", "_", code.replace("+", "_PLUS"))


def check_codes(entry: Mapping[str, Any], table: pl.DataFrame) -> None:
    """Raise InputRefused when a cell of `table` names a code that its dimension does not list."""
    for dimension in entry["dimensions"]:
        name = dimension["name"]
        known = [code["code"] for code in dimension["codes"]]
        foreign = table[name].unique().drop_nulls().sort().to_list()
        wrong = [code for code in foreign if code not in known]
        if wrong or table[name].null_count():
            raise InputRefused(
                f"table {entry['id']}, column {name}: {wrong[0] if wrong else 'an empty field'!r} "
                "is not in the code list",
                remedy="Declare the code with its labels, or count the table again.",
                details={"table": entry["id"], "column": name, "codes": wrong},
            )


def data_csv(entry: Mapping[str, Any], table: pl.DataFrame, *, synthetic: bool) -> bytes:
    """The SDMX-CSV 2.0 of a protected table; every row says whether its figures are simulated."""
    names = [dimension["name"] for dimension in entry["dimensions"]]
    observation = {status: code for status, (code, _) in _OBSERVATION.items()}
    codes = [
        pl.col(name)
        .replace_strict({code: identifier(code) for code in table[name].unique()})
        .alias(identifier(name).upper())
        for name in names
    ]
    zero = pl.when(pl.col("status") == "zero").then(pl.lit(0, pl.Int64))
    frame = table.select(
        pl.lit("dataflow").alias("STRUCTURE"),
        pl.lit(f"{AGENCY}:{_flow_id(entry)}({VERSION})").alias("STRUCTURE_ID"),
        pl.lit("I").alias("ACTION"),
        *codes,
        zero.otherwise(pl.col("count")).alias("OBS_VALUE"),
        pl.col("status").replace_strict(observation).alias("OBS_STATUS"),
        pl.lit("SYNTHETIC" if synthetic else "RECORDED").alias("DATA_ORIGIN"),
    )
    return frame.write_csv().encode()


def structure_xml(
    entries: Sequence[Mapping[str, Any]], *, time: datetime, release: str, synthetic: bool
) -> bytes:
    """The SDMX-ML 3.0 structure of all indicators: code lists, concepts, structures, dataflows.

    `time` must carry its zone; with `release` it makes the header, so that bytes repeat.
    """
    from pysdmx.io.xml.sdmx30.writer.structure import write
    from pysdmx.model import ConceptScheme, Dataflow, Organisation
    from pysdmx.model.dataflow import Components, DataStructureDefinition
    from pysdmx.model.message import Header

    lists = _codelists(entries)
    concepts = _concepts(entries, lists)
    scheme_urn = f"{_CONCEPTS}{AGENCY}:CS_TUTELA({VERSION})"
    scheme = ConceptScheme(
        "CS_TUTELA",
        name="Concepts of Tutela",
        agency=AGENCY,
        version=VERSION,
        items=list(concepts.values()),
        urn=scheme_urn,
    )
    structures: list[Any] = [*lists.values(), scheme]
    mark = "SYNTHETIC · " if synthetic else ""
    flows = []
    for entry in entries:
        structure_id = f"DSD_{identifier(entry['id']).upper()}"
        structure = DataStructureDefinition(
            id=structure_id,
            name=entry["label"]["en"],
            agency=AGENCY,
            version=VERSION,
            urn=f"{_STRUCTURE}{AGENCY}:{structure_id}({VERSION})",
            components=Components(_components(entry, concepts)),
        )
        structures.append(structure)
        flows.append(
            Dataflow(
                id=_flow_id(entry),
                name=mark + entry["label"]["en"],
                description=entry["definition"]["en"],
                agency=AGENCY,
                version=VERSION,
                urn=f"{_DATAFLOW}{AGENCY}:{_flow_id(entry)}({VERSION})",
                structure=structure,
            )
        )
    header = Header(
        id=identifier(release), test=synthetic, prepared=time, sender=Organisation(AGENCY)
    )
    text = write([*structures, *flows], header=header)
    assert text is not None  # noqa: S101 - a path was not given, so the text is returned
    return text.encode()


def _flow_id(entry: Mapping[str, Any]) -> str:
    """The identifier of an indicator's dataflow."""
    return f"DF_{identifier(entry['id']).upper()}"


def _codelists(entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Component → code list; a dimension of several indicators has one list with all its codes."""
    from pysdmx.model import Code, Codelist

    names: dict[str, dict[str, str]] = {}
    for entry in entries:
        for dimension in entry["dimensions"]:
            codes = names.setdefault(identifier(dimension["name"]).upper(), {})
            for code in dimension["codes"]:
                codes.setdefault(identifier(code["code"]), code["label"]["en"])
    names["OBS_STATUS"] = dict(_OBSERVATION.values())
    names["DATA_ORIGIN"] = _ORIGIN
    return {
        component: Codelist(
            f"CL_{component}",
            name=component.replace("_", " ").capitalize(),
            agency=AGENCY,
            version=VERSION,
            urn=f"{_CODELIST}{AGENCY}:CL_{component}({VERSION})",
            items=[
                Code(
                    code,
                    name=name,
                    urn=f"urn:sdmx:org.sdmx.infomodel.codelist.Code={AGENCY}:CL_{component}"
                    f"({VERSION}).{code}",
                )
                for code, name in codes.items()
            ],
        )
        for component, codes in names.items()
    }


def _concepts(entries: Iterable[Mapping[str, Any]], lists: Mapping[str, Any]) -> dict[str, Any]:
    """Component → concept, each with the urn by which structures refer to it."""
    from pysdmx.model import Concept, DataType

    labels = {
        identifier(dimension["name"]).upper(): dimension["label"]["en"]
        for entry in entries
        for dimension in entry["dimensions"]
    }
    labels |= {"OBS_STATUS": "Observation status", "DATA_ORIGIN": "Origin of the data"}
    concepts = {
        component: Concept(
            component,
            name=label,
            dtype=DataType.STRING,
            codes=lists[component],
            urn=f"{_CONCEPT}{AGENCY}:CS_TUTELA({VERSION}).{component}",
        )
        for component, label in labels.items()
    }
    concepts["OBS_VALUE"] = Concept(
        "OBS_VALUE",
        name="Count",
        dtype=DataType.INTEGER,
        urn=f"{_CONCEPT}{AGENCY}:CS_TUTELA({VERSION}).OBS_VALUE",
    )
    return concepts


def _components(entry: Mapping[str, Any], concepts: Mapping[str, Any]) -> list[Any]:
    """Dimensions, the count, and what is said of each count."""
    from pysdmx.model import Component, DataType, Role

    def component(name: str, role: Any, **options: Any) -> Any:
        concept = concepts[name]
        return Component(id=name, role=role, concept=concept, local_codes=concept.codes, **options)

    dimensions = [
        component(identifier(dimension["name"]).upper(), Role.DIMENSION, required=True)
        for dimension in entry["dimensions"]
    ]
    return [
        *dimensions,
        component("OBS_VALUE", Role.MEASURE, required=False, local_dtype=DataType.INTEGER),
        component("OBS_STATUS", Role.ATTRIBUTE, required=True, attachment_level="O"),
        component("DATA_ORIGIN", Role.ATTRIBUTE, required=True, attachment_level="O"),
    ]
