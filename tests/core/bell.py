"""A program for tests that answers over plain HTTP: the hamlets of a village, as a feed and as a form."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa

from wantilan import (
    BadUserInput,
    Endpoint,
    EndpointAnswer,
    EndpointRequest,
    Event,
    Permission,
    PlaceKind,
    Program,
    Refusal,
    Role,
    Text,
    WriteUnit,
    hookimpl,
    own_village,
    read_code,
    sort_key,
    within,
)
from wantilan.registry.models import Hamlet

TITLE = Text("Lonceng", "Bell")
FAILURE = "the rope of 51.02 is torn"


def of_code(request: EndpointRequest) -> str | None:
    found = read_code(request.parts["secret"])
    return found[0] if found else None


def of_query(request: EndpointRequest) -> str | None:
    if "village" not in request.query:
        raise BadUserInput(Text("Desa mana?", "Which village?"))
    return request.query["village"]


async def listed(request: EndpointRequest, unit: WriteUnit) -> EndpointAnswer | None:
    names = sorted(hamlet.name for hamlet in await unit.all(Hamlet))
    if request.query.get("only") == "nothing":
        return None
    return EndpointAnswer(body="\n".join(names), headers={"content-disposition": "inline"})


async def all_there_are(unit: WriteUnit) -> EndpointAnswer:
    """Without asking for the village: only the second wall stands between."""
    return EndpointAnswer(body="\n".join(sorted(await unit.session.scalars(sa.select(Hamlet.name)))))


async def writes(unit: WriteUnit) -> EndpointAnswer:
    await unit.add(Hamlet(name="Written by reading", name_key="written"))
    return EndpointAnswer(body="written")


async def fails(request: EndpointRequest) -> EndpointAnswer:
    raise RuntimeError(f"{FAILURE}: {request.parts['secret']}")


async def dawdles() -> EndpointAnswer:
    await asyncio.sleep(5)
    return EndpointAnswer()


async def rings(request: EndpointRequest, unit: WriteUnit) -> EndpointAnswer:
    name = request.form.get("name", "")
    hamlet = Hamlet(name=name, name_key=sort_key(name))
    await unit.add(hamlet)
    unit.announce("bell.rung", hamlet=hamlet.id)
    if name == "Unwanted":
        return EndpointAnswer(status=409, body="not this one")
    if name == "Broken":
        raise RuntimeError(FAILURE)
    return EndpointAnswer(status=201, body=f"{name} by {unit.actor_id}")


async def about(request: EndpointRequest) -> EndpointAnswer:
    return EndpointAnswer(content_type="application/json", body=f'{{"at": "{request.address}"}}')


def in_brackets(request: EndpointRequest, refusal: Refusal, status: int) -> EndpointAnswer:
    if refusal.code == "CONFLICT":
        return EndpointAnswer(status=400, body="<400 as this standard has it>")
    return EndpointAnswer(body=f"<{status} {refusal.code} {refusal.text.in_(request.language)}>")


ENDPOINTS = (
    Endpoint(path="/feeds/bell/{secret}.txt", village=of_code, answer=listed, max_age=60),
    Endpoint(path="/feeds/bell/{secret}/all", village=of_code, answer=all_there_are),
    Endpoint(path="/feeds/bell/{secret}/writes", village=of_code, answer=writes),
    Endpoint(path="/feeds/bell/{secret}/fails", village=of_code, answer=fails),
    Endpoint(path="/feeds/bell/{secret}/dawdles", village=of_code, answer=dawdles, seconds=0.05),
    Endpoint(path="/bell/v1/about", answer=about),
    Endpoint(path="/bell/v1/hamlets", village=of_query, answer=listed, refused=in_brackets),
    Endpoint(
        path="/bell/v1/hamlets",
        methods=("POST",),
        village=of_query,
        answer=rings,
        needs=[within("bell.ring"), own_village()],
        token_field="api_key",
        refused=in_brackets,
    ),
)


class Bell:
    """One program of this name with these endpoints."""

    def __init__(self, name: str = "bell", endpoints: tuple[Endpoint, ...] = ENDPOINTS) -> None:
        self.name, self.endpoints = name, endpoints

    @hookimpl
    def wantilan_program(self) -> Program:
        return Program(
            name=self.name,
            title=TITLE,
            summary=TITLE,
            version="1.0",
            api=">=0.1,<0.2",
            permissions=(Permission(f"{self.name}.ring", TITLE),),
            roles=(
                Role(f"{self.name}_ringer", TITLE, frozenset({f"{self.name}.ring"}), frozenset(PlaceKind)),
            ),
            events=(Event(f"{self.name}.rung", TITLE),),
            endpoints=self.endpoints,
        )
