"""Who calls, and what it may do: access tokens (JWT) with scopes, as the databroker has them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from zhixing.errors import AccessError, ConfigError, InputError, ServiceError, TrustError
from zhixing.signals.kuksa.wildcards import pattern_of

Action = Literal["read", "actuate", "provide"]
_INCLUDED: dict[str, tuple[Action, ...]] = {
    "read": ("read",),
    "actuate": ("actuate", "read"),
    "provide": ("provide", "read"),
}
_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "EdDSA"]
"""Asymmetric ones only: whoever can check a token must not be able to write one."""
_MAX_SCOPES = 1000
_MAX_CALLERS = 100
_EVERYTHING = pattern_of("")


@dataclass(frozen=True, slots=True)
class Caller:
    """Another program, and what its token allows.

    Attributes:
        name: Subject of its token, or the address it calls from.
        scopes: By action, what the paths must match.
        expires_s: End of its token, in seconds of Unix time.
    """

    name: str
    scopes: dict[Action, tuple[re.Pattern[str], ...]]
    expires_s: float = float("inf")
    now_s: Callable[[], float] = time.time
    _known: dict[tuple[Action, str], bool] = field(default_factory=dict, repr=False, compare=False)

    def may(self, action: Action, path: str) -> bool:
        """Return whether a scope allows it."""
        patterns = self.scopes.get(action, ())
        if _EVERYTHING in patterns:
            return True
        key = (action, path)
        known = self._known.get(key)
        if known is None:
            known = any(pattern.fullmatch(path) for pattern in patterns)
            self._known[key] = known
        return known

    def check(self, action: Action, path: str) -> None:
        """Pass if it is allowed.

        Raises:
            AccessError: No scope allows it.
            TrustError: The token has ended.
        """
        self.check_time()
        if not self.may(action, path):
            raise AccessError(
                f"{self.name} may not {action} {path}", hint=f"Its token lacks the scope {action}:{path}."
            )

    def check_time(self) -> None:
        """Pass while the token lasts.

        Raises:
            TrustError: The token has ended.
        """
        if self.now_s() > self.expires_s:
            raise TrustError(f"the token of {self.name} has expired", hint="Call with a new one.")


def parse_scopes(text: str) -> dict[Action, tuple[re.Pattern[str], ...]]:
    """Return what a token's ``scope`` allows: words like ``read``, ``actuate:Vehicle.Cabin``, ``provide:**.IsOpen``.

    ``actuate`` and ``provide`` include ``read``. A word that means nothing here (``create``) allows nothing.

    Raises:
        TrustError: A path in it is none, or there are too many words.

    Example:
        >>> sorted(parse_scopes("actuate:Vehicle.Cabin"))
        ['actuate', 'read']
    """
    words = text.split()
    if len(words) > _MAX_SCOPES:
        raise TrustError(f"a token has {len(words)} scopes", hint=f"At most {_MAX_SCOPES} are looked at.")
    scopes: dict[Action, tuple[re.Pattern[str], ...]] = {}
    for word in words:
        action, colon, path = word.partition(":")
        if colon and not path:
            raise TrustError(f"scope {word[:80]!r} names no path", hint="Leave the colon out to mean everything.")
        for included in _INCLUDED.get(action, ()):
            try:
                scopes[included] = (*scopes.get(included, ()), pattern_of(path))
            except InputError as error:
                raise TrustError(f"scope {word[:80]!r} has no path", hint=error.hint) from error
    return scopes


class Gatekeeper:
    """Says who a call is from.

    Args:
        public_key: PEM of the key that tokens are signed with; None trusts whoever can reach the port.
        audience: Audience that a token must name; empty takes any.

    Raises:
        ConfigError: The key cannot be read.
        ServiceError: PyJWT is not installed.
    """

    def __init__(self, public_key: Path | None = None, audience: str = "") -> None:
        self._key = _read_key(public_key) if public_key else None
        self._audience = audience
        self._callers: dict[str, Caller] = {}

    @property
    def wants_tokens(self) -> bool:
        """Whether a call without a token is turned away."""
        return self._key is not None

    def caller(self, authorization: str, peer: str) -> Caller:
        """Return who calls.

        Args:
            authorization: The call's ``authorization`` header, empty where it has none.
            peer: Address of the caller.

        Raises:
            TrustError: There is no token, or it is not valid (any more).
        """
        if self._key is None:
            return self._remembered(peer, lambda: Caller(peer, parse_scopes("read actuate provide")))
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise TrustError("a token is needed", hint="Send it as the header authorization: Bearer TOKEN.")
        caller = self._remembered(token, lambda: self._verified(token))
        caller.check_time()
        return caller

    def _remembered(self, key: str, make: Callable[[], Caller]) -> Caller:
        if key not in self._callers:
            made = make()
            while len(self._callers) >= _MAX_CALLERS:
                self._callers.pop(next(iter(self._callers)))
            self._callers[key] = made
        return self._callers[key]

    def _verified(self, token: str) -> Caller:
        import jwt  # noqa: PLC0415  # needs a package that only some installs have

        try:
            claims = jwt.decode(
                token,
                self._key or "",
                algorithms=_ALGORITHMS,
                audience=self._audience or None,
                options={"require": ["exp"], "verify_aud": bool(self._audience)},
            )
        except jwt.PyJWTError as error:
            raise TrustError(f"the token does not verify: {error}", hint="Call with one of this car.") from error
        scope = claims.get("scope", "")
        if not isinstance(scope, str):
            raise TrustError("the token's scope is no text", hint="Words with spaces between: read actuate:Vehicle.")
        if not claims.get("sub"):
            raise TrustError("the token names nobody", hint="Give it a subject, the claim sub.")
        try:
            expires_s = float(claims["exp"])
        except (OverflowError, ValueError) as error:
            raise TrustError("the token's end is no time", hint="Give exp in seconds of Unix time.") from error
        return Caller(str(claims["sub"])[:200], parse_scopes(scope), expires_s)


def _read_key(file: Path) -> str:
    try:
        import jwt  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415
    except ImportError as error:
        raise ServiceError("tokens need PyJWT", hint="pip install 'zhixing[kuksa]'") from error
    del jwt
    try:
        text = file.read_text("ascii")
        load_pem_public_key(text.encode())
    except (OSError, ValueError) as error:
        raise ConfigError(f"public key {file} cannot be read: {error}", hint="Give it as PEM.") from error
    return text
