"""What a page of a bank statement costs: an account of 100,000 entries, its first page and a deep one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from wantilan import uuid7
from wantilan.store.database import Database
from wantilan.store.places import Village
from wantilan_waste.models import (
    Account,
    Deposit,
    Facility,
    LedgerEntry,
    WasteAccountKind,
    WasteAccountState,
    WasteDepositState,
    WasteLedgerKind,
)

from .dataset import Size, village_code
from .deployment import Deployment, on_postgres, sqlite_deployment
from .operations import Request
from .report import FIGURES, Figure
from .serving import OURS
from .stand import Options, Stand, postgres, standing

VILLAGE = Size(villages=1, residents=40, intakes=0)
ENTRIES, OTHERS = 100_000, 100
"""So many entries of one account, and as many of so many others, entered in turn with them."""
PAGE = 20
DEEP = ENTRIES // PAGE - 5
"""Five pages before the last."""
CREDIT, SHARE = 850, 150
MOST = 1.2
STATEMENT = """
query Statement($id: ID!, $after: String) {
  node(id: $id) {
    ... on WasteAccount {
      number balance free
      entries(first: 20, after: $after, order: ENTERED_AT_DESC) {
        nodes { id number kind delta balanceAfter businessDate deposit { mass receipt { number } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
""".strip()


@dataclass(frozen=True)
class Kept:
    """The account that is asked for, and the entries behind which pages begin, by the page's number."""

    account: UUID
    village: UUID
    behind: Mapping[int, UUID]


async def statements(options: Options) -> Sequence[Figure]:
    """A deep page of the statement of an account of 100,000 entries against its first, on both databases."""
    found: list[Figure] = []
    with postgres(options) as server:
        options.tell(f"{ENTRIES:,} entries of one account on PostgreSQL …")
        deployment = await on_postgres(server, "bench_statements", VILLAGE)
        kept = await fill(deployment, ENTRIES)
        server.sql("VACUUM (ANALYZE)", "bench_statements")
        with standing(options, deployment, {}, [OURS], server) as made:
            found += _measured(made, kept, "PostgreSQL")
    async with sqlite_deployment(VILLAGE) as deployment:
        options.tell(f"{ENTRIES:,} entries of one account on SQLite …")
        kept = await fill(deployment, ENTRIES)
        with standing(options, deployment, {}, [OURS], None) as made:
            found += _measured(made, kept, "SQLite")
    return found


def _measured(made: Stand, kept: Kept, database: str) -> list[Figure]:
    id_ = f"waste_account-{kept.village.hex}-{kept.account.hex}"
    token, server = made.deployment.operator(0), made.servers[OURS.name]
    asked = {
        f"page {number}": Request("statement", {"id": id_, "after": f"ENTERED_AT_DESC.{row.hex}"}, token)
        for number, row in kept.behind.items()
    }
    asked["page 1"] = Request("statement", {"id": id_}, token)
    for name, request in asked.items():
        nodes = server.ask(request, STATEMENT)["data"]["node"]["entries"]["nodes"]
        newest = ENTRIES - (int(name.split()[1]) - 1) * PAGE
        assert [one["number"] for one in nodes] == list(range(newest, newest - PAGE, -1)), name
    files = {name: made.bench.write([request], [STATEMENT]) for name, request in asked.items()}
    series = replace(made, servers=dict.fromkeys(files, server)).paired(files, f"statements on {database}")
    cpu, deep = FIGURES["cpu_us"], f"page {DEEP}"
    return [
        Figure(
            f"page {DEEP:,} of a statement on {database}: CPU to page 1",
            series.ratio(cpu, deep, "page 1"),
            at_most=MOST,
        ),
        Figure(
            f"page {DEEP:,} of a statement on {database}: CPU to page 2", series.ratio(cpu, deep, "page 2")
        ),
        Figure(f"page 1 of a statement on {database}: CPU", series.median(cpu, "page 1"), "us"),
    ]


async def fill(deployment: Deployment, entries: int) -> Kept:
    """One account of so many entries among others, all of deposits of one kilogram at 1,000 rupiah."""
    async with Database(deployment.bypass_url) as database, database.session() as session:
        village = await session.scalar(sa.select(Village.id).where(Village.code == village_code(0)))
        facility = await session.scalar(sa.select(Facility.id).where(Facility.village_id == village))
    assert village is not None and facility is not None
    accounts = [uuid7() for _ in range(OTHERS + 1)]
    newest: list[UUID] = []
    async with Database(deployment.bypass_url) as database, database.transaction(village_code(0)) as session:
        await session.execute(
            sa.insert(Account),
            [_account(village, key, place, entries) for place, key in enumerate(accounts)],
        )
        for deposits, booked in _batches(village, facility, accounts, entries):
            await session.execute(sa.insert(Deposit), deposits)
            await session.execute(sa.insert(LedgerEntry), booked)
            newest += [row["id"] for row in booked if row["account_id"] == accounts[0]]  # type: ignore[misc]
        if deployment.dialect == "sqlite":
            await session.execute(sa.text("ANALYZE"))
    newest.reverse()
    return Kept(accounts[0], village, {page: newest[(page - 1) * PAGE - 1] for page in (2, DEEP)})


def _account(village: UUID, key: UUID, place: int, entries: int) -> dict[str, object]:
    own = entries if place == 0 else entries // OTHERS
    return {
        "village_id": village, "id": key, "number": f"RK-2025-{place:06}", "group_name": "Uji",
        "kind": WasteAccountKind.COLLECTIVE, "state": WasteAccountState.ACTIVE, "balance": own * CREDIT,
        "reserved": 0, "entries": own, "opened_on": datetime(2025, 1, 1, tzinfo=UTC).date(),
    }  # fmt: skip


def _batches(
    village: UUID, facility: UUID, accounts: Sequence[UUID], entries: int
) -> Iterator[tuple[list[dict[str, object]], list[dict[str, object]]]]:
    """Deposits and their entries, oldest first, a thousand of each at a time."""
    start, count = datetime(2025, 1, 1, tzinfo=UTC), dict.fromkeys(accounts, 0)
    for begin in range(0, 2 * entries, 1_000):
        deposits, booked = [], []
        for turn in range(begin, min(begin + 1_000, 2 * entries)):
            account = accounts[0] if turn % 2 == 0 else accounts[1 + turn // 2 % OTHERS]
            count[account] += 1
            at, deposit = start + timedelta(minutes=turn), uuid7()
            deposits.append({
                "village_id": village, "id": deposit, "account_id": account, "facility_id": facility,
                "state": WasteDepositState.POSTED, "mass": 1_000, "value": CREDIT + SHARE,
                "operator_share_bp": 1_500, "operator_share": SHARE, "credited": CREDIT,
                "receipt_no": f"SB-2025-{turn:06}", "deposited_at": at, "business_date": at.date(),
                "receipt_indonesian": "-", "receipt_english": "-",
            })  # fmt: skip
            booked.append({
                "village_id": village, "id": uuid7(), "account_id": account, "number": count[account],
                "kind": WasteLedgerKind.DEPOSIT, "delta": CREDIT, "balance_after": count[account] * CREDIT,
                "entered_at": at, "business_date": at.date(), "deposit_id": deposit,
            })  # fmt: skip
        yield deposits, booked
