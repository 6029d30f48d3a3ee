"""Sign-in by Flask-Security: a password and an authenticator app. What it does not do itself is
here: a lock after wrong tries, codes that work once, a QR picture without a further library."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any

import segno
from flask import Flask, request, session
from flask_login import user_logged_in  # type: ignore[import-untyped]
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, UserMixin
from flask_security.forms import LoginForm, TwoFactorVerifyCodeForm
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.totp import Totp

from lti_tool.db import writing
from lti_tool.models import Operator, db, now
from lti_tool.services import audit, operators
from lti_tool.settings import Settings
from lti_tool.tool import tool_of

TEMPLATES = {
    "LOGIN_USER_TEMPLATE": "admin/account/sign_in.html",
    "TWO_FACTOR_SETUP_TEMPLATE": "admin/account/set_up.html",
    "TWO_FACTOR_VERIFY_CODE_TEMPLATE": "admin/account/code.html",
    "MULTI_FACTOR_RECOVERY_TEMPLATE": "admin/account/recovery.html",
    "MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "admin/account/recovery_codes.html",
    "CHANGE_PASSWORD_TEMPLATE": "admin/account/password.html",
    "VERIFY_TEMPLATE": "admin/account/verify.html",
}


class Account(Operator, UserMixin):  # type: ignore[misc]
    """An operator as Flask-Security knows a user: the same row."""

    def track_failed_authn(self, auth_type: str, tfa: bool = False) -> None:
        """Counted in a transaction of its own: the request that failed commits nothing."""
        number = self.id
        with writing() as own:
            failed = own.get(Account, number)
            if failed is not None:
                operators.note_failure(failed, now())
                if operators.is_locked(failed, now()):
                    audit.note(own, failed.email, "operator.locked", failed.email)

    def check_tf_required_setup(self) -> bool:
        return True


class OnceCodes(Totp):
    """A code works once (RFC 6238 §5.2)."""

    def get_last_counter(self, user: Any) -> int | None:
        counter: int | None = user.totp_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        user.totp_counter = tmatch.counter

    def generate_qrcode(self, username: str, totp: str) -> str:
        picture = segno.make(self.get_totp_uri(username, totp), error="m")
        return picture.svg_data_uri(scale=5, border=3, light="#fff", dark="#000")


class SignInForm(LoginForm):
    def validate(self, **kwargs: Any) -> bool:
        return super().validate(**kwargs) and _unlocked(self)


class CodeForm(TwoFactorVerifyCodeForm):
    def validate(self, **kwargs: Any) -> bool:
        return _unlocked(self) and super().validate(**kwargs)


class RecoveryForm(MfRecoveryForm):
    def validate(self, **kwargs: Any) -> bool:
        if not _unlocked(self):
            return False
        if super().validate(**kwargs):
            return True
        if self.user is not None:
            self.user.track_failed_authn("recovery", True)
        return False


class OperatorSecurity(Security):
    def _check_modules(self, module: str, config_name: str) -> Any:
        """The QR picture is segno's (``OnceCodes``): the library asked for is not needed."""
        if module == "qrcode":
            return True
        return super()._check_modules(module, config_name)  # type: ignore[no-untyped-call]


def derive(secret_key: str, purpose: str) -> str:
    """A key for one purpose alone, as base64url of 32 bytes."""
    key = hmac.new(secret_key.encode(), purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(key).decode()


def init_app(app: Flask) -> None:
    settings = tool_of(app).settings
    app.config.update(
        {f"SECURITY_{name}": value for name, value in _configuration(settings).items()}
    )
    security = OperatorSecurity(
        app,
        SQLAlchemyUserDatastore(db, Account, RoleMixin),
        totp_cls=OnceCodes,
        login_form=SignInForm,
        two_factor_verify_code_form=CodeForm,
        mf_recovery_form=RecoveryForm,
    )
    security.want_json(lambda _request: False)
    user_logged_in.connect_via(app)(_signed_in)


def begin_writing() -> None:
    """The account library reads before it writes; on SQLite such a transaction must begin as a
    writer. Not at the sign-in, where hashing a stranger's password would hold up launches."""
    posts = request.method == "POST" and (request.endpoint or "").startswith("security.")
    if posts and request.endpoint not in ("security.login", "security.verify"):
        db.session.connection(execution_options={"writes": True})


def _signed_in(_app: Flask, user: Account) -> None:
    """Both factors were right; committed with what the view changes."""
    session.permanent = True
    operators.note_sign_in(user, now())
    audit.note(db.session(), user.email, "operator.signed-in", user.email)


def _unlocked(form: Any) -> bool:
    """No try counts while an account is locked; the page says no more than after a wrong one."""
    user = form.user
    return user is None or not operators.is_locked(user, now())


def _configuration(settings: Settings) -> dict[str, object]:
    return {
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": True,
        "PASSWORD_LENGTH_MIN": operators.MIN_PASSWORD,
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "JOIN_USER_ROLES": False,
        "RETURN_GENERIC_RESPONSES": True,
        "FLASH_MESSAGES": False,
        "API_ENABLED_METHODS": ["session"],
        "LOGIN_URL": "/sign-in",
        "LOGOUT_URL": "/sign-out",
        "CHANGE_URL": "/account/password",
        "VERIFY_URL": "/account/verify",
        "TWO_FACTOR_SETUP_URL": "/account/authenticator",
        "TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
        "MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery",
        "MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "POST_LOGIN_VIEW": "/admin/",
        "POST_LOGOUT_VIEW": "/admin/",
        "POST_VERIFY_VIEW": "/admin/account",
        "POST_CHANGE_VIEW": "/admin/account",
        "TWO_FACTOR_POST_SETUP_VIEW": "/admin/account",
        "LOGOUT_CSRF": True,
        "CHANGEABLE": True,
        "SEND_PASSWORD_CHANGE_EMAIL": False,
        "TWO_FACTOR": True,
        "TWO_FACTOR_REQUIRED": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TOTP_SECRETS": {"1": derive(settings.secret_key, "console totp")},
        "TOTP_ISSUER": settings.tool_name.replace(":", " "),
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [
            derive(settings.secret_key, "console recovery codes").encode()
        ],
        "FRESHNESS": timedelta(minutes=30),
        "FRESHNESS_GRACE_PERIOD": timedelta(0),
        "STATIC_FOLDER": None,
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
        **TEMPLATES,
    }
