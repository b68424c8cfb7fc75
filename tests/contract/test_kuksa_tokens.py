"""Tokens and TLS of the broker, over real sockets."""

from __future__ import annotations

import datetime as dt
import ipaddress
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("kuksa_client", reason="kuksa-client is not installed: pip install 'zhixing[kuksa]'")

import grpc
import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from kuksa.val.v2 import types_pb2, val_pb2, val_pb2_grpc
from kuksa_client.grpc import Datapoint, VSSClient, VSSClientError

from zhixing.errors import ConfigError, ServiceError
from zhixing.signals.kuksa.broker import Broker
from zhixing.signals.kuksa.server import Address, BrokerServer
from zhixing.testing.parked_car import ParkedCar
from zhixing.testing.served_car import served_car

SPEED = "Vehicle.Speed"
VOLUME = "Vehicle.Cabin.Infotainment.Media.Volume"
KEY = ec.generate_private_key(ec.SECP256R1())


def code(call: Any, *arguments: Any, **more: Any) -> Any:
    with pytest.raises(grpc.RpcError) as caught:
        call(*arguments, timeout=5.0, **more)
    return caught.value.code()


def first(call: Any, request: Any, timeout: float) -> Any:
    """Return the first answer of a stream."""
    return next(call(request, timeout=timeout))


