"""SQL text laid out for reading: one line per clause, subqueries indented. It never changes what it says."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"'(?:[^']|'')*'|\"[^\"]*\"|[()]"
    r"|\b(?:SELECT|FROM|WHERE|GROUP BY|ORDER BY|LIMIT|(?:LEFT )?JOIN|UNION ALL)\b"
)
_SUBQUERY = re.compile(r"\s*(?:SELECT|WITH)\b")
INDENT = "  "


def laid_out(sql: str) -> str:
    """Line breaks before clauses, where they stand in a query and not in a function or a FILTER."""
    parts: list[str] = []
    open_: list[bool] = []
    """For each open parenthesis, whether a subquery stands in it."""
    end = 0
    for token in _TOKEN.finditer(sql):
        word = token[0]
        parts.append(sql[end : token.start()])
        end = token.end()
        if word == "(":
            open_.append(_SUBQUERY.match(sql, end) is not None)
        elif word == ")" and open_:
            open_.pop()
        elif word[0].isalpha() and (not open_ or open_[-1]) and token.start():
            parts[-1] = parts[-1].rstrip(" ")
            word = "\n" + INDENT * sum(open_) + word
        parts.append(word)
    return "".join([*parts, sql[end:]])
