"""Check the whole log against its chain and its signed roots, those kept elsewhere included."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from nacl.exceptions import BadSignatureError

from tutela.site.audit.models import DayRoot, Entry, SealState
from tutela.site.audit.seal import START, link, merkle_root, root_message, signing_key
from tutela.site.key_files import key

BATCH = 2_000


@dataclass
class Report:
    """What was checked and what is wrong; `faults` is empty for an intact log."""

    sealed: int = 0
    unsealed: int = 0
    roots: int = 0
    faults: list[str] = field(default_factory=list)


def verify(kept_roots: Path | None = None) -> Report:
    """Recompute every seal and every root; `kept_roots` is a folder of roots written away."""
    report = Report(unsealed=Entry.objects.filter(position=None).count())
    macs = _chain(report)
    state = SealState.objects.filter(pk=1).first()
    if (state.position if state else 0) != report.sealed:
        report.faults.append(
            f"{state.position if state else 0} rows were sealed, {report.sealed} are there"
        )
    for root in DayRoot.objects.order_by("first_position"):
        report.roots += 1
        _root(report, root, macs)
    if kept_roots is not None:
        _kept(report, kept_roots)
    return report


def _chain(report: Report) -> list[bytes]:
    """All seals as they are, with a fault for the first place at which they do not follow."""
    before, chain_key, macs = START, key("audit-chain"), []
    rows = Entry.objects.exclude(position=None).order_by("position").prefetch_related("subjects")
    intact = True
    for row in rows.iterator(chunk_size=BATCH):
        report.sealed += 1
        mac = bytes(row.mac or b"")
        right = row.position == report.sealed and link(before, row, chain_key) == mac
        if intact and not right:
            report.faults.append(f"the chain breaks at position {row.position}")
            intact = False
        before = mac
        macs.append(mac)
    return macs


def _root(report: Report, root: DayRoot, macs: list[bytes]) -> None:
    first, last = root.first_position, root.last_position
    message = root_message(root.day, first, last, bytes(root.root))
    try:
        signing_key().verify_key.verify(message, bytes(root.signature))
    except BadSignatureError:
        report.faults.append(f"the root of {root.day} is not signed by this site")
    if merkle_root(macs[first - 1 : last]) != bytes(root.root):
        report.faults.append(f"the rows of {root.day} are not those that were signed")


def _kept(report: Report, folder: Path) -> None:
    """Roots kept elsewhere must be the ones in the database: a rewritten history has others."""
    here = {root.day.isoformat(): bytes(root.root).hex() for root in DayRoot.objects.all()}
    for path in sorted(folder.glob("*.json")):
        told = json.loads(path.read_text(encoding="ascii"))
        if here.get(told["day"]) != told["root"]:
            report.faults.append(f"the root of {told['day']} kept in {path.name} is another one")
