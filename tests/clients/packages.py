"""The clients from npm, into var/clients. `python -m tests.clients.packages` renews their lock."""

from __future__ import annotations

from pathlib import Path

from benchmarks.npm import Packages

SOURCES = Path(__file__).parent
PACKAGES = Packages("the clients", SOURCES, SOURCES.parents[1] / "var" / "clients")

if __name__ == "__main__":
    PACKAGES.lock()
