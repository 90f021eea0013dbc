"""Confirming an address: a code goes there, and who enters it has read the mail. It serves once, for an hour.

The message in the inbox says only that a code was sent. The code itself is drawn when the mail is, again each
time that it is tried, and nobody keeps it.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from wantilan import MessageTemplate, RuleViolated, Text, Unit, notify

from .models import Address, Code

DIGITS = 8
LASTS = timedelta(hours=1)
MOST_TRIES = 5
MOST_AN_HOUR = 5
"""Codes for one resident: nobody's mail box is filled by them."""

ASKED = MessageTemplate(
    "mail.code_asked",
    subject=Text("Konfirmasi alamat surel Anda", "Confirm your mail address"),
    body=Text(
        "Alamat surel dicatat untuk Anda, dan sebuah kode dikirim ke sana. Masukkan kode itu dalam satu jam. "
        "Bila bukan Anda yang memintanya, hubungi kantor desa.",
        "A mail address was written down for you, and a code was sent there. Enter the code within an hour. "
        "If you did not ask for it, tell the village office.",
    ),
)
TEMPLATES = (ASKED,)

TOO_MANY = Text("Terlalu banyak kode; coba lagi satu jam kemudian.", "Too many codes; try again in an hour.")
WRONG = Text("Kode ini salah atau sudah tidak berlaku.", "This code is wrong, or no longer valid.")


async def ask_code(unit: Unit, address: Address) -> None:
    """Have a new code sent; an earlier one confirms nothing any more. Raises RuleViolated: too many."""
    since = unit.now - timedelta(hours=1)
    asked = await unit.all(Code, Code.resident_id == address.resident_id, Code.asked_at > since)
    if len(asked) >= MOST_AN_HOUR:
        raise RuleViolated("MAIL_TOO_MANY_CODES", TOO_MANY)
    message = await notify(unit, address.resident_id, ASKED)
    code = Code(resident_id=address.resident_id, message_id=message.id, asked_at=unit.now, tries=0)
    await unit.add(code)
    address.code_id = code.id
    await unit.flush()


async def draw_code(unit: Unit, code: Code) -> str:
    """The code for one mail."""
    digits = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    code.hash, code.until = _hash(code.id, digits), unit.now + LASTS
    await unit.flush()
    return digits


async def try_code(unit: Unit, address: Address, text: str) -> bool:
    """Whether the address is confirmed now. A wrong code counts; after some the right one helps no more."""
    code = await unit.get(Code, address.code_id, lock=True) if address.code_id is not None else None
    if code is None or code.hash is None or code.until is None or code.until <= unit.now:
        return False
    code.tries += 1
    given = "".join(text.split())
    if code.tries <= MOST_TRIES and hmac.compare_digest(code.hash, _hash(code.id, given)):
        address.confirmed_at, address.code_id, code.hash = unit.now, None, None
    await unit.flush()
    return address.confirmed_at is not None


def code_texts(code: str, village: str) -> tuple[Text, Text]:
    """Subject and body of the mail; nothing in it tells a stranger whose address it was to be."""
    return Text("Kode konfirmasi", "Confirmation code"), Text(
        f"Kode konfirmasi: {code}\nBerlaku satu jam. Alamat ini dicatat di kantor desa {village}. Bila Anda "
        "tidak tahu apa-apa tentang ini, abaikan surel ini.",
        f"Confirmation code: {code}\nIt is valid for an hour. This address was written down at the village "
        f"office of {village}. If you know nothing of this, ignore this mail.",
    )


def _hash(id: UUID, code: str) -> bytes:
    return sha256(id.bytes + code.encode("utf-8", "surrogatepass")).digest()
