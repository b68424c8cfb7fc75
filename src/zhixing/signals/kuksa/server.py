"""Sockets and TLS of the broker."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path

import grpc
from kuksa.val.v1 import val_pb2_grpc as grpc_v1
from kuksa.val.v2 import val_pb2_grpc as grpc_v2

from zhixing.errors import ConfigError, ServiceError
from zhixing.signals.kuksa.access import Gatekeeper
from zhixing.signals.kuksa.answers import caller_of
from zhixing.signals.kuksa.broker import Broker
from zhixing.signals.kuksa.version1 import Version1
from zhixing.signals.kuksa.version2 import Version2

_LARGEST_MESSAGE_BYTES = 1_000_000
_MAX_CALLS = 500
_GRACE_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where and how the broker is reached.

    Attributes:
        host: IP address or ``localhost``; other than this machine only with tokens and TLS.
        port: TCP port; 0 takes a free one.
        certificate: PEM file of the server's certificate chain, None without TLS.
        key: PEM file of its key.
        public_key: PEM file of the key that tokens are signed with, None without tokens.
        audience: Audience that a token must name, empty for any.
    """

    host: str = "127.0.0.1"
    port: int = 55555
    certificate: Path | None = None
    key: Path | None = None
    public_key: Path | None = None
    audience: str = ""


class BrokerServer:
    """Serves a broker in the running event loop, in whose thread the store lives.

    Args:
        broker: What can be done.
        address: Where.

    Raises:
        ConfigError: A file of the address cannot be read, or others could reach the car without a token.
        ServiceError: PyJWT is wanted and not installed.
    """

    def __init__(self, broker: Broker, address: Address) -> None:
        gatekeeper = Gatekeeper(address.public_key, address.audience)
        if not is_loopback(address.host) and not (gatekeeper.wants_tokens and address.certificate):
            raise ConfigError(
                f"{address.host} can be reached by others",
                hint="Serve on 127.0.0.1, or give a certificate and the public key of access tokens.",
            )
        self._address = address
        self._credentials = _credentials(address)
        self._broker = broker
        self._gatekeeper = gatekeeper
        self._server: grpc.aio.Server | None = None

    async def start(self) -> str:
        """Begin to serve and return ``host:port``.

        Raises:
            ConfigError: The certificate and the key do not belong together.
            ServiceError: The port is in use.
        """
        server = grpc.aio.server(
            options=[
                ("grpc.max_receive_message_length", _LARGEST_MESSAGE_BYTES),
                ("grpc.so_reuseport", 0),
                ("grpc.http2.max_ping_strikes", 3),
            ],
            maximum_concurrent_rpcs=_MAX_CALLS,
        )
        who = lambda context: caller_of(context, self._gatekeeper)  # noqa: E731
        grpc_v2.add_VALServicer_to_server(Version2(self._broker, who), server)
        grpc_v1.add_VALServicer_to_server(Version1(self._broker, who), server)
        self._check_port()
        host = f"[{self._address.host}]" if ":" in self._address.host else self._address.host
        asked = f"{host}:{self._address.port}"
        try:
            if self._credentials is None:
                port = server.add_insecure_port(asked)
            else:
                port = server.add_secure_port(asked, self._credentials)
        except RuntimeError as error:
            if self._credentials is not None:
                files = f"certificate {self._address.certificate} and key {self._address.key}"
                raise ConfigError(f"{files} do not belong together", hint="Give a PEM pair.") from error
            raise ServiceError(f"{asked} cannot be used", hint="Stop what uses it, or choose another port.") from error
        await server.start()
        self._server = server
        return f"{host}:{port}"

    def _check_port(self) -> None:
        """See that the port is free; gRPC would complain on its own, and not in words for people."""
        family = socket.AF_INET6 if ":" in self._address.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self._address.host, self._address.port))
            except OSError as error:
                raise ServiceError(
                    f"{self._address.host}:{self._address.port} cannot be used: {error.strerror}",
                    hint="Stop what uses it (another broker?), or choose another port.",
                ) from error

    async def stop(self) -> None:
        """Hang up on everybody."""
        if self._server is not None:
            self._broker.close()
            await self._server.stop(_GRACE_S)
            self._server = None


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, and nobody else's."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _credentials(address: Address) -> grpc.ServerCredentials | None:
    if address.certificate is None and address.key is None:
        return None
    if address.certificate is None or address.key is None:
        raise ConfigError("TLS needs a certificate and its key", hint="Give both, as PEM files.")
    try:
        pair = (address.key.read_bytes(), address.certificate.read_bytes())
    except OSError as error:
        raise ConfigError(f"a file for TLS cannot be read: {error}", hint="Give PEM files.") from error
    return grpc.ssl_server_credentials([pair])
