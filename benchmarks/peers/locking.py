"""`python -m benchmarks.peers.locking`: renew package-lock.json: versions, hashes, and no address."""

from __future__ import annotations

from .installing import PACKAGES

if __name__ == "__main__":
    PACKAGES.lock()
