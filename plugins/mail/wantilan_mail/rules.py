"""What a mail address is, and how a message becomes a mail. Pure functions, no I/O."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from wantilan import Message, Text

LONGEST = 254
ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
"""An address as nearly all are: no quotes, no comments, nothing that could end a line of a mail's head."""
NOT_AN_ADDRESS = Text("Bukan alamat surel yang sah.", "Not a mail address.")
SIGNS = "\r\n\0"


def address_fault(text: str) -> tuple[str, Text] | None:
    """What is wrong with an address."""
    if len(text) > LONGEST or not ADDRESS.fullmatch(text) or ".." in text:
        return "NOT_AN_ADDRESS", NOT_AN_ADDRESS
    return None


def mail_of(
    message: Message, to: str, sender: str, *, name: str, reply_to: str | None, at: datetime
) -> EmailMessage:
    """A message as a mail: Indonesian first, English below. Repeated, it has the same Message-ID, by which
    mail programs show it once. Raises ValueError for what could end a line of the head.
    """
    if any(sign in part for part in (to, sender, name, reply_to or "") for sign in SIGNS):
        raise ValueError("A line of the head may not be broken.")
    mail = EmailMessage()
    mail["From"] = formataddr((name, sender))
    mail["To"] = to
    if reply_to is not None:
        mail["Reply-To"] = reply_to
    mail["Subject"] = " / ".join(dict.fromkeys((message.subject.id, message.subject.en)))
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"{message.body.id}\n\n* * *\n\n{message.body.en}\n")
    return mail
