"""Pictures, encoded anew: the pixels go on, and nothing else that stood in the file.

A camera writes when and where a picture was taken, by which device, often with a small copy of the picture
before it was cut. None of it leaves, nor a colour profile, a comment, or what was hidden behind the end.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps

from ...errors import LimitExceeded, RuleViolated, Text
from ...programs.files import FileType

BROKEN = Text("Gambar ini tidak dapat dibaca.", "This picture cannot be read.")

_MODES = {
    FileType.JPEG: ("L", "RGB"),
    FileType.PNG: ("L", "LA", "RGB", "RGBA"),
    FileType.WEBP: ("RGB", "RGBA"),
}
_SAVED: dict[FileType, dict[str, int]] = {
    FileType.JPEG: {"quality": 88},
    FileType.PNG: {},
    FileType.WEBP: {"quality": 88, "method": 4},
}


def encode_anew(source: Path, target: Path, type: FileType, most_pixels: int) -> None:
    """Write the picture in `source` to `target`, turned upright; of a moving one the first frame.

    Raises RuleViolated for what is no picture, LimitExceeded for more pixels than there is memory for: a few
    bytes can claim to be millions of them.
    """
    try:
        with Image.open(source, formats=[type.name]) as picture:
            if picture.width * picture.height > most_pixels:
                raise LimitExceeded("pixels", most_pixels)
            upright = ImageOps.exif_transpose(picture)
            plain = upright.convert(_mode(upright, type))
            plain.info.clear()  # from here the encoders would take profile, comment and the rest
            plain.save(target, type.name, **_SAVED[type])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise LimitExceeded("pixels", most_pixels) from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError) as error:
        # What its decoders raise for a damaged file is no closed list, and may quote the file.
        raise RuleViolated("FILE_BROKEN", BROKEN) from error


def _mode(picture: Image.Image, type: FileType) -> str:
    """How its pixels are kept: as they are where the type can, with transparency where there is some."""
    modes = _MODES[type]
    if picture.mode in modes:
        return picture.mode
    if "RGBA" in modes and picture.has_transparency_data:
        return "RGBA"
    return "L" if "L" in modes and picture.mode in ("1", "I", "I;16", "F") else "RGB"
