"""Pictures made to fit, with Pillow. Runs in the worker alone.

Each picture has one format, the smallest that shows it well, rather than a ``<picture>`` of two:
the player itself asks for browsers (of 2020 and later) that all show WebP, the web views of the
learning platforms' apps among them, and every further format would travel in each package.
A photo becomes WebP where that saves a tenth over JPEG; a drawing keeps each pixel's colour where
that costs little. What a camera wrote into the file (place, time, serial number) is left behind,
its colours are brought to sRGB, and it is turned upright.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageCms, ImageOps

from scorm_builder.media.unfit import damaged, is_full, too_costly

#: A photo of a good camera has 50 million; decoding takes four bytes for each.
MOST_PIXELS = 100_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_WEBP_SIDE = 16_383
#: Exact colours may cost this much more than approximate ones, or this many bytes.
_EXACT_FACTOR = 1.5
_EXACT_BYTES = 20_000
_SIDEWAYS = (5, 6, 7, 8)

_Encoded = tuple[str, bytes]


def fit_picture(source: Path, recipe: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Write the widths that ``recipe`` wants and the picture can give into ``folder``.

    The answer's ``files`` are the narrowest first: ``{name, width, height}``, where ``name`` is
    None for the author's own file. An animation is kept as it is: no files. Raises ``UnfitError``.
    """
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(source, formats=_FORMATS) as image:
            return _fit(image, source, recipe, folder)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise too_costly("picture") from error
    except (OSError, SyntaxError, ValueError, EOFError, ImageCms.PyCMSError) as error:
        if is_full(error):
            raise
        raise damaged("picture") from error


def _fit(
    image: Image.Image, source: Path, recipe: Mapping[str, Any], folder: Path
) -> dict[str, Any]:
    if getattr(image, "n_frames", 1) > 1:
        return {"files": []}
    kind, exif = image.format, image.getexif()
    sideways = exif.get(0x0112) in _SIDEWAYS
    width, height = reversed(image.size) if sideways else image.size
    private = bool(exif) or "xmp" in image.info or "photoshop" in image.info
    untouched = not private and image.mode in ("RGB", "RGBA", "L", "P", "LA", "1")
    top = min(width, recipe["widths"][-1])
    if kind == "JPEG":
        # Decoding at a fraction of the size takes a fraction of the time and memory.
        share = top / width
        image.draft(None, (int(image.width * share), int(image.height * share)))
    upright = _srgb(ImageOps.exif_transpose(image))
    wanted = [*(one for one in recipe["widths"] if one < top * 0.85), top]
    sizes = [(wide, max(1, round(height * wide / width))) for wide in wanted]
    exact = kind in ("PNG", "GIF") and _may_be_exact(upright, sizes[0], recipe["quality"])
    best, made = "", []
    for size in reversed(sizes):
        shown = _resized(upright, size)
        best, data = _lossy(shown, recipe["quality"], "" if exact else best)
        if exact:
            approximate, (best, data) = len(data), _exact(shown)
            if len(data) > max(_EXACT_BYTES, _EXACT_FACTOR * approximate):
                exact = False
                best, data = _lossy(shown, recipe["quality"], "")
        name: str | None = f"{size[0]}.{best}"
        if size[0] == width and untouched and len(data) > 0.9 * source.stat().st_size:
            name = None
        else:
            (folder / f"{size[0]}.{best}").write_bytes(data)
        made.append({"name": name, "width": size[0], "height": size[1]})
    return {"files": made[::-1]}


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _srgb(image: Image.Image) -> Image.Image:
    """``image`` in grey, RGB or RGBA of 8 bits, with sRGB's colours and no metadata."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    elif image.mode == "F" or image.mode == "1":
        image = image.convert("L")
    elif "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        if image.getchannel("A").getextrema()[0] == 255:
            image = image.convert("RGB")
    elif image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGB")
    if profile and image.mode != "L":
        alpha = image.getchannel("A") if image.mode == "RGBA" else None
        image = _through_profile(image.convert("RGB") if alpha else image, profile)
        if alpha:
            image.putalpha(alpha)
    if image.mode == "CMYK":
        image = image.convert("RGB")
    image.info = {}
    return image


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        changed = ImageCms.profileToProfile(image, given, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # A profile that is none: the colours are as good as any browser's guess.
    return changed or image


def _lossy(image: Image.Image, quality: int, wanted: str) -> _Encoded:
    """JPEG or WebP, whichever is smaller; ``wanted`` where the widest has chosen already."""
    candidates = []
    if image.mode != "RGBA" and wanted in ("", "jpg"):
        jpeg = _saved(image, "JPEG", quality=quality, progressive=True, optimize=True)
        candidates.append((len(jpeg) * 0.9, "jpg", jpeg))
    if wanted in ("", "webp") and max(image.size) <= _WEBP_SIDE:
        webp = _saved(image, "WEBP", quality=quality, method=4)
        candidates.append((len(webp), "webp", webp))
    return _smallest(candidates) or ("png", _saved(image, "PNG", optimize=True))


def _may_be_exact(image: Image.Image, size: tuple[int, int], quality: int) -> bool:
    """A quick look at a small version: whether trying exact colours is worth the time."""
    small = _resized(image, size)
    quick = len(_saved(small, "PNG", compress_level=1))
    return quick < max(2 * _EXACT_BYTES, 5 * len(_lossy(small, quality, "")[1]))


def _exact(image: Image.Image) -> _Encoded:
    """PNG or WebP with each pixel's colour kept, whichever is smaller."""
    png = _saved(_with_palette(image), "PNG", optimize=True)
    candidates: list[tuple[float, str, bytes]] = [(len(png), "png", png)]
    if max(image.size) <= _WEBP_SIDE:
        webp = _saved(image, "WEBP", lossless=True, quality=60, method=3, exact=True)
        candidates.append((len(webp), "webp", webp))
    return _smallest(candidates) or ("png", png)


def _smallest(candidates: Sequence[tuple[float, str, bytes]]) -> _Encoded | None:
    if not candidates:
        return None
    _, kind, data = min(candidates, key=lambda one: one[0])
    return kind, data


def _with_palette(image: Image.Image) -> Image.Image:
    """With a palette where that changes no pixel: flat drawings shrink by half and more."""
    if image.mode == "L" or image.getcolors(256) is None:
        return image
    reduced = image.quantize(256, method=Image.Quantize.FASTOCTREE)
    changed = ImageChops.difference(reduced.convert(image.mode), image)
    return image if changed.getbbox(alpha_only=False) else reduced


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def poster(frame: Image.Image, width: int, quality: int) -> tuple[str, bytes, tuple[int, int]]:
    """A still of a video, at most ``width`` wide: ending, bytes, size."""
    if frame.width > width:
        high = max(1, round(frame.height * width / frame.width))
        frame = frame.resize((width, high), Image.Resampling.LANCZOS)
    kind, data = _lossy(frame.convert("RGB"), quality, "")
    return kind, data, frame.size
