"""All tests share the fixtures that program authors get."""

from collections.abc import Iterator
from functools import lru_cache

import pytest
from graphql import DocumentNode, GraphQLSchema, print_ast, validate
from hypothesis import settings

from wantilan.graph import documents
from wantilan.graph.messages import rules_for
from wantilan.graph.outline import Outline
from wantilan.graph.validity import Validity

pytest_plugins = ["wantilan.testing.plugin"]

settings.register_profile("house", max_examples=40, deadline=None)
settings.load_profile("house")


outline_of = lru_cache(maxsize=8)(Outline)
"""Of one schema it is the same in every test; to draw it takes longer than many of them."""


@lru_cache(maxsize=4096)
def graphql_core_finds_no_error(schema: GraphQLSchema, document: DocumentNode) -> bool:
    """Asked once of each document, however many tests send it."""
    return not validate(schema, document, rules_for(schema))


@pytest.fixture(scope="session", autouse=True)
def every_document_is_judged_twice() -> Iterator[None]:
    """Of each document that a test sends and the short way calls valid, graphql-core is asked as well."""
    wrong: list[str] = []

    class Both(Validity):
        def __init__(self, schema: GraphQLSchema) -> None:
            self.outline = outline_of(schema)

        def is_sure(self, document: DocumentNode) -> bool:
            sure = super().is_sure(document)
            if sure and not graphql_core_finds_no_error(self.outline.schema, document):
                wrong.append(print_ast(document))
            return sure

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "Validity", Both)
        yield
    assert not wrong, "called valid, and graphql-core refuses: " + "\n".join(wrong)
