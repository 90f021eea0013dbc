"""Side-by-side figures: ours against named peers, on the same rows, in one run. See docs/benchmarks.md."""
