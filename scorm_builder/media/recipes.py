"""How pictures and recordings are made to fit, as data. A changed recipe makes everything anew."""

from __future__ import annotations

from dataclasses import asdict, dataclass

#: Raise it when the code that cooks makes other bytes of the same recipe.
VERSION = 3


@dataclass(frozen=True, slots=True)
class PictureRecipe:
    """``widths`` are what pages can use: text is 41 rem wide (656 CSS pixels), which 1440 fills on
    a screen of more than double density, and 480 fills on a small phone. A picture is never
    enlarged. One that is no wider than the last and no heavier than ``light_enough`` stays as it
    is; ``quality`` is that of JPEG and WebP."""

    widths: tuple[int, ...]
    quality: int
    light_enough: int

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SoundRecipe:
    """AAC of one channel: what every browser plays, and speech needs no more."""

    bits_per_second: int = 48_000
    samples_per_second: int = 32_000

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


FULL = PictureRecipe(widths=(480, 960, 1440), quality=80, light_enough=200_000)
#: For outputs that carry every width in one file: one that is good enough everywhere.
SINGLE = PictureRecipe(widths=(1080,), quality=78, light_enough=150_000)
LIGHT = PictureRecipe(widths=(480,), quality=55, light_enough=30_000)
POSTER_WIDTH = 960
SOUND = SoundRecipe()