@pytest.fixture
def guarded(tmp_path: Path) -> Address:
    """An address with TLS and tokens."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, KEY.public_key(), 1, now, now + dt.timedelta(days=1))
    certificate = builder.add_extension(names, critical=False).sign(KEY, hashes.SHA256())
    (tmp_path / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8
    (tmp_path / "key.pem").write_bytes(
        KEY.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
    )
    public = serialization.PublicFormat.SubjectPublicKeyInfo
    (tmp_path / "token.pem").write_bytes(KEY.public_key().public_bytes(serialization.Encoding.PEM, public))
    return Address(
        port=0, certificate=tmp_path / "cert.pem", key=tmp_path / "key.pem", public_key=tmp_path / "token.pem"
    )


def token(scope: str, expires_s: float | None = None, sub: str = "tester") -> str:
    claims = {"sub": sub, "scope": scope, "exp": int(expires_s or time.time() + 600)}
    return jwt.encode(claims, KEY, "ES256")


def test_with_tls_and_tokens_everybody_can_do_what_the_token_says(guarded: Address) -> None:
    with served_car(guarded) as served:
        reader = VSSClient(
            "127.0.0.1", served.port, root_certificates=guarded.certificate, token=token("read:Vehicle.Cabin")
        )
        with reader as client:
            assert client.get_current_values([VOLUME])[VOLUME].value == 30
            with pytest.raises(VSSClientError, match=r"may not read Vehicle\.Speed"):
                client.get_current_values([SPEED])
            with pytest.raises(VSSClientError, match="may not actuate"):
                client.set_target_values({VOLUME: Datapoint(3)})
            with pytest.raises(VSSClientError, match="may not provide"):
                client.set_current_values({VOLUME: Datapoint(3)})
        actor = VSSClient(
            "127.0.0.1", served.port, root_certificates=guarded.certificate, token=token(f"actuate:{VOLUME}")
        )
        with actor as client:
            client.set_target_values({VOLUME: Datapoint(3)})
            assert served.wait(lambda store: store.value(VOLUME) == 3)
            request = served.do(lambda store: store.audit[-1].outcome.request)
            assert (request.caller, request.source, request.zone) == ("tester", "network", None)


def test_without_a_token_nothing_is_told(guarded: Address) -> None:
    assert guarded.certificate is not None
    with served_car(guarded) as served:
        credentials = grpc.ssl_channel_credentials(guarded.certificate.read_bytes())
        with grpc.secure_channel(served.address, credentials) as channel:
            stub = val_pb2_grpc.VALStub(channel)
            request = val_pb2.GetValueRequest(signal_id=types_pb2.SignalID(path=VOLUME))
            assert code(stub.GetValue, request).name == "UNAUTHENTICATED"
            assert code(stub.ListMetadata, val_pb2.ListMetadataRequest()).name == "UNAUTHENTICATED"
            assert code(stub.GetServerInfo, val_pb2.GetServerInfoRequest()).name == "UNAUTHENTICATED"
            unknown = val_pb2.GetValueRequest(signal_id=types_pb2.SignalID(path="Vehicle.Nope"))
            assert code(stub.GetValue, unknown).name == "UNAUTHENTICATED", "it is not told what there is"
            assert (
                code(
                    stub.Actuate,
                    val_pb2.ActuateRequest(signal_id=types_pb2.SignalID(path=VOLUME), value=types_pb2.Value(uint32=1)),
                ).name
                == "UNAUTHENTICATED"
            )
            subscribe = val_pb2.SubscribeRequest(signal_paths=[VOLUME])
            assert code(first, stub.Subscribe, subscribe).name == "UNAUTHENTICATED"
            headers = (("authorization", f"Bearer {token('read', time.time() - 60)}"),)
            assert code(stub.GetValue, request, metadata=headers).name == "UNAUTHENTICATED"
        with grpc.insecure_channel(served.address) as channel:
            assert code(val_pb2_grpc.VALStub(channel).GetValue, request).name == "UNAVAILABLE", "it speaks TLS only"


def test_a_stream_ends_with_its_token(guarded: Address) -> None:
    assert guarded.certificate is not None
    with served_car(guarded) as served:
        credentials = grpc.ssl_channel_credentials(guarded.certificate.read_bytes())
        with grpc.secure_channel(served.address, credentials) as channel:
            headers = (("authorization", f"Bearer {token('read', time.time() + 2)}"),)
            request = val_pb2.SubscribeRequest(signal_paths=[VOLUME])
            stream = val_pb2_grpc.VALStub(channel).Subscribe(request, metadata=headers, timeout=20.0)
            next(stream)
            with pytest.raises(grpc.RpcError, match="expired"):
                next(stream)


def test_a_claim_ends_with_its_token(guarded: Address) -> None:
    assert guarded.certificate is not None
    with served_car(guarded) as served:
        credentials = grpc.ssl_channel_credentials(guarded.certificate.read_bytes())
        with grpc.secure_channel(served.address, credentials) as channel:
            headers = (("authorization", f"Bearer {token('provide', time.time() + 2)}"),)
            spoiler = "Vehicle.Body.RearMainSpoilerPosition"
            claim = val_pb2.ProvideActuationRequest(actuator_identifiers=[types_pb2.SignalID(path=spoiler)])
            request = val_pb2.OpenProviderStreamRequest(provide_actuation_request=claim)
            stream = val_pb2_grpc.VALStub(channel).OpenProviderStream(iter([request]), metadata=headers, timeout=20.0)
            next(stream)
            assert served.do(lambda store: store.provider(spoiler)) is not None
            with pytest.raises(grpc.RpcError, match="expired"):
                next(stream)
            assert served.wait(lambda store: store.provider(spoiler) is None)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org"])  # noqa: S104
def test_others_are_not_let_in_without_tokens_and_tls(guarded: Address, host: str) -> None:
    broker = Broker(ParkedCar().store, time.time_ns, lambda: 0)
    for address in (
        Address(host=host),
        Address(host=host, public_key=guarded.public_key),
        Address(host=host, certificate=guarded.certificate, key=guarded.key),
    ):
        with pytest.raises(ConfigError, match="reached by others"):
            BrokerServer(broker, address)


def test_files_and_ports_that_cannot_be_used_say_so(guarded: Address, tmp_path: Path) -> None:
    broker = Broker(ParkedCar().store, time.time_ns, lambda: 0)
    with pytest.raises(ConfigError, match="certificate and its key"):
        BrokerServer(broker, Address(certificate=guarded.certificate))
    other = ec.generate_private_key(ec.SECP256R1())
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (tmp_path / "other.pem").write_bytes(other.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    with (
        pytest.raises(ConfigError, match="do not belong together"),
        served_car(Address(port=0, certificate=guarded.certificate, key=tmp_path / "other.pem")),
    ):
        pass
    with pytest.raises(ConfigError, match="cannot be read"):
        BrokerServer(broker, Address(certificate=tmp_path / "nothing", key=tmp_path / "nothing"))
    with (
        served_car() as served,
        pytest.raises(ServiceError, match="cannot be used"),
        served_car(Address(port=served.port)),
    ):
        pass


def test_a_program_that_calls_itself_as_the_car_does_is_still_another(guarded: Address) -> None:
    assert guarded.certificate is not None
    with served_car(guarded) as served:
        credentials = grpc.ssl_channel_credentials(guarded.certificate.read_bytes())
        with grpc.secure_channel(served.address, credentials) as channel:
            named = token("provide", sub="virtual vehicle")
            point = types_pb2.Datapoint(value=types_pb2.Value(float=0.0))
            request = val_pb2.PublishValueRequest(signal_id=types_pb2.SignalID(path=SPEED), data_point=point)
            headers = (("authorization", f"Bearer {named}"),)
            stub = val_pb2_grpc.VALStub(channel)
            assert code(stub.PublishValue, request, metadata=headers).name == "PERMISSION_DENIED"
