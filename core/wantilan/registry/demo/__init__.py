"""Invented people for `make demo`: none of them lives, and their numbers are recognisably fictitious."""

from .settling import Settlement, settle

__all__ = ["Settlement", "settle"]
