"""All tests share the fixtures that program authors get."""

from collections.abc import Iterator

import pytest
from graphql import DocumentNode, print_ast, validate
from hypothesis import settings

from wantilan.graph import documents
from wantilan.graph.messages import rules_for
from wantilan.graph.validity import Validity

pytest_plugins = ["wantilan.testing.plugin"]

settings.register_profile("house", max_examples=40, deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def every_document_is_judged_twice() -> Iterator[None]:
    """Of each document that a test sends and the short way calls valid, graphql-core is asked as well."""
    wrong: list[str] = []

    class Both(Validity):
        def is_sure(self, document: DocumentNode) -> bool:
            sure = super().is_sure(document)
            schema = self.outline.schema
            if sure and validate(schema, document, rules_for(schema)):
                wrong.append(print_ast(document))
            return sure

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "Validity", Both)
        yield
    assert not wrong, "called valid, and graphql-core refuses: " + "\n".join(wrong)
