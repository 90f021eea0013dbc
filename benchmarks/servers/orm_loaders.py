"""What the ordinary server loads with: sessions of the ORM, and one DataLoader for each relation."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from strawberry.dataloader import DataLoader

from wantilan.registry import models as registry
from wantilan.store.database import database_url, write_engine
from wantilan_cctv_registry import models as cctv
from wantilan_kartu_cerdas import models as kartu
from wantilan_waste import models as waste

from ..ground import Deployment

deployment = Deployment.from_json(os.environ["BENCH_DEPLOYMENT"])
ZONE = ZoneInfo("Asia/Makassar")


def connected(text: str) -> AsyncEngine:
    """Sixteen connections, none beyond them: as many as there are requests at a time."""
    url = database_url(text)
    if url.get_backend_name() == "sqlite":
        return write_engine(url)
    server = {"server_settings": {"timezone": "UTC", "jit": "off"}}
    return create_async_engine(url, pool_size=16, max_overflow=0, connect_args=server)


engine = connected(deployment.bypass_url)
Session = async_sessionmaker(engine, expire_on_commit=False)
Key = tuple[UUID, UUID]
writer = engine if deployment.dialect == "sqlite" else connected(deployment.url)
Writing = async_sessionmaker(writer, expire_on_commit=False)


async def rows(query: Any) -> Sequence[Any]:
    async with Session() as session:
        return (await session.scalars(query)).all()


async def tuples(query: Any) -> Sequence[Any]:
    async with Session() as session:
        return (await session.execute(query)).all()


async def load_cards(keys: list[Key]) -> list[kartu.Card | None]:
    villages, residents = {v for v, _ in keys}, [r for _, r in keys]
    found = await rows(
        sa.select(kartu.Card).where(
            kartu.Card.village_id.in_(villages), kartu.Card.resident_id.in_(residents),
            kartu.Card.closed_on.is_(None),
        )
    )  # fmt: skip
    by_resident = {(card.village_id, card.resident_id): card for card in found}
    return [by_resident.get(key) for key in keys]


async def load_residents(keys: list[tuple[UUID, int, str | None]]) -> list[Sequence[registry.Resident]]:
    resident, answers = registry.Resident, []
    for village, first, after in keys:
        query = sa.select(resident).where(resident.village_id == village)
        if after is not None:
            row = UUID(hex=after.partition(".")[2])
            name = sa.select(resident.name_key).where(resident.village_id == village, resident.id == row)
            query = query.where(
                sa.tuple_(resident.name_key, resident.id) > sa.tuple_(name.scalar_subquery(), row)
            )
        answers.append(await rows(query.order_by(resident.name_key, resident.id).limit(first + 1)))
    return answers


async def load_cameras(keys: list[tuple[UUID, int]]) -> list[Sequence[cctv.Camera]]:
    camera = cctv.Camera
    found = await rows(
        sa.select(camera).where(camera.village_id.in_([v for v, _ in keys])).order_by(camera.code, camera.id)
    )
    return [[c for c in found if c.village_id == village][:first] for village, first in keys]


async def load_masses(villages: list[UUID]) -> list[Sequence[Any]]:
    intake, (start, end) = waste.Intake, year_until_today()
    found = await tuples(
        sa.select(intake.village_id, intake.stream, sa.func.sum(intake.mass_grams), sa.func.count())
        .where(intake.village_id.in_(villages), intake.business_date.between(start, end))
        .group_by(intake.village_id, intake.stream)
        .order_by(intake.stream)
    )
    by_village: dict[UUID, list[Any]] = {village: [] for village in villages}
    for village, *figures in found:
        by_village[village].append(figures)
    return [by_village[village] for village in villages]


async def load_counts(villages: list[UUID]) -> list[int]:
    resident = registry.Resident
    found = await tuples(
        sa.select(resident.village_id, sa.func.count())
        .where(resident.village_id.in_(villages))
        .group_by(resident.village_id)
    )
    counts = dict(found)
    return [counts.get(village, 0) for village in villages]


async def load_intakes(keys: list[tuple[UUID, UUID, int]]) -> list[Sequence[waste.Intake]]:
    intake, answers = waste.Intake, []
    for village, household, first in keys:
        query = sa.select(intake).where(intake.village_id == village, intake.household_id == household)
        answers.append(await rows(query.order_by(intake.weighed_at.desc(), intake.id.desc()).limit(first)))
    return answers


def loaders() -> dict[str, DataLoader[Any, Any]]:
    return {
        "card": DataLoader(load_cards), "residents": DataLoader(load_residents),
        "cameras": DataLoader(load_cameras), "masses": DataLoader(load_masses),
        "counts": DataLoader(load_counts), "intakes": DataLoader(load_intakes),
    }  # fmt: skip


def year_until_today() -> tuple[date, date]:
    today = datetime.now(ZONE).date()
    start = date(today.year - 1, today.month, min(today.day, 28)) + timedelta(days=max(0, today.day - 28))
    return start + timedelta(days=1), today


@asynccontextmanager
async def writing() -> AsyncIterator[AsyncSession]:
    """One transaction, by the role that the wall holds."""
    async with Writing() as session, session.begin():
        yield session
