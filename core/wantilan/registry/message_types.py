"""What a resident sees of what he has been told."""

from __future__ import annotations

from datetime import datetime

from ..graph.declare import entity, localized
from . import models
from .reading import oneself


@entity(
    models.Message,
    read=[oneself(models.Message.resident_id)],
    order=[models.Message.created_at],
    filter=[models.Message.created_at, models.Message.read_at],
)
class Message:
    """Something that a resident has been told by a program of the village. Nobody else reads it."""

    template: str
    """What kind of message it is; begins with the program's prefix."""
    subject: str = localized(models.Message.subject_id, models.Message.subject_en)
    """In one line, in the language of the request."""
    body: str = localized(models.Message.body_id, models.Message.body_en)
    """The text, in the language of the request."""
    created_at: datetime
    """When it was written."""
    read_at: datetime | None
    """When it was marked as read; null until then."""
