"""From a request to its document: sent, named, or registered; read in turn when it was never seen."""

from __future__ import annotations

from ..access.actor import Actor
from ..settings import Settings
from .documents import Document, Documents
from .gate import Gate
from .http.protocol import Asked
from .meter import Meter
from .persisted import Persisted
from .trusted import Trusted


class Library:
    """All documents that one engine knows. Raises ConfigurationError for a faulty manifest."""

    def __init__(self, documents: Documents, settings: Settings, meter: Meter, gate: Gate) -> None:
        path = settings.trusted_documents
        self.documents, self.meter, self.gate = documents, meter, gate
        self.persisted = Persisted()
        self.trusted = Trusted.load(path, documents) if path is not None else None

    async def document(self, asked: Asked, actor: Actor) -> Document:
        """Raises what is wrong with the document or its name, and RateLimited when too much is being read."""
        if self.trusted is not None:
            return self.trusted.document(asked)
        text = self.persisted.text(asked)
        document = self.documents.known(text)
        if document is None:
            self.meter.charge_reading(actor, asked.client, len(text))
            async with self.gate.turn(actor.token_id or asked.client):
                document = self.documents.load(text)
        self.persisted.learn(asked)
        return document
