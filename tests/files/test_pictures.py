"""Of a picture only the picture is kept."""

from __future__ import annotations

import io
import zlib

import pytest
from PIL import ExifTags, Image
from tests.files.scene import Scene, opened, photo, snapshot


@pytest.fixture(params=["sqlite"])
def wantilan_dialect(request: pytest.FixtureRequest) -> str:
    """No picture knows which database it lies beside."""
    return str(request.param)


async def test_of_a_photo_nothing_but_the_picture_comes_back(scene: Scene) -> None:
    for form in ("JPEG", "PNG", "WEBP"):
        original = snapshot(form)
        assert (
            original.count(b"Wayan") >= 3 and "icc_profile" in opened(original).info
        )  # the control: it tells
        assert opened(original).getexif().get_ifd(ExifTags.IFD.GPSInfo)
        back = (await scene.fetched(await scene.uploaded(original))).content
        assert b"Wayan" not in back
        picture = opened(back)
        assert not dict(picture.getexif()) and not picture.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert not {"exif", "icc_profile", "xmp", "comment", "Author"} & picture.info.keys()
        assert picture.format == form


async def test_a_photo_is_turned_upright_before_it_forgets_how_it_was_held(scene: Scene) -> None:
    """Orientation 6: the telephone was held upright, the picture lies on its side."""
    back = opened((await scene.fetched(await scene.uploaded(snapshot("PNG", orientation=6)))).content)
    assert back.size == (30, 40)
    assert back.getpixel((1, 1)) == (220, 30, 20) and back.getpixel((1, 38)) == (20, 40, 220)


async def test_a_picture_keeps_its_transparency(scene: Scene) -> None:
    for mode in ("RGBA", "LA", "P"):
        out = io.BytesIO()
        Image.new(mode, (4, 4), 0).save(out, "PNG", **({"transparency": 0} if mode == "P" else {}))
        back = opened((await scene.fetched(await scene.uploaded(out.getvalue()))).content)
        assert back.convert("RGBA").getpixel((1, 1))[3] == 0, mode  # type: ignore[index]


async def test_a_few_bytes_that_claim_millions_of_pixels_are_refused(scene: Scene) -> None:
    bomb = photo("PNG", (1, 1))
    at = bomb.index(b"IHDR") + 4
    for width, height in ((9_000, 9_000), (60_000, 60_000)):
        head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bomb[at + 8 : at + 13]
        made = bomb[:at] + head + zlib.crc32(b"IHDR" + head).to_bytes(4, "big") + bomb[at + 17 :]
        answer = await scene.put((await scene.asked())["uploadUrl"], made)
        assert answer.status_code == 413
        assert answer.json()["errors"][0]["extensions"]["limit"] == "pixels"
    assert await scene.nothing_came()
