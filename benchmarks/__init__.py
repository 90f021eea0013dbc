"""Side-by-side figures: ours against named peers, on the same rows, in the same run. See docs/benchmarks.md."""
