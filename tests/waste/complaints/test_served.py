"""Another system's client against a server in a process of its own, over real HTTP."""

from __future__ import annotations

import httpx
import pytest
from tests.system.crashing import server_process
from tests.waste.complaints.georeport import POSTED, REQUEST, check_requests, of_json, of_xml
from tests.waste.complaints.scene import ComplaintScene

from wantilan.testing import BENGKEL, Fetched


def told(answer: httpx.Response) -> Fetched:
    return Fetched(answer.status_code, dict(answer.headers), answer.content)


@pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
async def test_a_client_finds_the_endpoint_reports_and_reads_what_the_office_publishes(
    place: ComplaintScene,
) -> None:
    with server_process(place.world) as (_, address):
        root = address.removesuffix("/graphql")
        async with httpx.AsyncClient(timeout=20) as client:
            discovery = (await client.get(f"{root}/open311/v2/discovery.json")).json()
            base = discovery["endpoints"][0]["url"]
            assert base == f"{root}/open311/v2"
            asked = {"jurisdiction_id": BENGKEL}
            services = (await client.get(f"{base}/services.json", params=asked)).json()
            form = {
                **asked, "service_code": services[1]["service_code"], "lat": "-8.512345", "long": "115.123456",
                "description": "Karung di tepi sungai: 5 > 3 & “basah”", "api_key": place.tokens["wayan"],
            }  # fmt: skip
            (made,) = of_json(told(await client.post(f"{base}/requests.json", data=form)), POSTED)
            code = made["service_request_id"]
            assert (await client.get(f"{base}/requests/{code}.xml", params=asked)).status_code == 404
            query = '{ village(code: "51.02.06.2001") { waste { complaints { nodes { id text } } } } }'
            (mine,) = (await place.world.ask(query, place.operator)).data["village"]["waste"]["complaints"][
                "nodes"
            ]
            assert mine["text"] == form["description"]
            await place.publish(mine["id"], "Karung di tepi sungai.")
            answer = await client.get(f"{base}/requests.xml", params=asked)
            (row,) = of_xml(told(answer), "service_requests")
            assert (row["service_request_id"], row["lat"], row["long"]) == (code, "-8.512", "115.123")
            rows = of_json(told(await client.get(f"{base}/requests.json", params=asked)), REQUEST)
            check_requests(rows)
            known = {"if-none-match": answer.headers["etag"]}
            again = await client.get(f"{base}/requests.xml", params=asked, headers=known)
            assert (again.status_code, again.content) == (304, b"")
            head = await client.head(f"{base}/requests.xml", params=asked)
            assert (head.status_code, head.content) == (200, b"")
            assert int(head.headers["content-length"]) == len(answer.content)
