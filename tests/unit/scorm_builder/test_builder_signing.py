"""Signatures, against the ``minisign`` program where it is installed."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from scorm_builder.minisign import PublicKey, SecretKey, SignatureError, SigningError
from scorm_builder.signing import compare, read_sums, write_sums

MINISIGN = shutil.which("minisign")
minisign_installed = pytest.mark.skipif(MINISIGN is None, reason="minisign is not installed")
SUMS = write_sums({"index.html": bytes(32), "media/a b.png": bytes(range(32))})


def no_password() -> str:
    raise AssertionError("nobody should ask for a password")


def run(folder: Path, *arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(MINISIGN), *arguments], cwd=folder, input=answer, capture_output=True, text=True
    )


@minisign_installed
@pytest.mark.parametrize("password", ["", "a pass phrase"])
def test_minisign_accepts_our_signature_and_reads_our_keys(tmp_path: Path, password: str) -> None:
    key = SecretKey.new()
    (tmp_path / "key.pub").write_text(key.public.text())
    (tmp_path / "key").write_text(key.text(password))
    (tmp_path / "SHA256SUMS").write_bytes(SUMS)
    (tmp_path / "SHA256SUMS.minisig").write_text(key.sign(SUMS, "a course · é"))
    checked = run(tmp_path, "-Vm", "SHA256SUMS", "-p", "key.pub")
    assert checked.returncode == 0, checked.stderr
    assert "Trusted comment: a course · é" in checked.stdout
    # -R writes the public key anew from the secret one.
    (tmp_path / "key.pub").unlink()
    made = run(tmp_path, "-R", "-s", "key", "-p", "key.pub", answer=password + "\n")
    assert made.returncode == 0, made.stderr
    assert PublicKey.parse((tmp_path / "key.pub").read_text()) == key.public


@minisign_installed
@pytest.mark.parametrize("legacy", [False, True])
def test_we_accept_minisigns_keys_and_signatures(tmp_path: Path, legacy: bool) -> None:
    (tmp_path / "SHA256SUMS").write_bytes(SUMS)
    made = run(tmp_path, "-G", "-W", "-s", "key", "-p", "key.pub")
    assert made.returncode == 0, made.stderr
    signed = run(
        tmp_path, "-Sm", "SHA256SUMS", "-s", "key", "-t", "by hand", *(["-l"] if legacy else [])
    )
    assert signed.returncode == 0, signed.stderr
    public = PublicKey.parse((tmp_path / "key.pub").read_text())
    signature = (tmp_path / "SHA256SUMS.minisig").read_text()
    assert public.verify(SUMS, signature) == "by hand"
    with pytest.raises(SignatureError):
        public.verify(SUMS + b"\n", signature)
    secret = SecretKey.parse((tmp_path / "key").read_text(), no_password)
    assert secret.public == public
    again = secret.sign(SUMS, "by hand")
    if not legacy:
        assert again.split("\n")[1:] == signature.split("\n")[1:]


@minisign_installed
@pytest.mark.slow
def test_we_open_minisigns_password_protected_key(tmp_path: Path) -> None:
    made = run(tmp_path, "-G", "-s", "key", "-p", "key.pub", answer="open\nopen\n")
    if made.returncode:
        pytest.skip(f"minisign could not take the memory that its keys ask for: {made.stderr}")
    secret = SecretKey.parse((tmp_path / "key").read_text(), lambda: "open")
    assert secret.public == PublicKey.parse((tmp_path / "key.pub").read_text())


def test_a_password_protected_key_opens_with_its_password_only() -> None:
    key = SecretKey.new()
    text = key.text("right")
    assert SecretKey.parse(text, lambda: "right") == key
    assert base64.b64encode(key.seed).decode().strip("=")[:20] not in text
    with pytest.raises(SigningError, match="wrong password"):
        SecretKey.parse(text, lambda: "wrong")
    assert SecretKey.parse(key.text(), no_password) == key


def test_signatures_are_deterministic_and_fit_one_key_and_one_list() -> None:
    key, other = SecretKey.new(), SecretKey.new()
    signature = key.sign(SUMS, "c")
    assert signature == key.sign(SUMS, "c")
    assert key.public.verify(SUMS, signature) == "c"
    with pytest.raises(SignatureError, match=other.public.name):
        other.public.verify(SUMS, signature)
    forged = PublicKey(key.number, other.public.key)
    with pytest.raises(SignatureError, match="does not fit"):
        forged.verify(SUMS, signature)
    with pytest.raises(SignatureError, match="does not fit"):
        key.public.verify(SUMS, signature.replace("comment: c", "comment: d"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "untrusted comment: a\n",
        "a\n%%%\n",
        "a\nRWQ=\n",
        "a\nb\nc\nd\n",
        "\n\n\n\n",
        "é" * 99,
    ],
)
def test_what_is_no_key_or_signature_is_refused(text: str) -> None:
    with pytest.raises(SigningError):
        PublicKey.parse(text)
    with pytest.raises(SigningError):
        SecretKey.parse(text, no_password)
    with pytest.raises(SigningError):
        SecretKey.new().public.verify(SUMS, text)


def test_a_key_file_cannot_ask_for_any_memory() -> None:
    key = SecretKey.new()
    lines = key.text("p").split("\n")
    raw = bytearray(base64.b64decode(lines[1]))
    raw[46:54] = (1 << 40).to_bytes(8, "little")
    with pytest.raises(SigningError, match="more memory"):
        SecretKey.parse(f"a\n{base64.b64encode(raw).decode()}\n", lambda: "p")


def test_the_list_is_sha256sums(tmp_path: Path) -> None:
    assert read_sums(SUMS) == {"index.html": bytes(32), "media/a b.png": bytes(range(32))}
    for broken in (b"\xff", b"abc", SUMS + SUMS, b"0" * 64 + b"\tindex.html\n"):
        with pytest.raises(SignatureError):
            read_sums(broken)


def test_what_differs_from_the_list_is_named() -> None:
    listed = {"same": b"1", "changed": b"1", "missing": b"1"}
    found = {"same": b"1", "changed": b"2", "more": b"1", "SHA256SUMS": b"3"}
    differences = compare(listed, found)
    assert differences.changed == ("changed",)
    assert differences.missing == ("missing",)
    assert differences.unlisted == ("more",)
    assert differences
    assert not compare(listed, listed)
