"""Ours, the whole product: tokens, limits, rate counting with its ceiling raised, both walls."""

from __future__ import annotations

import os

from pydantic import SecretStr

from wantilan.settings import Limits, Settings
from wantilan.web.application import application, host_of

from ..ground import NO_LIMIT, Deployment

deployment = Deployment.from_json(os.environ["BENCH_DEPLOYMENT"])
bypass = os.environ.get("BENCH_BYPASS") == "1"
"""Without the second wall: the same statement, by a role that row security does not hold."""
settings = Settings(
    database_url=deployment.bypass_url if bypass else deployment.url,
    keys=SecretStr(deployment.keys),
    strict=True,
    limits=Limits(cost_per_minute=NO_LIMIT),
)
host = host_of(settings)
if os.environ.get("BENCH_ROLLUPS") != "1":
    host.schema.rollups.clear()  # peers count the tables themselves: so it is executors that are compared
app = application(settings, host).asgi()
