"""Descriptions are part of the product: they are read from docstrings, also from those below an attribute.

mass: Grams = column(Intake.mass_grams)
\"\"\"Net mass.\"\"\"
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping


def class_docstring(cls: type) -> str:
    """The class's own docstring, cleaned; empty when there is none (a base class's does not count)."""
    own = cls.__dict__.get("__doc__")
    return inspect.cleandoc(own) if isinstance(own, str) else ""


def attribute_docstrings(cls: type) -> Mapping[str, str]:
    """Attribute name -> the string that stands right below it. Empty when the source cannot be read."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError, SyntaxError):
        return {}
    body = tree.body[0]
    if not isinstance(body, ast.ClassDef):
        return {}
    found: dict[str, str] = {}
    for before, after in zip(body.body, body.body[1:], strict=False):
        name = _attribute(before)
        text = (
            after.value.value
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            else None
        )
        if name and isinstance(text, str):
            found[name] = inspect.cleandoc(text)
    return found


def _attribute(statement: ast.stmt) -> str | None:
    target: ast.expr | None = None
    if isinstance(statement, ast.AnnAssign):
        target = statement.target
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    return target.id if isinstance(target, ast.Name) else None
