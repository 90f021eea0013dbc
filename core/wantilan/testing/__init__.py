"""What program authors test with. `pytest_plugins = ["wantilan.testing.plugin"]` gives the fixtures.

`world` is one deployment on each database in turn: SQLite, and PostgreSQL behind both walls.
"""

from .fetching import Fetched
from .following import Following
from .keeping import Setting
from .postgres import PostgresServer, postgres_server
from .refusals import Refused, check_refusals
from .world import BENGKEL, NEIGHBOUR, TABANAN, Reply, World

__all__ = [
    "BENGKEL",
    "NEIGHBOUR",
    "TABANAN",
    "Fetched",
    "Following",
    "PostgresServer",
    "Refused",
    "Reply",
    "Setting",
    "World",
    "check_refusals",
    "postgres_server",
]
