"""lti.keys: made once, kept encrypted, rotated with overlap."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import ConfigError
from lti_tool.lti.keys import MAX_PUBLISHED, current_key, public_jwks, rotate, rotate_old
from lti_tool.models import SigningKey
from tests.unit.lti.conftest import SECRET


def test_the_keyset_verifies_what_the_key_signs(session: Session) -> None:
    signer = current_key(session, SECRET)
    assert current_key(session, SECRET).kid == signer.kid
    (value,) = public_jwks(session)["keys"]
    assert value["kid"] == signer.kid
    assert set(value) == {"kty", "use", "alg", "kid", "e", "n"}
    signed = jwt.encode({"a": 1}, signer.private_key, "RS256")
    assert jwt.decode(signed, jwt.PyJWK(value), algorithms=["RS256"]) == {"a": 1}
    assert "BEGIN" not in repr(signer)


def test_the_private_part_is_encrypted(session: Session) -> None:
    current_key(session, SECRET)
    row = session.scalars(select(SigningKey)).one()
    assert b"PRIVATE" not in row.private_encrypted
    with pytest.raises(ConfigError) as caught:
        current_key(session, "another secret of thirty-two characters")
    assert caught.value.code == "config.secret-key-wrong"
    assert "LTI_TOOL_SECRET_KEY" in caught.value.message


def test_rotation_overlaps(session: Session) -> None:
    first = current_key(session, SECRET)
    second = rotate(session, SECRET, timedelta(days=2))
    assert current_key(session, SECRET).kid == second.kid != first.kid
    moment = datetime.now(UTC)
    kids = [key["kid"] for key in public_jwks(session, moment)["keys"]]
    assert kids == [second.kid, first.kid]
    later = public_jwks(session, moment + timedelta(days=3))["keys"]
    assert [key["kid"] for key in later] == [second.kid]


def test_a_wrong_secret_retires_nothing(session: Session) -> None:
    first = current_key(session, SECRET)
    with pytest.raises(ConfigError):
        rotate(session, "another secret of thirty-two characters")
    assert current_key(session, SECRET).kid == first.kid


def test_parallel_starts_make_one_key(session: Session) -> None:
    kids: list[str] = []

    def start() -> None:
        with Session(session.get_bind()) as own:
            kids.append(current_key(own, SECRET).kid)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kids) == 6
    assert len(set(kids)) == 1
    assert len(session.scalars(select(SigningKey)).all()) == 1


def test_a_key_is_renewed_when_it_is_old(session: Session) -> None:
    first = current_key(session, SECRET)
    assert not rotate_old(session, SECRET, timedelta(days=90))
    row = session.get(SigningKey, first.kid)
    assert row is not None
    row.created_at -= timedelta(days=91)
    session.commit()
    assert rotate_old(session, SECRET, timedelta(days=90))
    assert not rotate_old(session, SECRET, timedelta(days=90))
    assert current_key(session, SECRET).kid != first.kid
    assert first.kid in {key["kid"] for key in public_jwks(session)["keys"]}


def test_the_keyset_stays_short(session: Session) -> None:
    for _ in range(7):
        newest = rotate(session, SECRET)
    keys = public_jwks(session, datetime.now(UTC) + timedelta(seconds=1))["keys"]
    assert len(keys) == MAX_PUBLISHED
    assert keys[0]["kid"] == newest.kid
