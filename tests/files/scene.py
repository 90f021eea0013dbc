"""Photos of weighings in Bengkel: who brings them, and how they are made."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from PIL import ExifTags, Image, PngImagePlugin
from tests.waste.scene import a_facility

from wantilan.registry.models import File, FileAddress, FileRemoval, Household, Resident
from wantilan.store.contents import Contents
from wantilan.testing import BENGKEL, NEIGHBOUR, World
from wantilan_waste.files import PHOTO

ASK_UPLOAD = """mutation($input: RequestUploadInput!) { requestUpload(input: $input) {
  file { id kind contentType size storedAt } uploadUrl mostBytes expiresAt } }"""
ASK_DOWNLOAD = """mutation($input: RequestDownloadInput!) { requestDownload(input: $input) {
  file { id } downloadUrl expiresAt } }"""
RECORD = """mutation($input: WasteRecordIntakeInput!) { wasteRecordIntake(input: $input) {
  intake { id photo { id kind contentType size } } } }"""
NODE = "query($id: ID!) { node(id: $id) { ... on File { id kind contentType size } } }"


@dataclass
class Scene:
    """Two villages with the program, a household, an operator; and a client in front of the application."""

    world: World
    household: Household
    wayan: Resident
    facility: str
    operator: str

    @property
    def contents(self) -> Contents:
        return self.world.application.desk.contents

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(self.world.application.asgi())
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield client

    async def request(
        self, method: str, url: str, token: str | None, content: Any = None, **headers: str
    ) -> httpx.Response:
        sent = {"accept-language": "en", **({"authorization": f"Bearer {token}"} if token else {}), **headers}
        async with self.client() as client:
            return await client.request(method, url, content=content, headers=sent)

    # Through the API
    async def asked(
        self, token: str | None = None, *, code: str = BENGKEL, kind: str = PHOTO
    ) -> Mapping[str, Any]:
        """An address for an upload, and the file that it is for."""
        given = {"villageCode": code, "kind": kind}
        reply = await self.world.ask(ASK_UPLOAD, token or self.operator, input=given)
        answer: Mapping[str, Any] = reply.data["requestUpload"]
        return answer

    async def put(self, url: str, content: bytes, token: str | None = None, **headers: str) -> httpx.Response:
        return await self.request("PUT", url, token or self.operator, content, **headers)

    async def uploaded(self, content: bytes, token: str | None = None) -> str:
        """The id of a file with this content."""
        asked = await self.asked(token)
        answer = await self.put(asked["uploadUrl"], content, token)
        assert answer.status_code == 201, answer.text
        return str(asked["file"]["id"])

    async def address(self, file: str, token: str | None = None) -> str:
        reply = await self.world.ask(ASK_DOWNLOAD, token or self.operator, input={"fileId": file})
        return str(reply.data["requestDownload"]["downloadUrl"])

    async def fetched(self, file: str, token: str | None = None) -> httpx.Response:
        return await self.request("GET", await self.address(file, token), token or self.operator)

    async def recorded(self, photo: str, token: str | None = None, **given: Any) -> Any:
        """A weighing with this photo: what the payload shows of it."""
        asked = {"facilityId": self.facility, "stream": "ORGANIK", "gross": 1000, "photoId": photo, **given}
        return await self.world.ask(RECORD, token or self.operator, input=asked)

    # Behind the API
    async def files(self, code: str = BENGKEL) -> list[File]:
        async with self.world.unit(code) as unit:
            return list(await unit.all(File))

    async def file(self) -> File:
        (row,) = await self.files()
        return row

    async def addresses(self) -> list[FileAddress]:
        async with self.world.unit(BENGKEL) as unit:
            return list(await unit.all(FileAddress))

    async def removals(self) -> list[FileRemoval]:
        async with self.world.database.session() as session:
            return list(await session.scalars(sa.select(FileRemoval)))

    async def lying(self) -> list[str]:
        """The places at which contents lie."""
        return sorted([place async for place, _ in self.contents.places()])

    def left(self) -> list[Path]:
        """What lies in the folder of incoming contents."""
        return list(self.contents.incoming.glob("**/*")) if self.contents.incoming.exists() else []

    async def nothing_came(self) -> bool:
        """Whether no file has a content, nothing lies in store, and nothing was left while it came."""
        return not any(row.place for row in await self.files()) and not await self.lying() and not self.left()


async def set_the_scene(world: World) -> Scene:
    await world.open(BENGKEL, "waste")
    await world.open(NEIGHBOUR, "waste")
    hamlet = await world.hamlet(BENGKEL)
    household = await world.household(BENGKEL, hamlet)
    wayan = await world.resident(BENGKEL, hamlet, household)
    facility = await world.id_of("WasteFacility", await a_facility(world, BENGKEL))
    return Scene(world, household, wayan, facility, await world.token("village_operator", BENGKEL))


# Contents

TABANAN_GPS = {1: "S", 2: (8.0, 32.0, 29.0), 3: "E", 4: (115.0, 7.0, 12.0)}


def photo(form: str = "JPEG", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    """A picture: its left half is red, the other one blue."""
    image = Image.new("RGB", size, (20, 40, 220))
    image.paste((220, 30, 20), (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def snapshot(form: str = "JPEG", orientation: int = 1) -> bytes:
    """A photo as a telephone writes it: where, when and with what it was taken, a profile, and a comment."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Orientation] = "Telephone of Wayan", orientation
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(TABANAN_GPS)
    more: dict[str, Any] = {"exif": exif, "icc_profile": b"icc of Wayan"}
    if form == "JPEG":
        more["comment"] = b"comment of Wayan"
    if form == "PNG":
        more["pnginfo"] = PngImagePlugin.PngInfo()
        more["pnginfo"].add_text("Author", "author Wayan")
    if form == "WEBP":
        more["xmp"] = b"<x>xmp of Wayan</x>"
    return photo(form, **more) + b"behind the end: Wayan"


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))
