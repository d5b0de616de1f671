import hashlib

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tutela.errors import InputRefused
from tutela.linkage import names
from tutela.linkage.encode import Encoder
from tutela.linkage.filters import ClearFilterMaker, FilterMaker
from tutela.linkage.schema import DEFAULT_SCHEMA
from tutela.linkage.secret import LinkageSecret
from tutela.linkage.table import read_table

SECRET = LinkageSecret(bytes(range(32)), 1)
PERSON = {
    "record_id": "r1", "given_names": "Фатима Zahra", "family_names": "El-Haddad",
    "birth_date": "2009-03-12", "birth_date_quality": "exact", "sex": "F", "phone": "0470 12 34 56",
}  # fmt: skip


def test_encodings_are_what_they_were():
    """Agencies of another version must still be comparable: these bytes never change."""
    encoder = Encoder(DEFAULT_SCHEMA, SECRET)
    records = encoder.encode(pl.DataFrame([PERSON]))
    bits = b"".join(encoder.filters()["bits"].to_list())
    assert hashlib.sha256(bits).hexdigest()[:16] == "f178341404f3b918"
    row = records.row(0, named=True)
    assert row["birth_date_full"] == 17247562431882944852
    assert row["birth_date_year"] == 2009
    assert row["birth_date_year_month"] == 9787862657908123500
    assert row["birth_date_year_day"] == 2358918857581257467
    assert row["birth_date_month_day"] == 335811155251122124
    assert row["phone_token"] == 10348041508459776679
    assert row["given_names_sounds"] == [
        4013699166804681766,
        14068650510054848689,
        11094517302388451238,
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mohammed", "Mouhamed"),
        ("Щербакова", "Shcherbakova"),
        ("Nguyễn", "NGUYEN"),
        ("Sjef", "Shef"),
    ],
)
def test_spellings_of_one_name_sound_alike(one, other):
    def sounds(raw):
        return names.sounds([names.sound(names.folded(part)) for part in names.parts(raw)])

    assert sounds(one) == sounds(other)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=25))
@example("0NN")
@example("Na-Young")
def test_any_text_has_parts_in_plain_letters_and_the_same_again(raw):
    found = names.parts(raw)
    assert all(part.isascii() and part.isalpha() and part.islower() for part in found)
    assert names.parts(" ".join(found)) == found


@settings(max_examples=60, deadline=None)
@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=12))
def test_clear_filters_hold_each_letter_pair_apart(part):
    text = names.folded(part)
    padded = f"_{text}_"
    pairs = {padded[k : k + 2] for k in range(len(padded) - 1)}
    assert ClearFilterMaker().mask(text).bit_count() == len(pairs)


def test_another_key_gives_other_bits():
    assert FilterMaker(b"a").mask("amina") != FilterMaker(b"b").mask("amina")


def test_chunks_change_nothing():
    frame = pl.DataFrame([{**PERSON, "record_id": f"r{n}", "phone": f"0470{n}"} for n in range(9)])
    whole, pieces = Encoder(DEFAULT_SCHEMA, SECRET), Encoder(DEFAULT_SCHEMA, SECRET)
    together = pl.concat([pieces.encode(frame[:4]), pieces.encode(frame[4:])])
    assert whole.encode(frame).equals(together)
    assert whole.filters().equals(pieces.filters())


def test_no_part_of_a_date_with_few_values_becomes_a_token():
    """A token of a year, a month or a day would be read by how often it stands there."""
    days = pl.date_range(pl.date(2008, 1, 1), pl.date(2011, 12, 31), eager=True)
    frame = pl.DataFrame({"record_id": days.cast(pl.String), "birth_date": days.cast(pl.String)})
    records = Encoder(DEFAULT_SCHEMA, SECRET).encode(frame)
    tokens = {
        n for n in records.columns if n.startswith("birth_date") and n != "birth_date_quality"
    }
    assert records["birth_date_year"].to_list() == days.dt.year().to_list()
    for name in tokens - {"birth_date_year"}:
        assert records[name].n_unique() >= 48, name


def test_dates_encoded_with_hidden_years_are_refused():
    encoder = Encoder(DEFAULT_SCHEMA, SECRET)
    records = encoder.encode(pl.DataFrame([PERSON])).drop("birth_date_year_month")
    with pytest.raises(InputRefused, match="earlier version"):
        read_table(records, encoder.filters(), DEFAULT_SCHEMA)
