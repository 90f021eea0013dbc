"""The register's own part of the duties, and what it gives programs for theirs."""
