"""What apps keep under each class, and how it is found and deleted.

    register(Erasable("report", erase))

in the `ready` of an app's registration. `erase` gets numbers of envelopes, deletes all rows of
the app that belong to them (history, messages, search), and returns the records' own numbers. The
envelopes' keys, search tokens and the notices about the records are destroyed by the run.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from tutela.site.vault.envelopes import due

Erase = Callable[[list[uuid.UUID]], list[uuid.UUID]]


@dataclass(frozen=True)
class Erasable:
    """What one app keeps under a class of the country pack.

    `due` finds the envelopes whose event happened on a day or earlier; without one, those whose
    `retain_from` in the vault says so.
    """

    name: str
    erase: Erase
    due: Callable[[date], Iterable[uuid.UUID]] | None = None

    def due_envelopes(self, day: date) -> list[uuid.UUID]:
        """The envelopes of the class whose event happened on `day` or earlier."""
        return list(due(self.name, day) if self.due is None else self.due(day))


_CLASSES: dict[str, Erasable] = {}


def register(erasable: Erasable) -> None:
    """Say how records of a class are erased."""
    _CLASSES[erasable.name] = erasable


def erasable_of(name: str) -> Erasable | None:
    """How records of a class are erased; None where no app of this deployment keeps any."""
    return _CLASSES.get(name)
