"""Corrections of what identifies a resident: two pairs of eyes, and the values that they saw."""
