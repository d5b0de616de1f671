"""What other apps may need to know of accounts, in the transaction in which it happens.

Receivers run inside the request or command; an error of theirs stops it. `password_proved` has
`user`, `password`, `request`; `password_changed` has besides `old_password`, None where the person
did not know it (an invitation, a reset), and `request` may be None; these are the only moments at
which a password is known. `standing_changed` has `user_id` and `organisation_id`.
"""

from __future__ import annotations

from django.dispatch import Signal

password_proved = Signal()
password_changed = Signal()
standing_changed = Signal()
