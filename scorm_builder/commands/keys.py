"""``scorm-builder keys``."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.group()
def keys() -> None:
    """Make keys to sign packages with, in the format of minisign.

    \b
    Example:
        scorm-builder keys new my-institution
    """


@keys.command("new")
@click.argument("name", type=click.Path(dir_okay=False, path_type=Path), metavar="NAME")
@click.option("--no-password", is_flag=True, help="Do not protect the key, for machines that sign.")
def new_key(name: Path, no_password: bool) -> None:
    """Make a key pair: NAME.key, to be kept secret, and NAME.pub, for everybody.

    The secret key is protected by a password, which is asked for (or taken from the variable
    SCORM_BUILDER_KEY_PASSWORD). Publish NAME.pub where people look for your courses: with it,
    anybody can check that a package is yours and was not changed.

    \b
    Examples:
        scorm-builder keys new my-institution
        scorm-builder build my-course --sign my-institution.key
        scorm-builder validate dist/*.zip --public-key my-institution.pub
    """
    from scorm_builder.minisign import SecretKey

    secret, public = (name.with_name(name.name + ending) for ending in (".key", ".pub"))
    for path in (secret, public):
        if path.exists():
            raise click.ClickException(f"{path} is there already; choose another name.")
    password = "" if no_password else _new_password()
    key = SecretKey.new()
    try:
        _write(secret, key.text(password), 0o600)
        _write(public, key.public.text(), 0o644)
    except OSError as error:
        raise click.ClickException(f"{name}: {error.strerror or error}") from error
    click.echo(str(secret))
    click.echo(str(public))
    click.echo(f"key {key.public.name}: keep {secret.name} secret, publish {public.name}", err=True)


def _new_password() -> str:
    from scorm_builder.signing import PASSWORD

    given = os.environ.get(PASSWORD)
    password = given or click.prompt(
        "Password", hide_input=True, confirmation_prompt=True, err=True
    )
    if not password:
        raise click.UsageError("an empty password protects nothing; or use --no-password")
    return str(password)


def _write(path: Path, text: str, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
