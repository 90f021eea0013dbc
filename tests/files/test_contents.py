"""Where contents lie: one story of both stores, on disk and in a bucket of a server that speaks S3."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import uvicorn
from nanio.app import build_app
from nanio.auth.credentials import StaticCredentialResolver
from nanio.config import Settings as ServerSettings
from pydantic import SecretStr
from tests.files.scene import Scene, photo

from wantilan.errors import ConfigurationError
from wantilan.settings import Files, Settings
from wantilan.store.bucket import InBucket
from wantilan.store.contents import PIECE, ContentMissing, Contents, OnDisk, contents_of, new_place

KEY, SECRET = "AKIDESA", "a-secret-of-the-tests"


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """A server that checks signatures, with one bucket; its address."""
    (folder / "desa").mkdir(parents=True)
    settings = ServerSettings(data_dir=folder, credentials=StaticCredentialResolver({KEY: SECRET}))
    server = uvicorn.Server(uvicorn.Config(build_app(settings), log_level="error", lifespan="off", ws="none"))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("s3")) as address:
        yield address


def in_bucket(address: str, incoming: Path, *, secret: str = SECRET) -> InBucket:
    files = Files(
        bucket="desa", bucket_path="berkas", endpoint=address, access_key=KEY, secret_key=SecretStr(secret)
    )
    return InBucket(files, incoming)


@pytest.fixture(params=["disk", "bucket"])
def contents(request: pytest.FixtureRequest, tmp_path: Path) -> Contents:
    if request.param == "disk":
        return OnDisk(tmp_path / "files")
    return in_bucket(request.getfixturevalue("s3"), tmp_path / "incoming")


@pytest.fixture(params=["sqlite"])
def wantilan_dialect(request: pytest.FixtureRequest) -> str:
    """Where contents lie, rows of both databases say alike."""
    return str(request.param)


async def read(contents: Contents, place: str) -> bytes:
    async with contents.opened(place) as pieces:
        return b"".join([piece async for piece in pieces])


async def test_what_is_kept_is_read_listed_and_removed(contents: Contents, tmp_path: Path) -> None:
    village, file = uuid4(), uuid4()
    # The second is longer than what a bucket takes in one part.
    made = {new_place(village, file): b"small", new_place(village, file): bytes(range(256)) * 25_000}
    began = datetime.now(UTC) - timedelta(seconds=2)
    for place, content in made.items():
        source = tmp_path / "source"
        source.write_bytes(content)
        await contents.keep(place, source)
        assert await read(contents, place) == content
    assert len(made) == 2
    listed = {place: since async for place, since in contents.places() if place.startswith(village.hex)}
    assert listed.keys() == made.keys() and all(since >= began for since in listed.values())
    first, second = made
    await contents.remove(first)
    await contents.remove(first)
    with pytest.raises(ContentMissing):
        await read(contents, first)
    assert await read(contents, second) == made[second]


async def test_a_long_content_comes_in_pieces(contents: Contents, tmp_path: Path) -> None:
    source, place = tmp_path / "source", new_place(uuid4(), uuid4())
    source.write_bytes(b"x" * (4 * PIECE))
    await contents.keep(place, source)
    async with contents.opened(place) as pieces:
        sizes = [len(piece) async for piece in pieces]
    assert len(sizes) > 1 and sum(sizes) == 4 * PIECE


def test_a_place_says_ids_and_nothing_else() -> None:
    village, file = uuid4(), uuid4()
    place = new_place(village, file)
    assert place.startswith(f"{village.hex}/{file.hex}-") and len(place) == 33 + 33 + 16


async def test_a_folder_of_contents_is_read_by_nobody_else(tmp_path: Path) -> None:
    contents, place = OnDisk(tmp_path / "files"), new_place(uuid4(), uuid4())
    source = tmp_path / "source"
    source.write_bytes(b"x")
    await contents.keep(place, source)
    assert (tmp_path / "files" / place).parent.stat().st_mode & 0o077 == 0
    assert not source.exists()


async def test_a_photo_goes_through_the_bucket_and_back(scene: Scene, s3: str, tmp_path: Path) -> None:
    scene.world.application.desk.contents = bucket = in_bucket(s3, tmp_path / "incoming")
    file = await scene.uploaded(photo("WEBP"))
    row = await scene.file()
    assert row.place is not None and len(await read(bucket, row.place)) == row.size
    assert not scene.left() and not await scene.removals()
    assert len((await scene.fetched(file)).content) == row.size


async def test_a_store_that_refuses_us_is_our_fault_and_leaves_nothing(
    scene: Scene, s3: str, tmp_path: Path
) -> None:
    scene.world.application.desk.contents = in_bucket(s3, tmp_path / "incoming", secret="wrong")
    asked = await scene.asked()
    answer = await scene.put(asked["uploadUrl"], photo())
    assert answer.status_code == 500 and KEY not in answer.text and "127.0.0.1" not in answer.text
    assert not any(row.place for row in await scene.files()) and not scene.left()
    assert len(await scene.removals()) == 1  # whatever may lie there is removed later
    scene.world.application.desk.contents = in_bucket(s3, tmp_path / "incoming")
    assert (await scene.put(asked["uploadUrl"], photo())).status_code == 201


def test_the_settings_choose_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = contents_of(Settings(database_url=f"sqlite:///{tmp_path}/var/desa.db"))
    assert isinstance(beside, OnDisk) and beside.folder == tmp_path / "var" / "files"
    other = contents_of(Settings(database_url="postgresql://x/y"))
    assert isinstance(other, OnDisk) and other.folder == Path("var/files")
    monkeypatch.setenv("WANTILAN_FILES_FOLDER", str(tmp_path / "elsewhere"))
    chosen = contents_of(Settings())
    assert isinstance(chosen, OnDisk) and chosen.folder == tmp_path / "elsewhere"
    monkeypatch.setenv("WANTILAN_FILES_BUCKET", "desa")
    with pytest.raises(ConfigurationError, match="WANTILAN_FILES_ACCESS_KEY"):
        contents_of(Settings())
    monkeypatch.setenv("WANTILAN_FILES_ACCESS_KEY", "k")
    monkeypatch.setenv("WANTILAN_FILES_SECRET_KEY", "s")
    assert isinstance(contents_of(Settings()), InBucket)
    monkeypatch.setenv("WANTILAN_FILES_UPLOAD_MINUTES", "0")
    with pytest.raises(ConfigurationError, match=r"Setting WANTILAN_FILES_UPLOAD_MINUTES: .*[^0]\.$"):
        Settings.load()
