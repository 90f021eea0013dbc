"""The dashboard: of a village, and of a region without anybody's name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.system.explaining import explained, steps
from tests.waste.reports.a_month import PLANTED, Month

from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply

FIELDS = """firstDay lastDay massIn weighed byVolume counted estimated dataQuality
  byStream { stream method mass intakes }
  sold sales processed products processLoss residueOut handedOver given diversionRate
  visits { outcome visits } visitsJudged visitsWellSorted sortingRate
  households householdsServed coverage points pointsServed surveys surveysSorting surveyedRate
  invoiced taken takenBack paid arrears
  complaints complaintsInTime complaintsLate inTimeRate
  bankMass bankCredited bankPaidOut bankTurnover"""
VILLAGE = f"""query($code: RegionCode!, $from: Date, $to: Date) {{ village(code: $code) {{ waste {{
  dashboard(from: $from, to: $to) {{ {FIELDS} }} }} }} }}"""
REGION = f"""query($code: RegionCode!, $from: Date, $to: Date) {{ region(code: $code) {{ waste {{
  villagesCounted dashboard(from: $from, to: $to) {{ {FIELDS} }} }} }} }}"""
COMPARED = """query($from: Date, $to: Date) { villages(first: 50) { nodes { code name waste {
  dashboard(from: $from, to: $to) { massIn dataQuality diversionRate sortingRate coverage arrears } } } } }"""
MASSES = {
    "massIn": 75_000, "weighed": 60_000, "byVolume": 10_000, "counted": 0, "estimated": 5_000, "sold": 12_000,
    "sales": 24_000, "processed": 30_000, "products": 9_000, "processLoss": 23_000, "residueOut": 8_000,
    "handedOver": 0, "given": 0,
}  # fmt: skip
PEOPLE = {
    "visitsJudged": 4, "visitsWellSorted": 2, "households": 4, "householdsServed": 2, "points": 5,
    "pointsServed": 3, "surveys": 3, "surveysSorting": 1, "invoiced": 30_000, "taken": 15_000,
    "takenBack": 5_000, "paid": 10_000, "arrears": 20_000, "complaints": 2, "complaintsInTime": 1,
    "complaintsLate": 1, "bankMass": 4_000, "bankCredited": 6_000, "bankPaidOut": 1_000, "bankTurnover": 7_000,
}  # fmt: skip
RATES = {
    "diversionRate": 89.33, "sortingRate": 50.0, "coverage": 50.0, "surveyedRate": 33.33, "inTimeRate": 50.0,
}  # fmt: skip


def of_month(month: Month) -> dict[str, str]:
    return {"from": str(month.first), "to": str(month.last)}


async def ask(month: Month, query: str, who: str, **given: Any) -> Reply:
    return await month.world.ask(query, month.tokens[who], **{**of_month(month), **given})


async def test_the_dashboard_of_a_village_says_what_happened_in_one_statement(month: Month) -> None:
    with month.world.counting() as statements:
        reply = await ask(month, VILLAGE, "operator", code=BENGKEL)
    found = reply.data["village"]["waste"]["dashboard"]
    assert len(statements) == 1
    assert found["byStream"] == [
        {"stream": "ANORGANIK", "method": "WEIGHED", "mass": 20_000, "intakes": 1},
        {"stream": "ORGANIK", "method": "WEIGHED", "mass": 40_000, "intakes": 1},
        {"stream": "RESIDU", "method": "ESTIMATE", "mass": 5_000, "intakes": 1},
        {"stream": "RESIDU", "method": "VOLUME", "mass": 10_000, "intakes": 1},
    ]
    assert {row["outcome"]: row["visits"] for row in found["visits"]} == {
        "COLLECTED": 2, "NOT_PUT_OUT": 1, "PARTIAL": 1, "REJECTED_UNSORTED": 1
    }  # fmt: skip
    expected = {
        **MASSES,
        **PEOPLE,
        **RATES,
        "dataQuality": "B",
        "firstDay": str(month.first),
        "lastDay": str(month.last),
    }
    assert {name: found[name] for name in expected} == expected
    assert found.keys() == expected.keys() | {"byStream", "visits"}


async def test_a_region_sums_its_villages_in_one_statement(month: Month) -> None:
    with month.world.counting() as statements:
        reply = await ask(month, REGION, "agency", code=TABANAN)
    waste = reply.data["region"]["waste"]
    assert len(statements) == 1
    assert waste["villagesCounted"] == 2
    expected = {name: 3 * grams for name, grams in MASSES.items()}
    expected |= {name: 2 * number for name, number in PEOPLE.items()}
    found = waste["dashboard"]
    assert {name: found[name] for name in expected} == expected
    assert {name: found[name] for name in RATES} == RATES


async def test_comparable_villages_are_one_statement_with_their_grades(month: Month) -> None:
    with month.world.counting() as statements:
        reply = await ask(month, COMPARED, "agency")
    found = {node["code"]: node["waste"]["dashboard"] for node in reply.data["villages"]["nodes"]}
    assert len(statements) == 1
    rest = {
        "dataQuality": "B",
        "diversionRate": 89.33,
        "sortingRate": 50.0,
        "coverage": 50.0,
        "arrears": 20_000,
    }
    assert found == {BENGKEL: {"massIn": 75_000, **rest}, NEIGHBOUR: {"massIn": 150_000, **rest}}


async def test_where_nothing_happened_nothing_is_divided_by_nothing(month: Month) -> None:
    early = {"from": "2001-01-01", "to": "2001-01-31"}
    reply = await ask(month, VILLAGE, "operator", code=BENGKEL, **early)
    found = reply.data["village"]["waste"]["dashboard"]
    assert [found[name] for name in (*RATES, "dataQuality")] == [None] * 6
    assert (found["massIn"], found["byStream"], found["arrears"]) == (0, [], 0)


async def test_the_days_of_the_period_are_both_in_it(month: Month) -> None:
    day = month.first + timedelta(days=2)  # on which everything was weighed
    for first, last, mass in (
        (day, day, 75_000), (month.first, day, 75_000), (day, month.last, 75_000),
        (month.first, day - timedelta(days=1), 0), (day + timedelta(days=1), month.last, 0),
    ):  # fmt: skip
        reply = await ask(month, VILLAGE, "operator", code=BENGKEL, **{"from": str(first), "to": str(last)})
        assert reply.data["village"]["waste"]["dashboard"]["massIn"] == mass


@pytest.mark.parametrize(
    ("who", "code", "codes"),
    [
        ("operator", BENGKEL, []),
        ("perbekel", BENGKEL, []),
        ("tps3r", BENGKEL, []),
        ("agency", BENGKEL, []),
        ("agency", NEIGHBOUR, []),
        ("collector", BENGKEL, ["FORBIDDEN"]),
        ("teller", BENGKEL, ["FORBIDDEN"]),
        ("neighbour", BENGKEL, ["FORBIDDEN"]),
    ],
)
async def test_only_who_may_see_figures_sees_them(
    month: Month, who: str, code: str, codes: list[str]
) -> None:
    reply = await ask(month, VILLAGE, who, code=code)
    assert reply.codes == codes
    seen = ((reply.body.get("data") or {}).get("village") or {}).get("waste", {}).get("dashboard")
    assert (seen is not None) == (codes == [])


async def test_visitors_see_no_figures(month: Month) -> None:
    assert (await month.world.ask(VILLAGE, None, code=BENGKEL)).codes == ["FORBIDDEN"]


async def test_a_village_officer_does_not_see_the_region(month: Month) -> None:
    reply = await ask(month, REGION, "operator", code=TABANAN)
    assert reply.codes == ["FORBIDDEN"]
    assert reply.body["data"]["region"]["waste"]["dashboard"] is None


async def test_the_agency_sees_figures_and_no_person(month: Month) -> None:
    texts = [
        (await ask(month, VILLAGE, "agency", code=BENGKEL)).text,
        (await ask(month, REGION, "agency", code=TABANAN)).text,
        (await ask(month, COMPARED, "agency")).text,
    ]
    assert not any(PLANTED in text for text in texts)
    points = f'{{ village(code: "{BENGKEL}") {{ waste {{ servicePoints {{ nodes {{ label }} }} }} }} }}'
    assert (
        PLANTED in (await month.world.ask(points, month.tokens["operator"])).text
    )  # it is there to be found
    assert (await month.world.ask(points, month.tokens["agency"])).codes == ["FORBIDDEN"]


async def test_the_masses_and_the_visits_of_a_region_are_read_from_rollups(month: Month) -> None:
    given = {"code": TABANAN, **of_month(month)}
    found = steps(await explained(month.world, REGION, month.tokens["agency"], **given))
    read = {
        name.removeprefix("region.waste.dashboard."): [table.name for table in step.tables]
        for name, step in found.items()
    }
    assert read["massIn"] == ["waste_intake_total"]
    assert read["weighed"] == read["byStream"] == ["waste_intake_method_total"]
    assert read["visits"] == read["visitsWellSorted"] == ["waste_visit_total"]
