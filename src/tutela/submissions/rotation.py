"""Bring in a new linkage secret: make the next epoch's, put it in place, destroy the old one."""

from __future__ import annotations

import re
from pathlib import Path

from tutela.durable import sync_folder
from tutela.errors import InputRefused, Misuse, SafetyBlock
from tutela.linkage.secret import LinkageSecret
from tutela.submissions.custody import (
    LINKAGE_SECRET,
    holds_centre_identity,
    refuse_store_beside_secret,
)
from tutela.submissions.keys import create_linkage

_OLD = re.compile(rf"{re.escape(LINKAGE_SECRET)}\.(\d+)")


def rotate_linkage(folder: Path, out: Path) -> list[Path]:
    """Make the secret of the epoch after that of `folder`, in the folder `out`; returns the files.

    The new secret is drawn anew and says nothing about the old one.
    """
    epoch = LinkageSecret.load(folder / LINKAGE_SECRET).epoch + 1
    return create_linkage(out, epoch)


def adopt_linkage(folder: Path, new: Path) -> list[Path]:
    """Put the secret of the folder `new` in place in an agency's `folder`; the old one is kept as
    `linkage.secret.<epoch>` until it is retired. Returns the files.

    Raises InputRefused unless the new epoch is later, SafetyBlock beside the centre's key or a
    store. At every moment `linkage.secret` is there, old or new.
    """
    identity = holds_centre_identity(folder)
    if identity is not None:
        raise SafetyBlock(
            f"{identity} is the centre's private key; no linkage secret may ever lie beside it.",
            remedy="Choose another folder, on another machine.",
        )
    refuse_store_beside_secret(folder)
    live = folder / LINKAGE_SECRET
    secret = LinkageSecret.load(new / LINKAGE_SECRET)
    old = LinkageSecret.load(live)
    if secret.epoch <= old.epoch:
        raise InputRefused(
            f"The secret in {new} is of epoch {secret.epoch}; the one in {folder} is of epoch"
            f" {old.epoch}.",
            remedy="Make the next one with `tutela keys rotate`, once for all agencies.",
        )
    kept = folder / f"{LINKAGE_SECRET}.{old.epoch}"
    if not kept.exists():
        old.save(kept)
    beside = folder / f".{LINKAGE_SECRET}.new"
    beside.unlink(missing_ok=True)
    secret.save(beside)
    beside.replace(live)
    sync_folder(folder)
    return [live, kept]


def retire_linkage(folder: Path, epoch: int) -> list[Path]:
    """Destroy the kept secret of an earlier epoch; returns the files destroyed.

    Raises Misuse for the epoch in use, InputRefused where there is no secret of that epoch.
    """
    if LinkageSecret.load(folder / LINKAGE_SECRET).epoch == epoch:
        raise Misuse(
            f"Epoch {epoch} is the one in use.", remedy="Retire it when the next one is in place."
        )
    kept = folder / f"{LINKAGE_SECRET}.{epoch}"
    if not kept.is_file():
        found = [m.group(1) for p in sorted(folder.iterdir()) if (m := _OLD.fullmatch(p.name))]
        raise InputRefused(
            f"{folder} keeps no secret of epoch {epoch}.",
            remedy=f"It keeps: {', '.join(found) or 'none'}.",
        )
    # Overwritten first: not every disk forgets, but none should be helped to remember.
    with kept.open("r+b") as file:
        file.write(bytes(kept.stat().st_size))
    kept.unlink()
    sync_folder(folder)
    return [kept]
