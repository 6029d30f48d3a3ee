"""Pictures made to fit: what comes out, what stays as it is, and what hostile ones do (nothing)."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageStat

from content.images import picture_size
from content.model import MediaFile
from content.showing import Picture
from scorm_builder.media.fitted import Fitted, UnfitMediaError
from scorm_builder.media.sniff import container, look_at_picture, starts_late
from scorm_builder.media.store import Store
from scorm_builder.media.workshop import Workshop
from tests.media_samples import drawing, exif, photo, png_of, saved, swapped_profile


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with Workshop(Store(tmp_path_factory.mktemp("store"))) as workshop:
        yield workshop


def medium(folder: Path, name: str, data: bytes) -> MediaFile:
    path = folder / name
    path.write_bytes(data)
    size = picture_size(data) or (None, None)
    return MediaFile(f"media/{name}", path, len(data), *size)


def opened(file: MediaFile) -> Image.Image:
    image = Image.open(file.source)
    image.load()
    return image


def widths(picture: Picture) -> list[int | None]:
    return [file.width for file in picture.files]


def unfit(workshop: Workshop, media: MediaFile) -> str:
    with pytest.raises(UnfitMediaError) as caught:
        Fitted(workshop).picture(media)
    assert caught.value.unfit.hint
    return caught.value.unfit.code


def test_a_large_photo_comes_in_three_widths(workshop: Workshop, tmp_path: Path) -> None:
    media = medium(tmp_path, "big.jpg", saved(photo(3000, 2000), "JPEG", quality=95))
    before = media.source.read_bytes()
    fitted = Fitted(workshop)
    picture = fitted.picture(media)
    assert widths(picture) == [480, 960, 1440]
    for file in picture.files:
        with opened(file) as image:
            assert image.size == (file.width, file.height)
            assert image.format in ("WEBP", "JPEG")
        assert file.size == file.source.stat().st_size < media.size / 3
        assert file.path.startswith("media/big-")
    assert [file.size for file in picture.files] == sorted(file.size for file in picture.files)
    assert media.source.read_bytes() == before
    assert set(fitted.made()) == set(picture.files)
    with opened(picture.widest) as image:
        wanted = photo(3000, 2000).resize(image.size).convert("RGB")
        difference = ImageChops.difference(image.convert("RGB"), wanted).convert("L")
        assert ImageStat.Stat(difference).mean[0] < 6


def test_nothing_is_enlarged(workshop: Workshop, tmp_path: Path) -> None:
    media = medium(tmp_path, "middle.png", saved(photo(700, 500), "PNG"))
    assert widths(Fitted(workshop).picture(media)) == [480, 700]
    narrow = medium(tmp_path, "narrow.png", saved(photo(500, 900), "PNG"))
    assert widths(Fitted(workshop).picture(narrow)) == [500]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_stand_upright_and_tell_nothing_of_the_photographer(
    workshop: Workshop, tmp_path: Path, orientation: int
) -> None:
    upright = photo(400, 300)
    ImageDraw.Draw(upright).rectangle((0, 0, 80, 60), fill="black")
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Image.Transpose that undoes it
    stored = upright.transpose(Image.Transpose(back[orientation])) if orientation > 1 else upright
    stored = (
        stored
        if orientation not in (6, 8)
        else upright.transpose(
            Image.Transpose.ROTATE_90 if orientation == 6 else Image.Transpose.ROTATE_270
        )
    )
    data = saved(stored, "JPEG", quality=95, exif=exif(orientation))
    assert b"SecretMaker" in data
    picture = Fitted(workshop).picture(medium(tmp_path, "phone.jpg", data))
    assert widths(picture) == [400]
    made = picture.widest.source.read_bytes()
    assert not [word for word in (b"Exif", b"SecretMaker", b"EXIF") if word in made]
    with opened(picture.widest) as image:
        corner = image.convert("L").crop((10, 10, 70, 50)).getextrema()
        assert corner[1] < 40, orientation


def test_colours_are_brought_to_srgb(workshop: Workshop, tmp_path: Path) -> None:
    red = Image.new("RGB", (2000, 1000), (220, 20, 20))
    data = saved(red, "JPEG", quality=95, icc_profile=swapped_profile())
    picture = Fitted(workshop).picture(medium(tmp_path, "profile.jpg", data))
    with opened(picture.widest) as image:
        r, g, b = image.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
        assert (r < 60, g < 60, b > 180) == (True, True, True)
        assert "icc_profile" not in image.info


def test_a_drawing_keeps_its_colours_to_the_pixel(workshop: Workshop, tmp_path: Path) -> None:
    original = drawing(1200, 2000)
    data = saved(original, "PNG", compress_level=0)
    picture = Fitted(workshop).picture(medium(tmp_path, "chart.png", data))
    with opened(picture.widest) as image:
        assert image.size == (1200, 2000)
        assert ImageChops.difference(image.convert("RGB"), original).getbbox() is None
    assert picture.widest.size < len(data) / 50


def test_transparency_stays(workshop: Workshop, tmp_path: Path) -> None:
    image = photo(1000, 800).convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    picture = Fitted(workshop).picture(medium(tmp_path, "clear.png", saved(image, "PNG")))
    with opened(picture.widest) as made:
        assert made.convert("RGBA").getchannel("A").getextrema() == (0, 255)


@pytest.mark.parametrize(
    ("name", "mode"), [("cmyk.jpg", "CMYK"), ("deep.png", "I;16"), ("grey.jpg", "L")]
)
def test_unusual_colours_become_usual_ones(
    workshop: Workshop, tmp_path: Path, name: str, mode: str
) -> None:
    image = (
        Image.new("I;16", (600, 400), 0x8000) if mode == "I;16" else photo(600, 400).convert(mode)
    )
    data = saved(image, "PNG" if name.endswith("png") else "JPEG")
    picture = Fitted(workshop).picture(medium(tmp_path, name, data))
    with opened(picture.widest) as made:
        assert made.mode in ("RGB", "L")
        grey = made.convert("L").resize((1, 1)).getpixel((0, 0))
        assert 60 < grey < 200, grey  # type: ignore[operator]


def test_moving_pictures_are_kept(workshop: Workshop, tmp_path: Path) -> None:
    frames = [drawing(1600, 90).rotate(180 * n) for n in range(2)]
    for name, kind in (("a.gif", "GIF"), ("a.png", "PNG"), ("a.webp", "WEBP")):
        data = saved(frames[0], kind, save_all=True, append_images=frames[1:])
        media = medium(tmp_path, name, data)
        assert Fitted(workshop).picture(media) == Picture((media,))


def test_what_fits_is_only_looked_at(tmp_path: Path) -> None:
    """No decoder is even loaded, and the store stays empty."""
    small = medium(tmp_path, "small.jpg", saved(photo(900, 600), "JPEG", quality=70))
    flat = medium(tmp_path, "flat.png", saved(drawing(600, 400), "PNG"))
    script = """
