"""Pictures, videos and sounds made on the spot: no test fetches or carries any."""

from __future__ import annotations

import io
import math
import random
import struct
import zlib
from array import array
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageCms, ImageDraw, ImageFilter


def photo(width: int, height: int, seed: str = "photo") -> Image.Image:
    """Soft colours with some grain, as a camera gives them."""
    rng = random.Random(seed)
    small = Image.new("RGB", (16, 12))
    small.frombytes(rng.randbytes(16 * 12 * 3))
    soft = small.resize((width, height), Image.Resampling.BICUBIC)
    tile = Image.frombytes("L", (256, 256), rng.randbytes(1 << 16))
    grain = Image.new("L", (width, height))
    for x in range(0, width, 256):
        for y in range(0, height, 256):
            grain.paste(tile, (x, y))
    return Image.blend(soft, grain.convert("RGB"), 0.04)


def drawing(width: int, height: int) -> Image.Image:
    """Flat colours with hard edges: a chart."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for number, colour in enumerate(("#0b6e4f", "#c8553d", "#f2c14e", "#2b2d42")):
        draw.rectangle(
            (width * number // 4 + 10, height // (number + 2), width * (number + 1) // 4, height),
            fill=colour,
        )
    return image


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(orientation: int = 1) -> bytes:
    """What a phone writes: which way up, its maker, and where it was."""
    found = Image.Exif()
    found[0x0112] = orientation
    found[0x010F] = "SecretMaker"
    found.get_ifd(0x8825)[1] = "N"
    found.get_ifd(0x8825)[2] = (36.0, 48.0, 23.0)
    return found.tobytes()


def swapped_profile() -> bytes:
    """sRGB's profile with red and blue changing places: what is red by it is blue by numbers."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    for place in range(132, 132 + 12 * count, 12):
        name = bytes(profile[place : place + 4])
        if name in (b"rXYZ", b"bXYZ"):
            profile[place : place + 4] = b"bXYZ" if name == b"rXYZ" else b"rXYZ"
    return bytes(profile)


def png_of(width: int, height: int, *, depth: int = 8, colour: int = 2, data: bytes = b"") -> bytes:
    """A PNG that says it is that large, whatever its data."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def video(
    path: Path,
    *,
    seconds: float = 2,
    size: tuple[int, int] = (320, 180),
    codec: str = "libx264",
    sound: str | None = "aac",
    kind: str | None = None,
    black_until: float = 0,
    rotation: int = 0,
    options: dict[str, str] | None = None,
    pixels: str = "yuv420p",
    location: str | None = None,
    keys: int | None = None,
) -> Path:
    """A video of a moving picture, black at first where told, with a tone.
    With ``keys``, so many frames lie between two that can be sought."""
    rate = 10
    with av.open(str(path), "w", format=kind, options=_mux(path, options)) as out:
        if location:
            out.metadata["location"] = location
        stream: Any = out.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        if keys:
            stream.codec_context.gop_size = keys
            stream.options = {"sc_threshold": "0"}
        if rotation:
            stream.set_display_rotation(rotation)
        tone: Any = None
        if sound:
            tone = out.add_stream(sound, rate=48_000, layout="stereo")
        base = photo(*size).filter(ImageFilter.GaussianBlur(2))
        for number in range(int(seconds * rate)):
            image = base.copy()
            if number < black_until * rate:
                image = Image.new("RGB", size, "black")
            else:
                ImageDraw.Draw(image).rectangle((number * 3, 20, number * 3 + 40, 60), fill="white")
            frame = av.VideoFrame.from_image(image)
            frame.pts, frame.time_base = number, Fraction(1, rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if tone:
            _tone(out, tone, seconds)
    return path


def _mux(path: Path, options: dict[str, str] | None) -> dict[str, str]:
    if options is None and path.suffix == ".mp4":
        return {"movflags": "+faststart"}
    return options or {}


def audio(path: Path, *, seconds: float = 2, codec: str = "aac", kind: str | None = None) -> Path:
    with av.open(str(path), "w", format=kind) as out:
        stream: Any = out.add_stream(codec, rate=48_000, layout="stereo")
        _tone(out, stream, seconds)
    return path


def _tone(out: Any, stream: Any, seconds: float) -> None:
    layout, rate = "stereo", 48_000
    size = stream.codec_context.frame_size or 1024
    resampler = av.AudioResampler(
        format=stream.codec_context.format, layout=layout, rate=rate, frame_size=size
    )
    samples = array(
        "h",
        (
            int(9000 * math.sin(2 * math.pi * 440 * (n // 2) / rate))
            for n in range(int(seconds * rate) * 2)
        ),
    )
    frame = av.AudioFrame(format="s16", layout=layout, samples=len(samples) // 2)
    frame.sample_rate = rate
    frame.planes[0].update(samples.tobytes())
    for piece in [*resampler.resample(frame), *resampler.resample(None)]:
        out.mux(stream.encode(piece))
    out.mux(stream.encode(None))
