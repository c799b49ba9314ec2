"""The child that draws a picture anew: bytes on standard input, a PNG on standard output.

What a stranger's picture holds beside what is seen (place, owner, a second file) stays behind.
It runs alone, with limits on memory, time and files; it may die, and only the picture is lost.
"""

import io
import resource
import sys

from PIL import Image, ImageOps

PIXELS = 40_000_000  # more is refused before a pixel is decoded
LARGEST = (1600, 1600)  # of what is shown


def main() -> None:
    """Read, draw, write."""
    for what, most in (
        (resource.RLIMIT_AS, 700 * 1024 * 1024),
        (resource.RLIMIT_CPU, 10),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    sys.stdout.buffer.write(drawn(sys.stdin.buffer.read()))


def drawn(content: bytes) -> bytes:
    """The first frame of a picture as PNG, upright, without anything beside its pixels.

    Raises whatever Pillow raises, and ValueError for a picture over the limit.
    """
    Image.MAX_IMAGE_PIXELS = PIXELS
    formats = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
    with Image.open(io.BytesIO(content), formats=formats) as source:
        if source.width * source.height > PIXELS:
            raise ValueError("too many pixels")
        source.draft("RGB", LARGEST)
        picture = ImageOps.exif_transpose(source)
        picture = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
    picture.thumbnail(LARGEST)
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    out = io.BytesIO()
    clean.save(out, "PNG")
    return out.getvalue()


if __name__ == "__main__":
    main()
