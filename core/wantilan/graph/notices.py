"""Warnings that do not refuse: they come in the payload."""

from __future__ import annotations

import strawberry

from ..errors import FieldFault


@strawberry.type(description="Something to look at again; it did not stop the change.")
class Notice:
    code: str = strawberry.field(description="What kind of thing, for programs.")
    path: list[str] = strawberry.field(description="The field of the input that it is about.")
    text_id: strawberry.Private[str]
    text_en: strawberry.Private[str]

    @strawberry.field(description="What it is, in the language of the request.")  # type: ignore[untyped-decorator]
    def message(self, info: strawberry.Info) -> str:
        return self.text_id if info.context.language == "id" else self.text_en

    @classmethod
    def of(cls, fault: FieldFault) -> Notice:
        return cls(
            code=fault.code, path=[str(p) for p in fault.path], text_id=fault.text.id, text_en=fault.text.en
        )