import sys
from pathlib import Path
from content.model import MediaFile
from scorm_builder.media.fitted import Fitted
from scorm_builder.media.sniff import container, look_at_picture, starts_late
from scorm_builder.media.store import Store
from scorm_builder.media.workshop import Workshop
with Workshop(Store(Path(sys.argv[1]))) as workshop:
    for name in sys.argv[2:]:
        path = Path(name)
        media = MediaFile(name, path, path.stat().st_size, 900, 600)
        assert Fitted(workshop).picture(media).files == (media,), name
assert not {"PIL", "av"} & sys.modules.keys(), "loaded"
"""
    store = tmp_path / "store"
    subprocess.run(
        [sys.executable, "-c", script, str(store), str(small.source), str(flat.source)], check=True
    )
    assert [path.name for path in store.iterdir()] == ["swept"]


def test_the_light_edition_has_small_pictures(workshop: Workshop, tmp_path: Path) -> None:
    media = medium(tmp_path, "photo.jpg", saved(photo(1300, 900), "JPEG", quality=80))
    full, light = Fitted(workshop), Fitted(workshop, light=True)
    assert widths(light.picture(media)) == [480]
    assert light.picture(media).widest.size < full.picture(media).files[0].size


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    media = medium(tmp_path, "photo.jpg", saved(photo(1700, 900), "JPEG", quality=90))
    sums = []
    for run in range(2):
        with Workshop(Store(tmp_path / f"store-{run}")) as workshop:
            files = Fitted(workshop).picture(media).files
            sums.append(
                [(file.path, hashlib.sha256(file.source.read_bytes()).digest()) for file in files]
            )
    assert sums[0] == sums[1]


def test_a_kept_result_is_used_and_a_damaged_one_made_anew(tmp_path: Path) -> None:
    media = medium(tmp_path, "photo.jpg", saved(photo(1700, 900), "JPEG", quality=90))
    with Workshop(Store(tmp_path / "store")) as workshop:
        first = Fitted(workshop).picture(media)
    file = first.widest.source
    before, when = file.read_bytes(), file.stat().st_mtime_ns
    with Workshop(Store(tmp_path / "store")) as workshop:
        assert Fitted(workshop).picture(media) == first
    assert file.stat().st_mtime_ns == when
    file.write_bytes(before[:-1] + b"x")
    with Workshop(Store(tmp_path / "store")) as workshop:
        assert Fitted(workshop).picture(media) == first
    assert file.read_bytes() == before


def test_without_a_cache_folder_it_works_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    media = medium(tmp_path, "photo.jpg", saved(photo(1700, 900), "JPEG", quality=90))
    with Workshop(Store(tmp_path / "file" / "store")) as workshop:
        assert len(Fitted(workshop).picture(media).files) == 3


def test_two_builds_at_once_share_what_they_make(tmp_path: Path) -> None:
    media = [
        medium(tmp_path, f"p{n}.jpg", saved(photo(1500, 300, str(n)), "JPEG")) for n in range(4)
    ]

    def build() -> list[Picture]:
        with Workshop(Store(tmp_path / "store"), hands=2) as workshop:
            fitted = Fitted(workshop)
            assert fitted.prepare(media) == []
            return [fitted.picture(one) for one in media]

    with ThreadPoolExecutor(3) as pool:
        first, *others = [future.result() for future in [pool.submit(build) for _ in range(3)]]
    assert all(other == first for other in others)
    assert all(file.source.is_file() for picture in first for file in picture.files)
    assert not list((tmp_path / "store").glob("draft-*"))


def test_a_worker_can_take_no_more_than_its_memory() -> None:
    script = """
