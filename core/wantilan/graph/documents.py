"""Documents: parsed, limited and validated once, then found again by their text.

A refused text is remembered as well, so sending it again costs nothing. Nodes carry no places: they would
more than double the memory, and only a refused document needs them. So one that is not surely valid is parsed
once more, with places, for graphql-core's validator. Nodes without places are equal when they read alike: key
them by identity, not by equality.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

from graphql import (
    BREAK,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    StringValueNode,
    Visitor,
    parse,
    validate,
    visit,
)

from ..errors import BadUserInput, LimitExceeded, ParseFailed, Refusals, Text, ValidationFailed, WantilanError
from ..settings import Limits
from .limits import check_document, check_text
from .messages import locations, rules_for, syntax_text, validation_text
from .reader import read
from .recent import Recent
from .validity import Validity

MOST_ERRORS = 20
"""Validation stops here; graphql-core adds one error that says so."""

CHARACTERS_PER_DOCUMENT = 512
"""What the caches may keep, on average. A character costs 40 to 90 bytes once it is parsed."""

Refused = Callable[[], WantilanError]
"""Makes the error anew each time: one that was raised holds the frames, and so the data, of its request."""


@dataclass(frozen=True, eq=False)
class Document:
    """One document that fits the schema. Compared by identity: two texts are two documents."""

    text: str
    ast: DocumentNode
    operations: Mapping[str | None, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation of that name; without a name, the only one. Raises BadUserInput."""
        if name is not None:
            found = self.operations.get(name)
            if found is None:
                raise BadUserInput(
                    Text(
                        "operationName: dokumen ini tidak memuat operasi dengan nama itu.",
                        "operationName: the document has no operation of that name.",
                    )
                )
            return found
        if len(self.operations) > 1:
            raise BadUserInput(
                Text(
                    "operationName: dokumen ini memuat beberapa operasi; sebutkan salah satu.",
                    "operationName: the document has several operations; name one.",
                )
            )
        return next(iter(self.operations.values()))


class Documents:
    """All documents of one schema, by text."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, *, size: int = 1024) -> None:
        self._schema = schema
        self._limits = limits
        self._rules = rules_for(schema)
        self._validity = Validity(schema)
        self._longest = limits.document_characters
        self.cold = 0
        """How many texts had to be read, the refused ones too."""
        self._known: Recent[str, Document] = Recent(size, size * CHARACTERS_PER_DOCUMENT)
        self._refused: Recent[str, Refused] = Recent(size // 4, size // 4 * CHARACTERS_PER_DOCUMENT)

    def known(self, text: str) -> Document | None:
        """The document of a text that was read of late. Raises what `load` raises, if it was refused."""
        if len(text) > self._longest:
            raise LimitExceeded("documentCharacters", self._longest)
        known = self._known.get(text)
        if known is None and (refused := self._refused.get(text)) is not None:
            raise refused()
        return known

    def load(self, text: str) -> Document:
        """The document of a text. Raises LimitExceeded, ParseFailed, or Refusals of ValidationFailed."""
        known = self.known(text)
        if known is not None:
            return known
        self.cold += 1
        read = self._read(text)
        if not isinstance(read, Document):
            self._refused.put(text, read, len(text))
            raise read()
        self._known.put(text, read, len(text))
        return read

    def read(self, text: str) -> Document:
        """The document of a text, read anew and not remembered here. Raises as `load` does."""
        read = self._read(text)
        if not isinstance(read, Document):
            raise read()
        return read

    def _read(self, text: str) -> Document | Refused:
        try:
            tokens = check_text(text, self._limits)
            ast = read(text, tokens) or parse(text, no_location=True)
            check_document(ast, self._limits)
        except LimitExceeded as over:
            return partial(
                LimitExceeded, str(over.extensions["limit"]), cast(int, over.extensions["allowed"])
            )
        except GraphQLSyntaxError as error:
            return partial(ParseFailed, syntax_text(error), extensions=locations(error))
        if ("\\u" in text or "\0" in text) and _holds_nul(ast):
            return partial(BadUserInput, NUL)
        if not self._validity.is_sure(ast) and (errors := self._errors(parse(text))):
            return _several(errors)
        operations = {
            node.name.value if node.name else None: node
            for node in ast.definitions
            if isinstance(node, OperationDefinitionNode)
        }
        if not operations:
            return _several([GraphQLError("The document has no operation.")])
        fragments = {
            node.name.value: node for node in ast.definitions if isinstance(node, FragmentDefinitionNode)
        }
        return Document(text, ast, operations, fragments)

    def _errors(self, ast: DocumentNode) -> list[GraphQLError]:
        return validate(self._schema, ast, self._rules, max_errors=MOST_ERRORS)


NUL = Text("Teks dalam dokumen tidak boleh memuat NUL.", "Text in the document must not hold NUL.")
"""PostgreSQL has no NUL in text, SQLite has: refused here, it is the same on both."""


class _Nul(Visitor):
    found = False

    def enter_string_value(self, node: StringValueNode, *_: object) -> object:
        self.found |= "\0" in node.value
        return BREAK if self.found else None


def _holds_nul(ast: DocumentNode) -> bool:
    looking = _Nul()
    visit(ast, looking)
    return looking.found


def _several(errors: Sequence[GraphQLError]) -> Refused:
    # Only texts and places are kept: an error holds its nodes, and they hold all tokens of the document.
    said = [(validation_text(error), locations(error)) for error in errors]
    return lambda: Refusals([ValidationFailed(text, extensions=places) for text, places in said])
