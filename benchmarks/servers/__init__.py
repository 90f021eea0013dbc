"""The servers that are measured: each an ASGI application that answers the four operations at /graphql."""
