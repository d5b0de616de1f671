"""Keys: who may hold which, for their owner's eyes only, never overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tutela.errors import InputRefused, Misuse, SafetyBlock
from tutela.submissions.keys import (
    AgencyKeys,
    CentreKeys,
    create_agency,
    create_centre,
    create_linkage,
)

from .conftest import Nation, tree


def test_private_files_are_the_owner_s_alone(nation: Nation) -> None:
    agency = nation.agency("courts")
    for path in (
        nation.centre / "centre.identity", nation.linkage / "linkage.secret",
        agency / "agency.signing", agency / "linkage.secret",
    ):  # fmt: skip
        assert path.stat().st_mode & 0o777 == 0o600, path
    for folder in (nation.centre, nation.linkage, agency, nation.centre / "signers"):
        assert folder.stat().st_mode & 0o777 == 0o700, folder


def test_what_was_made_can_be_loaded(nation: Nation) -> None:
    agency = AgencyKeys.load(nation.agency("courts"))
    centre = CentreKeys.load(nation.centre)
    signer = centre.signer("courts")
    assert signer is not None
    assert signer.verify_key == bytes(agency.signing_key.verify_key)
    assert (agency.profiles, agency.secret.epoch) == (("courts",), 1)
    assert [known.agency for known in centre.signers()] == ["courts", "local_police"]
    assert centre.signer("../centre") is None


def test_keys_are_never_overwritten(nation: Nation) -> None:
    nation.agency("courts")
    before = tree(nation.folder / "keys")
    for again in (
        lambda: create_centre(nation.centre),
        lambda: create_linkage(nation.linkage),
        lambda: create_agency(nation.folder / "keys" / "courts", "courts"),
        lambda: create_agency(nation.folder / "keys" / "twin", "courts", centre=nation.centre),
    ):
        with pytest.raises(InputRefused):
            again()
    assert tree(nation.folder / "keys") == before


def test_the_centre_s_key_and_a_secret_never_lie_together(nation: Nation) -> None:
    before = tree(nation.folder / "keys")
    for together in (
        lambda: create_centre(nation.linkage),
        lambda: create_linkage(nation.centre),
        lambda: create_linkage(nation.centre.parent),
        lambda: create_centre(nation.linkage.parent),
        lambda: create_agency(nation.centre, "courts", linkage=nation.linkage),
    ):
        with pytest.raises(SafetyBlock):
            together()
    assert tree(nation.folder / "keys") == before


def test_a_renamed_secret_is_still_found(nation: Nation) -> None:
    (nation.centre / "notes.txt").write_bytes((nation.linkage / "linkage.secret").read_bytes())
    with pytest.raises(SafetyBlock):
        CentreKeys.load(nation.centre)


def test_an_agency_of_another_name_says_what_it_hands_in(nation: Nation) -> None:
    with pytest.raises(Misuse, match="Which profiles"):
        create_agency(nation.folder / "a", "centre_north")
    with pytest.raises(Misuse, match="no profile"):
        create_agency(nation.folder / "a", "centre_north", profiles=["navy"])
    with pytest.raises(Misuse, match="cannot be"):
        create_agency(nation.folder / "a", "../x")
    create_agency(nation.folder / "a", "centre_north", profiles=["specialised_centre"],
                  centre=nation.centre)  # fmt: skip
    signer = CentreKeys.load(nation.centre).signer("centre_north")
    assert signer is not None
    assert signer.profiles == ("specialised_centre",)


def test_enrolment_by_hand_is_a_copy_of_the_public_file(nation: Nation) -> None:
    create_agency(nation.folder / "far", "youth_care")
    public = (nation.folder / "far" / "agency.verify").read_bytes()
    assert "signing_key" not in json.loads(public)
    (nation.centre / "signers" / "youth_care.json").write_bytes(public)
    signer = CentreKeys.load(nation.centre).signer("youth_care")
    assert signer is not None
    assert signer.profiles == ("youth_care",)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"agency": "x"}'])
def test_a_damaged_key_file_is_named(nation: Nation, text: str) -> None:
    path: Path = nation.centre / "signers" / "courts.json"
    path.write_text(text)
    with pytest.raises(InputRefused, match=r"courts\.json"):
        CentreKeys.load(nation.centre).signer("courts")


def test_a_missing_centre_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="There is no"):
        CentreKeys.load(tmp_path)
