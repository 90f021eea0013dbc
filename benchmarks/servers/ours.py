"""Ours, the whole product: tokens, limits, rate counting with its ceiling raised, both walls."""

from __future__ import annotations

import os

from pydantic import SecretStr

from wantilan.settings import Limits, Settings
from wantilan.web.application import application

from ..ground import NO_LIMIT, Deployment

deployment = Deployment.from_json(os.environ["BENCH_DEPLOYMENT"])
bypass = os.environ.get("BENCH_BYPASS") == "1"
"""Without the second wall: the same statement, by a role that row security does not hold."""
app = application(
    Settings(
        database_url=deployment.bypass_url if bypass else deployment.url,
        keys=SecretStr(deployment.keys),
        strict=True,
        limits=Limits(cost_per_minute=NO_LIMIT),
    )
).asgi()
