"""Rules of what people write: pure functions."""

from __future__ import annotations

from wantilan import Text


def text_fault(text: str | None, most: int) -> tuple[str, Text] | None:
    """Of a text that has to say something, in at most so many characters. None says nothing."""
    if text is None or not text.strip():
        return "REQUIRED", Text("Wajib diisi.", "Required.")
    return length_fault(text, most)


def length_fault(text: str | None, most: int) -> tuple[str, Text] | None:
    """Of a text that may be left out, but is none without a word."""
    if text is None:
        return None
    if not 0 < len(text.strip()) <= most:
        return "LENGTH", Text(f"1 sampai {most} karakter.", f"1 to {most} characters.")
    return None