from scorm_builder.media.worker import MEMORY, limit
limit()
try:
    bytearray(MEMORY)
except MemoryError:
    print("refused")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "refused\n"


def test_a_cache_that_others_can_write_to_is_not_trusted(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    assert Store(shared).root != shared


@pytest.mark.parametrize("start", [b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"])
@pytest.mark.parametrize("look", [look_at_picture, container, starts_late])
@given(data=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_any_head_is_looked_at_without_harm(
    tmp_path: Path, look: Callable[[Path], object], start: bytes, data: bytes
) -> None:
    path = tmp_path / "head"
    path.write_bytes(start + data)
    look(path)


def test_a_box_of_endless_size(tmp_path: Path) -> None:
    path = tmp_path / "endless.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 12 + b"\0\0\0\1free" + b"\xff" * 40)
    assert not starts_late(path)


JPEG = saved(photo(1600, 1200), "JPEG", quality=90)
PNG = saved(photo(800, 600), "PNG")
HOSTILE = {
    "truncated.jpg": JPEG[: len(JPEG) // 2],
    "head-only.jpg": JPEG[:700],
    "truncated.png": PNG[: len(PNG) // 2],
    "checksum.png": PNG[:5000] + bytes([PNG[5000] ^ 255]) + PNG[5001:],
    "empty-inside.png": png_of(1600, 1200),
    "bomb.png": png_of(30_000, 30_000, data=b"\0" * 1_000_000),
    "longest.png": png_of(2**31 - 1, 1),
    "fifteen.png": png_of(1600, 100, depth=15),
    "text.jpg": b"\xff\xd8\xff\xfe\0\x10not a picture",
    "truncated.webp": saved(photo(1600, 900), "WEBP")[:9000],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pictures_are_refused_with_a_remedy(
    workshop: Workshop, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(HOSTILE[name])
    media = MediaFile(f"media/{name}", path, 10_000_000, 4000, 3000)
    assert unfit(workshop, media) in ("media.damaged", "media.too-costly")


def test_a_vanished_picture_is_said(workshop: Workshop, tmp_path: Path) -> None:
    assert unfit(workshop, MediaFile("a.jpg", tmp_path / "a.jpg", 1, 1, 1)) == "file.unreadable"


def test_many_at_once_and_the_bad_ones_named(workshop: Workshop, tmp_path: Path) -> None:
    media = [
        medium(tmp_path, f"p{n}.jpg", saved(photo(1500, 400, str(n)), "JPEG")) for n in range(5)
    ]
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(JPEG[:2000])
    media.insert(2, MediaFile("media/bad.jpg", bad, 2000, 1600, 1200))
    fitted = Fitted(workshop)
    problems = fitted.prepare(media)
    assert [(file.path, error.code) for file, error in problems] == [
        ("media/bad.jpg", "media.damaged")
    ]
    assert len({file.path for file in fitted.made()}) == 15


def test_memory_of_a_worker_is_bounded(workshop: Workshop, tmp_path: Path) -> None:
    """A progressive JPEG of many pixels in a small file cannot take the machine's memory."""
    buffer = io.BytesIO()
    Image.new("L", (9_900, 9_900)).save(buffer, "JPEG", progressive=True, quality=5)
    media = medium(tmp_path, "flat.jpg", buffer.getvalue())
    assert media.size < 3_000_000
    assert widths(Fitted(workshop).picture(media)) == [480, 960, 1440]
