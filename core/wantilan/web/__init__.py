"""The ASGI application: routes, GraphiQL, health. It builds nothing itself; what answers is passed in."""

from .app import WebApp

__all__ = ["WebApp"]
