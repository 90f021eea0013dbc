"""Who wrote what in the demo: ids of nobody. Whoever has a token of the demo is somebody else, and his work
is told apart from the demo's own.
"""

from __future__ import annotations

from uuid import UUID

OFFICER = UUID("0190a8c4-5d1e-7b3a-9c27-4e61d2f8a915")
TELLER = UUID("0190a8c4-5d1e-7c48-8f13-b95a7e36d2c4")
COLLECTOR = UUID("0190a8c4-5d1e-7d59-a4e8-6f2b8c17e93d")
AGENCY = UUID("0190a8c4-5d1e-7e6c-b7d5-1a9e4f83c26b")
