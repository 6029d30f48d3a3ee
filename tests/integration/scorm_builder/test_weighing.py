"""What weighs what, outputs that may not be larger, and building for one LMS."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from scorm_builder.cli import main
from scorm_builder.commands.sizes import SIZE
from scorm_builder.formats import FORMATS
from scorm_builder.profiles import LIMITS
from scorm_builder.verify.profiles import PROFILES
from tests.media_course import make_media_course


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_media_course(tmp_path_factory.mktemp("media") / "course").root


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SCORM_BUILDER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def course(sources: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sources, tmp_path / "course"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def weighed(*arguments: object) -> dict[str, Any]:
    result = run("weigh", *arguments, "--language", "en", "--json")
    assert result.exit_code == 0, result.stderr
    facts: dict[str, Any] = json.loads(result.stdout)
    return facts


def test_weigh_tells_what_a_build_will_have(course: Path, tmp_path: Path) -> None:
    facts = weighed(course)
    built = run("build", course, "--language", "en", "--output", tmp_path / "out", "--json")
    assert built.exit_code == 0, built.stderr
    made = json.loads(built.stdout)
    assert abs(facts["bytes"] - made["bytes"]) < 0.02 * made["bytes"]
    assert facts["output"] == Path(made["path"]).name
    assert sum(facts["kinds"].values()) == facts["bytes"]
    assert {"pictures", "videos", "sounds", "captions", "downloads", "texts", "player"} <= set(
        facts["kinds"]
    )
    sizes = [one["bytes"] for one in facts["files"]]
    assert sizes == sorted(sizes, reverse=True)
    photos = [one for one in facts["files"] if "/photo" in one["name"]]
    assert {page for one in photos for page in one["pages"]} == {"start/one"}
    [first, second] = facts["pages"]
    assert (first["page"], second["page"]) == ("start/one", "start/two")
    assert first["bytes"] > 100 * second["bytes"]


def test_weigh_tells_what_the_light_edition_saves(course: Path) -> None:
    full, light = weighed(course), weighed(course, "--light")
    assert full["light_bytes"] == light["bytes"] < 0.9 * full["bytes"]
    assert light["light_bytes"] is None
    assert "videos" not in light["kinds"]


def test_weigh_for_people_has_kinds_pages_and_files(course: Path) -> None:
    result = run("weigh", course, "--language", "fr", "--max-size", "10kB")
    assert result.exit_code == 1
    assert "more than 10 kB" in result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == "tiny-fr-scorm12.zip"
    assert any(line.endswith("  videos") for line in lines)
    assert any("media/media/visit.mp4" in line for line in lines)
    assert any(line.endswith("  start/one") for line in lines)
    assert lines[-1].endswith("in all with --light")


def test_every_format_is_weighed(course: Path) -> None:
    result = run("weigh", course, "--language", "en", "--format", "all", "--json")
    assert result.exit_code == 0, result.stderr
    found = {one["format"]: one for one in map(json.loads, result.stdout.splitlines())}
    assert set(found) == {name for name in FORMATS if name != "thincc"}
    assert all(one["light_bytes"] < one["bytes"] for one in found.values())


@pytest.mark.parametrize("options", [(), ("--sco", "unit"), ("--together",)])
def test_every_format_weighs_what_is_built(
    course: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    asked = ["--format", "all", *options, "--json"]
    told = run("weigh", course, *asked)
    assert told.exit_code == 0, told.stderr
    made = run("build", course, *asked, "--output", tmp_path / "out")
    assert made.exit_code == 0, made.stderr
    built = {
        Path(one["path"]).name: one["bytes"] for one in map(json.loads, made.stdout.splitlines())
    }
    facts = {one["output"].rstrip("/"): one for one in map(json.loads, told.stdout.splitlines())}
    assert set(facts) == set(built)
    for name, one in facts.items():
        assert abs(one["bytes"] - built[name]) < 0.03 * built[name], name
        assert sum(one["kinds"].values()) == one["bytes"]
        assert min(each["bytes"] for each in one["files"]) >= 0
        assert "pictures" in one["kinds"], name


def test_a_single_file_is_refused_where_weigh_says_so(course: Path, tmp_path: Path) -> None:
    asked = ["--language", "en", "--format", "single"]
    size = weighed(course, "--format", "single")["bytes"]
    build = ["build", course, *asked, "--output", tmp_path / "out"]
    for most, code in ((size - 1, 1), (size, 0)):
        assert run("weigh", course, *asked, "--max-size", most).exit_code == code
        assert run(*build, "--max-size", most).exit_code == code


def test_weigh_for_one_lms(course: Path) -> None:
    facts = weighed(course, "--profile", "canvas")
    assert (facts["format"], facts["max_bytes"]) == ("scorm12", 500 << 20)
    refused = run("weigh", course, "--profile", "chamilo", "--format", "scorm2004")
    assert refused.exit_code == 2
    assert "Chamilo does not take scorm2004" in refused.stderr


def test_too_large_is_refused_with_the_weights(course: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ["--language", "en", "--output", out, "--max-size"]
    refused = run("build", course, *options, "300kB")
    assert refused.exit_code == 1
    assert "build.too-large" in refused.stderr
    assert "media/media/visit.mp4" in refused.stderr
    assert "with --light" in refused.stderr
    assert not list(out.glob("*"))
    as_json = run("build", course, *options, "300kB", "--json")
    facts = json.loads(as_json.stdout)
    assert facts["error"] == "build.too-large"
    assert facts["max_bytes"] == 300_000
    assert facts["light_bytes"] < facts["weights"]["bytes"]
    assert facts["weights"]["files"][0]["pages"]
    assert run("build", course, *options, "50MB").exit_code == 0


def test_the_light_edition_is_proposed_where_it_is_small_enough(
    course: Path, tmp_path: Path
) -> None:
    options = ["--language", "en", "--output", tmp_path / "out", "--json", "--max-size"]
    [light] = run("weigh", course, "--language", "en", "--light", "--json").stdout.splitlines()
    enough = json.loads(light)["bytes"] + 10_000
    assert "build --light" in json.loads(run("build", course, *options, enough).stdout)["hint"]
    small = run("build", course, *options, "20kB")
    assert "--light" not in json.loads(small.stdout)["hint"]
    assert run("build", course, "--light", *options, enough).exit_code == 0


def test_the_last_byte_counts(course: Path, tmp_path: Path) -> None:
    """What is compressed is known only when it is written: then too nothing is put in place."""
    options = ["--language", "en", "--output", tmp_path / "out"]
    made = json.loads(run("build", course, *options, "--json").stdout)
    Path(made["path"]).unlink()
    assert run("build", course, *options, "--max-size", made["bytes"] - 1).exit_code == 1
    assert not list((tmp_path / "out").glob("*"))
    assert run("build", course, *options, "--max-size", made["bytes"]).exit_code == 0


@pytest.mark.parametrize(
    ("text", "size"),
    [("50MB", 50_000_000), ("1.5 GB", 1_500_000_000), ("2MiB", 2 << 20), ("7", 7), ("8 k", 8000)],
)
def test_sizes(text: str, size: int) -> None:
    assert SIZE.convert(text, None, None) == size


@pytest.mark.parametrize("text", ["", "0", "-5MB", "five", "5TB", "0.1", "1e9", "٥MB"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(click.BadParameter):
        SIZE.convert(text, None, None)


def test_profiles_are_those_that_validate_knows() -> None:
    assert set(LIMITS) == set(PROFILES)


def test_a_profile_chooses_the_format(course: Path, tmp_path: Path) -> None:
    options = ["--language", "en", "--output", tmp_path / "out", "--profile", "moodle-app"]
    built = run("build", course, *options)
    assert built.exit_code == 0, built.stderr
    assert built.stdout.strip().endswith("tiny-en-scorm12.zip")
    assert "phone" in built.stderr
    every = run("build", course, *options, "--format", "all")
    assert len(every.stdout.splitlines()) == 1


def test_a_profile_refuses_what_its_lms_does_not_take(course: Path, tmp_path: Path) -> None:
    refused = run(
        "build", course, "--profile", "chamilo", "--format", "scorm2004", "--output", tmp_path / "x"
    )
    assert refused.exit_code == 2
    assert "Chamilo does not take scorm2004" in refused.stderr
    assert "scorm12" in refused.stderr
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", LIMITS)
def test_what_is_built_has_none_of_the_traps(course: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    built = run("build", course, "--profile", name, "--language", "en", "--output", out)
    assert built.exit_code == 0, built.stderr
    judged = run("validate", *out.iterdir(), "--profile", name)
    assert judged.exit_code == 0, judged.stdout
