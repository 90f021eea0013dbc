"""Subscriptions: over WebSocket (graphql-transport-ws) and as server-sent events.

`subscription` follows one village's events for one subscriber, `reading` reads what he may see of them,
`socket` and `stream` are the two ways to him, `hub` knows all who are connected, `endpoint` lets them in.
"""

from .endpoint import LiveEndpoint
from .hub import Hub

__all__ = ["Hub", "LiveEndpoint"]
