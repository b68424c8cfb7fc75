from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jwt", reason="PyJWT is not installed: pip install 'zhixing[kuksa]'")

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from zhixing.errors import AccessError, ConfigError, TrustError
from zhixing.signals.kuksa.access import Caller, Gatekeeper, parse_scopes

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FAR = 4_000_000_000
SPEED, WINDOW = "Vehicle.Speed", "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"


def pem(key: Any) -> bytes:
    return bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


@pytest.fixture
def keeper(tmp_path: Path) -> Gatekeeper:
    (tmp_path / "key.pem").write_bytes(pem(KEY))
    return Gatekeeper(tmp_path / "key.pem", "car-1")


def bearer(claims: dict[str, Any], key: Any = KEY, algorithm: str = "RS256") -> str:
    complete = {"sub": "app", "aud": "car-1", "exp": FAR, "scope": "read"} | claims
    return f"Bearer {jwt.encode({k: v for k, v in complete.items() if v is not None}, key, algorithm)}"


@pytest.mark.parametrize(
    ("scope", "allowed", "denied"),
    [
        ("read", [("read", SPEED), ("read", WINDOW)], [("actuate", WINDOW), ("provide", SPEED)]),
        ("read:Vehicle.Speed", [("read", SPEED)], [("read", WINDOW)]),
        ("actuate:Vehicle.Cabin", [("actuate", WINDOW), ("read", WINDOW)], [("read", SPEED), ("provide", WINDOW)]),
        ("provide:Vehicle.Speed", [("provide", SPEED), ("read", SPEED)], [("actuate", WINDOW), ("provide", WINDOW)]),
        ("actuate:**.Window.*", [("actuate", WINDOW)], [("actuate", SPEED)]),
        ("create write admin", [], [("read", SPEED), ("actuate", WINDOW), ("provide", SPEED)]),
        ("", [], [("read", SPEED)]),
        ("READ", [], [("read", SPEED)]),
    ],
)
def test_a_scope_allows_what_it_says_and_no_more(scope: str, allowed: list[Any], denied: list[Any]) -> None:
    caller = Caller("app", parse_scopes(scope))
    for action, path in allowed:
        caller.check(action, path)
    for action, path in denied:
        with pytest.raises(AccessError, match="app may not"):
            caller.check(action, path)


def test_a_good_token_names_its_caller(keeper: Gatekeeper) -> None:
    caller = keeper.caller(bearer({"sub": "seat-adjuster"}), "ipv4:127.0.0.1:1")
    assert caller.name == "seat-adjuster"
    caller.check("read", SPEED)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic dXNlcjpwYXNz",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        bearer({"exp": 1}),
        bearer({"exp": None}),
        bearer({"exp": 10**400}),
        bearer({"sub": None}),
        bearer({"scope": "actuate:"}),
        bearer({"scope": "actuate: Vehicle"}),
        bearer({"aud": "another-car"}),
        bearer({"aud": None}),
        bearer({}, OTHER),
        bearer({"scope": 7}),
        bearer({"scope": "read:Vehicle..Speed"}),
        bearer({"scope": "read " * 2000}),
        bearer({"nbf": FAR - 1}),
        "Bearer " + jwt.encode({"exp": FAR, "aud": "car-1", "scope": "actuate"}, "", "none"),
        bearer({}, ec.generate_private_key(ec.SECP256R1()), "ES256"),
        "Bearer " + ".".join(bearer({}).removeprefix("Bearer ").split(".")[:2]) + ".",
    ],
)
def test_a_bad_token_is_turned_away(keeper: Gatekeeper, authorization: str) -> None:
    with pytest.raises(TrustError):
        keeper.caller(authorization, "ipv4:127.0.0.1:1")


def test_a_token_signed_with_the_public_key_as_a_password_is_turned_away(keeper: Gatekeeper) -> None:
    # The classic confusion: HS256 with the well-known public key as its secret.
    def part(data: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()

    signed = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part({'exp': FAR, 'aud': 'car-1', 'scope': 'actuate'})}"
    mac = base64.urlsafe_b64encode(hmac.new(pem(KEY), signed.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
    with pytest.raises(TrustError):
        keeper.caller(f"Bearer {signed}.{mac}", "ipv4:127.0.0.1:1")


def test_a_token_that_ends_while_it_is_used_ends_the_use() -> None:
    now = [0.0]
    caller = Caller("app", parse_scopes("read"), expires_s=10.0, now_s=lambda: now[0])
    caller.check("read", SPEED)
    now[0] = 11.0
    with pytest.raises(TrustError, match="expired"):
        caller.check("read", SPEED)


def test_a_token_is_in_no_message(keeper: Gatekeeper) -> None:
    token = bearer({"exp": 1})
    with pytest.raises(TrustError) as caught:
        keeper.caller(token, "ipv4:127.0.0.1:1")
    assert token.removeprefix("Bearer ") not in f"{caught.value} {caught.value.hint} {caught.value!r}"


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\xfe"])
def test_a_key_that_is_none_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(ConfigError, match=r"key\.pem"):
        Gatekeeper(tmp_path / "key.pem")
    with pytest.raises(ConfigError, match="nowhere"):
        Gatekeeper(tmp_path / "nowhere.pem")
