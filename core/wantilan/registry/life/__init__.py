"""The life of residents and households: what happened, and what follows from it."""
