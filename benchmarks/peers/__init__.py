"""Against its peers: PostGraphile 5 and Mercurius over the same tables. See docs/benchmarks.md."""
