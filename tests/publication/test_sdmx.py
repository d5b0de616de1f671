"""SDMX files are read back by pysdmx, validated against the schemas of the standard."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import polars as pl
import pytest

from tests.publication.sample_release import INDICATORS, declaration, table_of, write_sample_release
from tutela.errors import InputRefused
from tutela.publication.sdmx import check_codes, data_csv, identifier


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sdmx") / "release"
    write_sample_release(path)
    return path


def test_structure_is_valid_sdmx_ml_3(folder: Path) -> None:
    from pysdmx.io import read_sdmx

    message = read_sdmx(folder / "sdmx/structure.xml", validate=True)
    flows = {flow.id: flow for flow in message.get_dataflows()}
    assert set(flows) == {f"DF_{indicator['id'].upper()}" for indicator in INDICATORS}
    assert all(flow.name.startswith("SYNTHETIC · ") for flow in flows.values())
    lists = {codelist.id: codelist for codelist in message.get_codelists()}
    assert {"CL_YEAR", "CL_FORM", "CL_OBS_STATUS", "CL_DATA_ORIGIN"} <= set(lists)
    assert {code.id for code in lists["CL_OBS_STATUS"].codes} == {"A", "M", "O", "Q"}
    assert message.header.prepared.isoformat() == "2026-01-31T12:00:00+00:00"
    assert all(concept.urn for concept in message.get_concept_schemes()[0].concepts)


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator["id"])
def test_data_are_read_back_with_their_structure(folder: Path, indicator: dict) -> None:
    from pysdmx.io import get_datasets

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        [dataset] = get_datasets(
            folder / f"sdmx/{indicator['id']}.csv", folder / "sdmx/structure.xml"
        )
    names = [dimension["name"].upper() for dimension in indicator["dimensions"]]
    assert list(dataset.data.columns) == [*names, "OBS_VALUE", "OBS_STATUS", "DATA_ORIGIN"]
    assert set(dataset.data["DATA_ORIGIN"]) == {"SYNTHETIC"}
    table = table_of(indicator)
    shown = table.filter(pl.col("status") == "shown")["count"].sum()
    assert int(dataset.data["OBS_VALUE"].sum()) == shown
    hidden = int((table["status"] == "hidden").sum())
    assert int((dataset.data["OBS_STATUS"] == "Q").sum()) == hidden
    # Every value stands in the code list that the structure names for its component.
    for component in dataset.structure.components:
        if component.enumeration is not None:
            codes = {code.id for code in component.enumeration.codes}
            assert set(dataset.data[component.id]) <= codes


def test_zero_is_a_value_and_hidden_is_none() -> None:
    entry = declaration(INDICATORS[3])
    rows = pl.read_csv(
        io.BytesIO(data_csv(entry, table_of(INDICATORS[3]), synthetic=False)), infer_schema=False
    )
    assert rows.columns[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    zero = rows.filter(YEAR="2017", CHANNEL="unknown")
    assert zero["OBS_VALUE"].to_list() == ["0"]
    assert zero["OBS_STATUS"].to_list() == ["A"]
    for code in ("Q", "O", "M"):
        marked = rows.filter(OBS_STATUS=code)
        assert marked.height > 0
        assert marked["OBS_VALUE"].null_count() == marked.height
    assert set(rows["DATA_ORIGIN"]) == {"RECORDED"}


def test_a_code_outside_its_list_is_refused() -> None:
    table = table_of(INDICATORS[0]).with_columns(form=pl.col("form").replace("csam", "CSAM"))
    with pytest.raises(InputRefused, match="column form: 'CSAM' is not in the code list"):
        check_codes(declaration(INDICATORS[0]), table)
    empty = table_of(INDICATORS[0]).with_columns(
        form=pl.when(pl.col("form") != "csam").then("form")
    )
    with pytest.raises(InputRefused, match="column form: 'an empty field'"):
        check_codes(declaration(INDICATORS[0]), empty)


def test_identifiers_are_those_of_sdmx() -> None:
    assert identifier("0-5") == "0-5"
    assert identifier("18+") == "18_PLUS"
    assert identifier("found 7/é") == "found_7__"
