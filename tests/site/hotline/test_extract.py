"""The desk's own source of figures, through the real validator and the real sealing."""

import csv
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.site.reports.test_sending import SECRET_TEXT
from tutela.errors import InputRefused
from tutela.site.audit.models import Act, Entry
from tutela.site.hotline.extract import write_extract
from tutela.site.reports.models import Report
from tutela.submissions.profiles import load_profile
from tutela.submissions.validate import validate_file


def test_reports_that_were_read_pass_the_validator_and_tell_no_word(
    operator, report_of, hotline, tmp_path
):
    read, unfounded, unread = (report_of(words=[f"{SECRET_TEXT} {n}"]) for n in range(3))
    operator.post(f"/desk/reports/{read.id}/read/")
    operator.post(f"/desk/reports/{read.id}/pass-on/", {"to": "prosecution", "reason": "so"})
    Report.objects.filter(id=unfounded.id).update(
        read_at=timezone.now(), outcome="unfounded", closed_at=timezone.now()
    )
    out = tmp_path / "hotline.csv"
    year = timezone.localdate().year
    assert write_extract(hotline.id, year, out) == 2
    checked = validate_file(out, load_profile("hotline"), "en", cap=5)
    assert checked.ok, [group.examples for group in checked.groups]
    assert SECRET_TEXT not in out.read_text()
    rows = {row["record"]: row for row in csv.DictReader(out.open())}
    assert str(unread.id) not in rows
    assert rows[str(unfounded.id)]["outcome"] == "unfounded"
    assert rows[str(read.id)]["forwarded_to"] == "prosecution"
    assert rows[str(read.id)]["acknowledged_on"] == ""
    assert oct(out.stat().st_mode)[-3:] == "600"
    entry = Entry.objects.get(act=Act.EXPORT)
    assert entry.details == {"year": year, "rows": 2}


def test_another_year_is_another_file_and_nothing_is_overwritten(
    operator, report_of, hotline, tmp_path
):
    report = report_of()
    Report.objects.filter(id=report.id).update(
        read_at=timezone.now(), received_at=timezone.now() - timedelta(days=800)
    )
    out = tmp_path / "hotline.csv"
    assert write_extract(hotline.id, timezone.localdate().year, out) == 0
    with pytest.raises(InputRefused, match="already"):
        write_extract(hotline.id, timezone.localdate().year, out)
    with pytest.raises(InputRefused, match="cannot be written"):
        write_extract(hotline.id, 2020, tmp_path / "nowhere" / "x.csv")
