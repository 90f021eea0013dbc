"""The HTTP side of `/graphql`: one request comes in, one `Asked` goes to the engine, one answer goes out.

After the GraphQL-over-HTTP draft. Bare ASGI, because this runs before every operation: headers are scanned
once, the body is parsed once. Nothing is judged here that the engine must judge: document, token, permission.

`protocol` is what the engine sees of it, `head` reads headers, `body` reads bodies and addresses, `refusal`
writes what is refused, `endpoint` puts them together.
"""

from .endpoint import GraphQLEndpoint
from .protocol import Answer, Answers, Asked

__all__ = ["Answer", "Answers", "Asked", "GraphQLEndpoint"]
