"""Statistics: how many residents and households there were on a day, by group."""
