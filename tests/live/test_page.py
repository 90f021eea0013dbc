"""docs/live.md is played: every line of its transcripts, the codes of closing, what can be followed."""

from __future__ import annotations

import json
import re

from tests.live.clients import Serving, connected, followed
from tests.live.test_stream import following
from tests.system.pages import ROOT, blocks, differences, plain, table_of
from tests.waste.scene import Scene

from wantilan.graph.live.protocol import Close
from wantilan.programs.host import Host

PAGE = ROOT / "docs" / "live.md"
OF_THE_SERVER = {1009, 1011}
"""Codes that the WebSocket itself gives."""


async def test_the_transcript_of_a_socket_is_what_is_said(served: Serving, scene: Scene) -> None:
    lines = blocks(PAGE, language="text")[0].text.replace("TOKEN", scene.operator).splitlines()
    heard = 0
    async with connected(served, begin=False) as client:
        for line in lines:
            who, _, said = line.partition(": ")
            if who == "client":
                await client.socket.send(said)
            elif who == "event":
                await followed(served)
                await scene.record()
            else:
                assert differences(json.loads(said), await client.hear()) == []
                heard += 1
    assert heard == 4


async def test_the_events_of_a_stream_are_those_of_the_page(served: Serving, scene: Scene) -> None:
    shown = blocks(PAGE, language="text")[1].text
    query = 'subscription { wasteIntakes(villageCode: "51.02.06.2001") { mass } }'
    async with following(served, scene.operator, query) as stream:
        await followed(served)
        await scene.record()
        first = await stream.event()
        served.hub.connections.copy().pop().leave()
        second = await stream.event()
    assert f"{first}\n\n{second}\n\n" == shown


def test_every_code_with_which_a_socket_is_closed_stands_on_the_page() -> None:
    written = [re.findall(r"\d+|`[^`]+`", row[0]) for row in table_of(PAGE, "closed with")]
    ours = {(int(code), plain(reason)) for code, *rest in written for reason in rest}
    assert ours == {close.value for close in Close}
    assert {int(code) for code, *rest in written if not rest} == OF_THE_SERVER


def test_everything_that_can_be_followed_stands_on_the_page(wantilan_host: Host) -> None:
    root = wantilan_host.schema.graphql.subscription_type
    assert root is not None
    written = {name for row in table_of(PAGE, "field") for name in re.findall(r"`(\w+)\(", row[0])}
    assert written == set(root.fields)
