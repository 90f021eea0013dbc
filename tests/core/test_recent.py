"""What was used of late: bounded by number and by characters, and what is used stays."""

from __future__ import annotations

from wantilan.graph.recent import Recent


def test_it_forgets_by_number_and_what_is_used_stays() -> None:
    recent: Recent[str, int] = Recent(4, 10**9)
    for i in range(100):
        recent.put(str(i), i, 1)
        assert recent.get("0") == 0
        assert len(recent) <= 4
    assert recent.get("99") == 99
    assert recent.get("50") is None


def test_it_forgets_by_characters() -> None:
    recent: Recent[int, int] = Recent(1_000, 100)
    for i in range(100):
        recent.put(i, i, 22)
        assert len(recent) <= 4
    assert recent.get(99) == 99


def test_what_would_fill_it_alone_is_not_kept() -> None:
    recent: Recent[str, int] = Recent(10, 100)
    recent.put("small", 1, 10)
    recent.put("huge", 2, 51)
    assert (recent.get("small"), recent.get("huge")) == (1, None)
