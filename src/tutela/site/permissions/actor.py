"""Who acts: a person with standings in organisations, or a command of the system."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from tutela.site.permissions.roles import Role


@dataclass(frozen=True)
class Standing:
    """One role in one organisation; `lent_by` names the absent person whose deputy holds it."""

    role: Role
    organisation_id: uuid.UUID
    organisation: str
    lent_by: str = ""


@dataclass(frozen=True)
class Actor:
    """Who acts. `keys` opens records (see the vault) and is empty outside a person's session."""

    name: str
    user_id: uuid.UUID | None = None
    standings: tuple[Standing, ...] = ()
    #: Set for commands only: the one action that this command may take.
    command: str = ""
    keys: Any = field(default=None, repr=False, compare=False)

    @classmethod
    def system(cls, action: str) -> Actor:
        """The actor of a command or job that exists to take `action`, and may take no other."""
        return cls(name=f"system:{action}", command=action)

    def roles(self) -> frozenset[Role]:
        """All roles that the actor holds somewhere."""
        return frozenset(standing.role for standing in self.standings)

    def organisations(self) -> frozenset[uuid.UUID]:
        """The organisations that the actor belongs to."""
        return frozenset(standing.organisation_id for standing in self.standings)
