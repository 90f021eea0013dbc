"""Who gets which counts, of which days, and what is said where there are none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wantilan.registry.codes import Education
from wantilan.registry.models import Hamlet
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, World

ASK = f"""query($day: Date, $month: Month) {{
  region(code: "{TABANAN}") {{
    statistics(asOf: $day) {{ population }} figures(month: $month) {{ population }}
  }}
  village(code: "{BENGKEL}") {{
    statistics(asOf: $day) {{ population }} figures(month: $month) {{ population }}
    hamlets {{ name statistics(asOf: $day) {{ population }} }}
  }}
}}"""


async def peopled(world: World) -> tuple[Hamlet, Hamlet]:
    """Seven people in one hamlet of Bengkel and three in the other, since 2020; one next door."""
    await world.open(BENGKEL)
    await world.open(NEIGHBOUR)
    kaja, kelod = await world.hamlet(BENGKEL, "Banjar Kaja"), await world.hamlet(BENGKEL, "Banjar Kelod")
    for serial in range(1, 11):
        await world.resident(BENGKEL, kaja if serial <= 7 else kelod, serial=serial)
    await world.resident(NEIGHBOUR, await world.hamlet(NEIGHBOUR), serial=11)
    return kaja, kelod


def counts(data: Any) -> list[Any]:
    """Region exact and rounded, village exact and rounded, hamlets; None where nothing is told."""
    found = [data[place][table] for place in ("region", "village") for table in ("statistics", "figures")]
    hamlets = data["village"]["hamlets"]
    found += [hamlet["statistics"] for hamlet in hamlets] if hamlets is not None else []
    return [one["population"] if one is not None else None for one in found]


async def test_each_role_gets_its_counts_and_nothing_more(world: World) -> None:
    """By hand, and not from the declarations: exact for who sees residents, rounded for who sees figures."""
    await peopled(world)
    tokens = {
        "head of the region": await world.token("perbekel", TABANAN),
        "head of the village": await world.token("perbekel", BENGKEL),
        "operator": await world.token("village_operator", BENGKEL),
        "agency": await world.token("agency_officer", TABANAN),
        "agency of the neighbour": await world.token("agency_officer", NEIGHBOUR),
    }
    expected = {
        "head of the region": [11, 10, 10, 10, 7, 3],
        "head of the village": [None, None, 10, 10, 7, 3],
    }
    for who, wanted in expected.items():
        answer = await world.ask(ASK, tokens[who])
        assert counts(answer.body["data"]) == wanted, who
        assert set(answer.codes) <= {"FORBIDDEN"}
    exact = """{ village(code: "%s") { statistics { population } hamlets { statistics { population } } } }"""
    told = (await world.ask(exact % BENGKEL, tokens["operator"])).data["village"]
    assert told["statistics"]["population"] == 10
    only_figures = f"""{{
      region(code: "{TABANAN}") {{ figures {{ population rounded byEducation {{ residents }} }} }}
      village(code: "{BENGKEL}") {{ figures {{ population }} }} }}"""
    told = (await world.ask(only_figures, tokens["agency"])).data
    assert (told["region"]["figures"]["population"], told["village"]["figures"]["population"]) == (10, 10)
    assert told["region"]["figures"]["rounded"] == 5
    assert {row["residents"] % 5 for row in told["region"]["figures"]["byEducation"]} == {0}
    elsewhere = await world.ask(only_figures, tokens["agency of the neighbour"])
    assert elsewhere.body["data"] == {"region": {"figures": None}, "village": {"figures": None}}
    assert elsewhere.codes == ["FORBIDDEN", "FORBIDDEN"]
    for who in ("agency", "agency of the neighbour"):
        refused = await world.ask(exact % BENGKEL, tokens[who])
        assert refused.codes == ["FORBIDDEN"]
        assert "data" not in refused.body, "nowhere: nothing is run"
    assert (await world.ask(only_figures, tokens["operator"])).codes == ["FORBIDDEN"]
    assert (await world.ask(only_figures)).codes == ["FORBIDDEN"]


async def test_a_kelian_counts_his_hamlet_and_no_other_place(world: World) -> None:
    """Also where he sees that there are other hamlets: he lives in the village too."""
    kaja, kelod = await peopled(world)
    kelian = await world.token("kelian", BENGKEL, hamlet=kelod.id, name="kelian")
    one = await world.resident(BENGKEL, kaja, serial=77, name="I Ketut Contoh")
    await world.token("resident", BENGKEL, resident=one.id, name="kelian")
    query = '{ village(code: "%s") { hamlets { name statistics { population } } %s } }'
    answer = await world.ask(query % (BENGKEL, ""), kelian)
    told = {row["name"]: row["statistics"] for row in answer.body["data"]["village"]["hamlets"]}
    assert told == {"Banjar Kaja": None, "Banjar Kelod": {"population": 3}}
    assert answer.codes == ["FORBIDDEN"]
    assert (await world.ask(query % (BENGKEL, "statistics { population }"), kelian)).codes[0] == "FORBIDDEN"


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"], indirect=True)
async def test_a_day_that_has_nothing_to_count_is_a_fault_that_says_why(world: World) -> None:
    await peopled(world)
    token = await world.token("perbekel", BENGKEL)
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)  # a village's evening may be another day's
    statistics = 'query($day: Date) { village(code: "%s") { statistics(asOf: $day) { asOf population } } }'
    figures = 'query($day: Month) { village(code: "%s") { figures(month: $day) { month population } } }'
    for query, given, path, code in [
        (statistics, tomorrow.isoformat(), "village.statistics.asOf", "IN_THE_FUTURE"),
        (statistics, "9999-12-31", "village.statistics.asOf", "OUT_OF_RANGE"),
        (statistics, "2026-13-01", "village.statistics.asOf", "NOT_A_DATE"),
        (statistics, "2019-12-31", "village.statistics.asOf", "BEFORE_THE_REGISTER"),
        (statistics, "0001-01-01", "village.statistics.asOf", "OUT_OF_RANGE"),
        (figures, (tomorrow + timedelta(days=31)).isoformat()[:7], "village.figures.month", "IN_THE_FUTURE"),
        (figures, "2026-13", "village.figures.month", "NOT_A_MONTH"),
        (figures, "2026-1", "village.figures.month", "NOT_A_MONTH"),
        (figures, "2019-12", "village.figures.month", "BEFORE_THE_REGISTER"),
        (figures, "1000-01", "village.figures.month", "BEFORE_THE_REGISTER"),
    ]:
        answer = await world.ask(query % BENGKEL, token, day=given)
        assert answer.codes == ["BAD_USER_INPUT"], (given, answer.text)
        assert answer.faults == {path: code}, given
        literal = (query % BENGKEL).replace("query($day: Date)", "").replace("query($day: Month)", "")
        assert (await world.ask(literal.replace("$day", f'"{given}"'), token)).faults == {path: code}
    first = await world.ask(statistics % BENGKEL, token, day="2020-01-01")
    assert first.data["village"]["statistics"] == {"asOf": "2020-01-01", "population": 10}
    assert (await world.ask(statistics % BENGKEL, token)).data["village"]["statistics"]["population"] == 10
    known = await world.ask(figures % BENGKEL, token, day="2020-01")
    assert known.data["village"]["figures"] == {"month": "2020-01", "population": 10}


async def test_a_page_of_villages_is_counted_by_one_statement(world: World) -> None:
    """Below a list a village without anybody is a null and no error, which would cost clients the page."""
    await peopled(world)
    await world.open("51.02.06.2003")
    token = await world.token("perbekel", TABANAN)
    query = """{ villages { nodes { code statistics(asOf: "2024-02-29") { population households
      byEducation { education residents } } figures { population } hamlets { statistics { population } } } } }"""
    with world.counting() as statements:
        answer = await world.ask(query, token)
    assert len(statements) == 1
    found = {row["code"]: row for row in answer.data["villages"]["nodes"]}
    assert [found[code]["statistics"]["population"] for code in (BENGKEL, NEIGHBOUR)] == [10, 1]
    assert found["51.02.06.2003"]["statistics"] is found["51.02.06.2003"]["figures"] is None


async def test_every_group_stands_there_with_its_label(world: World) -> None:
    """In one order, whoever is in them: a group that is left out would tell that nobody is in it."""
    await peopled(world)
    token = await world.token("perbekel", BENGKEL)
    query = f"""{{ village(code: "{BENGKEL}") {{
      statistics {{ byEducation {{ education residents }} }}
      figures {{
        byEducation {{ education residents }} byAgeAndSex {{ ageGroup sex }} byOccupation {{ occupation }} }} }}
      enumLabels(names: ["AgeGroup", "HouseholdSize", "Education"], language: "id") {{
        name values {{ value label }} }} }}"""
    data = (await world.ask(query, token)).data
    exact, shown = data["village"]["statistics"]["byEducation"], data["village"]["figures"]["byEducation"]
    words = [*(one.name for one in Education), None]
    assert [row["education"] for row in exact] == [row["education"] for row in shown] == words
    assert exact[-1] == {"education": None, "residents": 10}
    assert len(data["village"]["figures"]["byAgeAndSex"]) == 32
    assert len(data["village"]["figures"]["byOccupation"]) == 90
    labels = {
        one["name"]: {row["value"]: row["label"] for row in one["values"]} for one in data["enumLabels"]
    }
    assert labels["AgeGroup"]["UMUR_75_KE_ATAS"] == "75 tahun ke atas"
    assert labels["HouseholdSize"]["ANGGOTA_10_ATAU_LEBIH"] == "10 orang atau lebih"
