"""What the mail program shows."""

from __future__ import annotations

from datetime import datetime

from wantilan import Resident, door, entity, one, oneself, within

from .models import Address
from .permissions import MANAGE, READ


@entity(Address, read=[within(READ), within(MANAGE), oneself(Address.resident_id)])
class MailAddress:
    """Where a resident gets mail. For the office and the resident himself."""

    address: str
    """The address."""
    changed_at: datetime
    """When it was written down."""
    confirmed_at: datetime | None
    """When the code that went there was entered; until then nothing else goes there."""


@door(Resident)
class ResidentMail:
    """Mail to this resident."""

    address: MailAddress | None = one()
    """Where messages are sent; null while there is none, and for those who may not see it."""


TYPES = (MailAddress, ResidentMail)
