"""Is no program at all."""

WANTILAN = True
