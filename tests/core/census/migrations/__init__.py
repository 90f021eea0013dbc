"""The steps of the census."""
