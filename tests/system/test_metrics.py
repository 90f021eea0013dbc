"""`/metrics`: what a process has done, for the bearer of its token, and nothing about anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from tests.system.pages import ROOT, plain, table_of
from tests.system.scene import Scene

from wantilan.errors import ConfigurationError
from wantilan.graph.counts import BOUNDS, Counts, Seconds
from wantilan.programs.waiting import Counted
from wantilan.settings import Settings
from wantilan.store.jobs import Job, JobOutcome
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL
from wantilan.web.application import Application

TOKEN = "a-token-for-metrics"
VILLAGE = f'{{ village(code: "{BENGKEL}") {{ name }} }}'


async def get(application: Application, token: str | None, method: str = "GET") -> httpx.Response:
    transport = httpx.ASGITransport(application.asgi())
    headers = {"authorization": f"Bearer {token}"} if token is not None else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(method, "/metrics", headers=headers)


@pytest.fixture
def served(scene: Scene) -> Application:
    application = scene.world.application
    application.settings = application.settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    return application


async def numbers(application: Application) -> dict[str, float]:
    """Sample name and the value of its label -> its number."""
    answer = await get(application, TOKEN)
    assert answer.status_code == 200
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found[" ".join([sample.name, *sample.labels.values()])] = sample.value
    return found


async def test_without_a_token_of_its_own_there_are_none(scene: Scene) -> None:
    for token in (None, TOKEN, await scene.world.token("platform_admin", "")):
        assert (await get(scene.world.application, token)).status_code == 404


async def test_only_the_bearer_of_that_token_gets_them(served: Application, scene: Scene) -> None:
    for token in (None, TOKEN[:-1], TOKEN + "x", "", await scene.world.token("platform_admin", "")):
        refused = await get(served, token)
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (
            401,
            "UNAUTHENTICATED",
        )
    answer = await get(served, TOKEN)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["cache-control"] == "no-store"
    assert (await get(served, TOKEN, "POST")).status_code == 405


async def test_operations_errors_documents_plans_and_statements_are_counted(
    served: Application, scene: Scene
) -> None:
    operator = "operator_bengkel"
    before = await numbers(served)
    with scene.world.counting() as statements:
        for _ in range(3):
            await scene.ask(operator, VILLAGE)
        await scene.ask(operator, "{ a: me { actor } enumLabels(names: []) { name } b: me { actor } }")
        await scene.ask(operator, "{ __schema { description } }")
        await scene.ask("visitor", f'{{ village(code: "{BENGKEL}") {{ residents {{ totalCount }} }} }}')
        await scene.ask(operator, "{ nothing }")
        await scene.ask(
            operator,
            'mutation { enableProgram(input: {villageCode: "51.02.06.2001", program: "waste"}) { changed } }',
        )
    after = await numbers(served)
    grown = {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key, 0)}
    assert {key: grown.pop(key) for key in list(grown) if key.startswith("wantilan_operations")} == {
        "wantilan_operations_total planned": 3,
        "wantilan_operations_total resolved": 2,
        "wantilan_operations_total refused": 3,
    }
    assert grown["wantilan_errors_total FORBIDDEN"] == 2
    assert grown["wantilan_errors_total GRAPHQL_VALIDATION_FAILED"] == 1
    assert grown["wantilan_documents_total cold"] == 6
    assert grown["wantilan_documents_total hot"] == 2
    assert grown["wantilan_plans_total found"] == 2
    assert {key: after[key] for key in after if key.startswith("wantilan_unplanned")} == {
        "wantilan_unplanned_fields_total me": 1,
        "wantilan_unplanned_fields_total enumLabels": 1,
        "wantilan_unplanned_fields_total codeHolder": 0,
        "wantilan_unplanned_fields_total wasteTrackComplaint": 0,
        "wantilan_unplanned_fields_total __schema": 1,
        "wantilan_unplanned_fields_total __type": 0,
    }
    assert grown["wantilan_statement_seconds_count"] == len(statements) == 3
    assert 0 < grown["wantilan_statement_seconds_sum"] < 3
    assert grown["wantilan_statement_seconds_bucket +Inf"] == 3


async def test_a_mutation_and_its_refusals_are_counted(served: Application, scene: Scene) -> None:
    head = await scene.world.token("perbekel", BENGKEL)
    before = await numbers(served)
    for program in ("cctv_registry", "no_such"):
        text = f'mutation {{ enableProgram(input: {{villageCode: "{BENGKEL}", program: "{program}"}}) {{ changed }} }}'
        answer = await scene.world.ask(text, head)
    after = await numbers(served)
    assert after["wantilan_operations_total mutation"] - before["wantilan_operations_total mutation"] == 2
    assert [after[f"wantilan_errors_total {code}"] for code in answer.codes] == [1]


async def test_what_waits_to_be_told_is_told(served: Application) -> None:
    assert (await numbers(served))["wantilan_deliveries waiting"] == 0
    served.delivery.counted = Counted(waiting=4, stuck=2)  # see test_delivery
    found = await numbers(served)
    assert (found["wantilan_deliveries waiting"], found["wantilan_deliveries stuck"]) == (4, 2)


async def test_jobs_are_counted_by_how_they_ended(served: Application, scene: Scene) -> None:
    await served.jobs.timetable.lay_out(served.database)
    past = datetime.now(UTC) - timedelta(minutes=1)
    async with served.database.transaction(WHOLE_COUNTRY) as session:
        await session.execute(sa.update(Job).where(Job.name == "waste.look_for_gaps").values(due_at=past))
    await served.jobs.run_due()
    found = await numbers(served)
    assert found["wantilan_job_runs_total done"] == 2
    assert found["wantilan_task_runs_total done"] == 0
    served.tasks.ended[JobOutcome.FAILED] += 3  # no program here declares a task
    assert (await numbers(served))["wantilan_task_runs_total failed"] == 3
    assert found["wantilan_job_runs_total failed"] == found["wantilan_job_runs_total lost"] == 0


async def test_nothing_that_a_client_sent_is_told(served: Application, scene: Scene) -> None:
    query = f'query Rahasia {{ aliased: me {{ actor }} village(code: "{BENGKEL}") {{ x: name }} }}'
    answer = await scene.world.ask(query, scene.tokens["operator_bengkel"], operation_name="Rahasia")
    text = (await get(served, TOKEN)).text
    for sent in ("Rahasia", "aliased", BENGKEL, "operator_bengkel", "Bengkel", TOKEN):
        assert sent not in text
    assert "aliased" in answer.text and "operator_bengkel" in answer.text  # the control
    assert "enumLabels" in text


async def test_two_applications_in_one_process_share_nothing(served: Application, scene: Scene) -> None:
    other = Application(served.settings, served.host)
    await scene.ask("visitor", VILLAGE)
    assert (await numbers(other))["wantilan_operations_total planned"] == 0
    assert (await numbers(served))["wantilan_operations_total planned"] == 1


async def test_the_page_for_operators_lists_them_and_their_labels(served: Application, scene: Scene) -> None:
    await scene.ask("visitor", "{ nothing }")
    families = text_string_to_metric_families((await get(served, TOKEN)).text)
    found = {
        family.name: {label for sample in family.samples for label in sample.labels} - {"le"}
        for family in families
        if not family.name.startswith("process_")
    }
    written = table_of(ROOT / "docs" / "operate.md", "metric", "label")
    assert found == {plain(row[0]): {plain(row[1])} - {""} for row in written}


@pytest.mark.parametrize("token", ["", "short", "with space in it 0123456789", "ä" * 20])
def test_a_token_that_cannot_be_sent_or_be_guessed_stops_the_start(token: str) -> None:
    with pytest.raises(ConfigurationError, match="WANTILAN_METRICS_TOKEN: Use 16") as refused:
        Settings.load(metrics_token=token)
    assert not token or token not in str(refused.value)
    known: Any = Settings.load(metrics_token=TOKEN).metrics_token
    assert known.get_secret_value() == TOKEN and TOKEN not in str(known)


def test_seconds_fall_into_the_bucket_below_whose_bound_they_are() -> None:
    seconds = Seconds()
    for value in (0.0, BOUNDS[0], BOUNDS[0] * 1.01, BOUNDS[-1], BOUNDS[-1] + 1):
        seconds.add(value)
    assert (seconds.buckets[0], seconds.buckets[1], seconds.buckets[-2:]) == (2, 1, [1, 1])
    assert sum(seconds.buckets) == 5


def test_counts_begin_at_nothing() -> None:
    counts = Counts()
    assert counts.planned == counts.plans_made == sum(counts.statements.buckets) == 0
    assert not counts.errors
