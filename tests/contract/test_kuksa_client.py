"""The unmodified kuksa-client reads, subscribes, actuates and provides."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("kuksa_client", reason="kuksa-client is not installed: pip install 'zhixing[kuksa]'")

import grpc
from kuksa.val.v2 import types_pb2, val_pb2, val_pb2_grpc
from kuksa_client.grpc import Datapoint, DataType, EntryRequest, Field, SubscribeEntry, View, VSSClient, VSSClientError
from kuksa_client.grpc.aio import VSSClient as AsyncVSSClient

from zhixing.testing.served_car import ServedCar, served_car

SPEED = "Vehicle.Speed"
VOLUME = "Vehicle.Cabin.Infotainment.Media.Volume"
WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
LOW_BEAM = "Vehicle.Body.Lights.Beam.Low.IsOn"
HEART = "Vehicle.Driver.HeartRate"
SPOILER = "Vehicle.Body.RearMainSpoilerPosition"
PARTS = "Vehicle.Diagnostics.DTCList"


@pytest.fixture
def served() -> Iterator[ServedCar]:
    with served_car() as car:
        yield car


@pytest.fixture
def client(served: ServedCar) -> Iterator[Any]:
    with VSSClient("127.0.0.1", served.port) as connected:
        yield connected


def code(error: VSSClientError) -> int:
    """Return the number that says what went wrong: gRPC's of version 2, HTTP's of version 1."""
    return int(error.error["code"] if error.error else error.errors[0]["error"]["code"])


def test_it_reads_values_of_every_type(client: Any) -> None:
    paths = [
        SPEED,
        VOLUME,
        "Vehicle.Cabin.Light.IsDomeOn",
        "Vehicle.Body.Lights.LightSwitch",
        "Vehicle.Body.Hood.IsOpen",
    ]
    values = {path: point.value for path, point in client.get_current_values(paths).items()}
    assert values == dict(zip(paths, [0.0, 30, False, "AUTO", False], strict=True))
    assert next(iter(client.get_current_values(["Vehicle.Cabin.SeatPosCount"]).values())).value.values == [2, 3]
    assert client.get_current_values([HEART]) == {HEART: None}, "nobody has reported it"


def test_it_reads_what_signals_are(client: Any) -> None:
    metadata = client.get_metadata([VOLUME])[VOLUME]
    assert (metadata.data_type, metadata.unit) == (DataType.UINT8, "percent")
    assert (metadata.value_restriction.min, metadata.value_restriction.max) == (0, 100)
    wipers = client.get_metadata(["Vehicle.Body.Windshield.Front.Wiping.Mode"])
    assert "RAIN_SENSOR" in next(iter(wipers.values())).value_restriction.allowed_values


def test_it_reads_a_branch(client: Any) -> None:
    entries = client.get([EntryRequest("Vehicle.Cabin.Sunroof", View.CURRENT_VALUE, (Field.VALUE,))])
    roof = "Vehicle.Cabin.Sunroof"
    assert {entry.path for entry in entries} >= {f"{roof}.Position", f"{roof}.Shade.Position"}


def test_an_actuation_moves_the_car(served: ServedCar, client: Any) -> None:
    client.set_target_values({WINDOW: Datapoint(40)})
    assert client.get_target_values([WINDOW])[WINDOW].value == 40
    assert served.wait(lambda store: store.value(WINDOW) == 40)
    asked = served.do(lambda store: store.audit[-1].outcome.request)
    assert asked.source == "network"
    assert "127.0.0.1" in asked.caller


@pytest.mark.parametrize(
    ("path", "value", "number", "words"),
    [
        ("Vehicle.Body.Trunk.Rear.IsOpen", True, 409, "trunk-wants-a-yes"),
        ("Vehicle.ADAS.ESC.IsEnabled", False, 409, "driving-is-not-asked-for"),
        (VOLUME, 101, 400, "catalogue-limits"),
        (HEART, 60, 400, "cannot be set"),
        (SPOILER, 10.0, 503, "no-provider"),
    ],
)
def test_what_cannot_be_done_says_why(client: Any, path: str, value: Any, number: int, words: str) -> None:
    with pytest.raises(VSSClientError) as caught:
        client.set_target_values({path: Datapoint(value)})
    assert code(caught.value) == number
    assert words in str(caught.value)


def test_what_does_not_exist_says_so(client: Any) -> None:
    with pytest.raises(VSSClientError, match="Warp") as caught:
        client.get_current_values(["Vehicle.Warp"])
    assert code(caught.value) == 404
    with pytest.raises(VSSClientError) as caught:
        next(client.subscribe_current_values(["Vehicle.Warp"]))
    assert code(caught.value) == 5, "NOT_FOUND"


def test_the_headlights_stay_on_at_100_kmh(served: ServedCar, client: Any) -> None:
    served.do(lambda store: served.car.vehicle.set_state({SPEED: 100.0, LOW_BEAM: True}))
    with pytest.raises(VSSClientError, match="lights-stay-on-while-driving"):
        client.set_target_values({LOW_BEAM: Datapoint(False)})
    with pytest.raises(VSSClientError, match="reported by virtual vehicle"):
        client.set_current_values({SPEED: Datapoint(0.0)})
    with pytest.raises(VSSClientError, match="reported by virtual vehicle"):
        client.set_current_values({LOW_BEAM: Datapoint(False)})
    with pytest.raises(VSSClientError, match="reported by virtual vehicle"):
        client.set_current_values({WINDOW.replace("Position", "IsOpen"): Datapoint(True)})
    assert served.do(lambda store: (store.value(SPEED), store.value(LOW_BEAM))) == (100.0, True)


def test_it_reports_what_nobody_reports(served: ServedCar, client: Any) -> None:
    client.set_current_values({HEART: Datapoint(72)})
    sample = served.do(lambda store: store.sample(HEART))
    assert (sample.value, sample.is_stale) == (72, False)
    assert "127.0.0.1" in sample.source
    client.set_current_values({PARTS: Datapoint("[P0001, P0002]")})
    assert served.do(lambda store: store.value(PARTS)) == ("P0001", "P0002")


def test_a_subscription_begins_with_what_is_and_goes_on_with_what_changes(served: ServedCar, client: Any) -> None:
    updates = client.subscribe_current_values([WINDOW, VOLUME])
    assert {path: point.value for path, point in next(updates).items()} == {WINDOW: 0, VOLUME: 30}
    client.set_target_values({VOLUME: Datapoint(31)})
    assert {path: point.value for path, point in next(updates).items()} == {VOLUME: 31}


def test_a_subscription_to_a_branch_hears_all_of_it(client: Any) -> None:
    first = next(client.subscribe_current_values(["Vehicle.Cabin.Door.*"]))
    assert WINDOW in first
    assert len(first) >= 16


def test_a_subscription_to_targets_hears_what_is_wanted(client: Any) -> None:
    updates = client.subscribe([SubscribeEntry(WINDOW, View.FIELDS, (Field.ACTUATOR_TARGET,))])
    next(updates)
    client.set_target_values({WINDOW: Datapoint(70)})
    assert next(updates)[0].entry.actuator_target.value == 70


def test_another_program_provides_an_actuator(served: ServedCar, client: Any) -> None:
    provider = VSSClient("127.0.0.1", served.port)
    provider.connect()
    provider.set_current_values({SPOILER: Datapoint(0.0)})
    told: list[Any] = []

    def provide() -> None:
        try:
            for batch in provider.v2_subscribe_actuation_requests([SPOILER]):
                told.extend((update.entry.path, update.entry.actuator_target.value) for update in batch)
                provider.set_current_values({SPOILER: Datapoint(told[-1][1])})
        except VSSClientError:
            pass  # it was hung up on

    thread = threading.Thread(target=provide, daemon=True)
    thread.start()
    assert served.wait(lambda store: store.provider(SPOILER) is not None)
    client.set_target_values({SPOILER: Datapoint(55.0)})
    assert served.wait(lambda store: store.value(SPOILER) == 55.0)
    assert told == [(SPOILER, 55.0)]
    assert served.do(lambda store: store.target(SPOILER)) is None

    second = VSSClient("127.0.0.1", served.port)
    second.connect()
    with pytest.raises(VSSClientError, match="has a provider") as caught:
        next(second.v2_subscribe_actuation_requests([SPOILER]))
    assert code(caught.value) == 6, "ALREADY_EXISTS"
    second.disconnect()
    # Clients of one process share a connection, and without tokens the connection is who they are.
    with grpc.insecure_channel(served.address, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        point = types_pb2.Datapoint(value=types_pb2.Value(float=1.0))
        request = val_pb2.PublishValueRequest(signal_id=types_pb2.SignalID(path=SPOILER), data_point=point)
        with pytest.raises(grpc.RpcError, match="is reported by") as refused:
            val_pb2_grpc.VALStub(channel).PublishValue(request)
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED

    provider.disconnect()
    thread.join(5.0)
    assert served.wait(lambda store: store.sample(SPOILER).is_stale)
    with pytest.raises(VSSClientError, match="no-provider"):
        client.set_target_values({SPOILER: Datapoint(0.0)})


def test_the_asynchronous_client_works_too(served: ServedCar) -> None:
    async def run() -> list[Any]:
        async with AsyncVSSClient("127.0.0.1", served.port) as client:
            await client.set_target_values({VOLUME: Datapoint(44)})
            seen = []
            async for updates in client.subscribe_current_values([VOLUME]):
                seen.append(updates[VOLUME].value)
                if seen[-1] == 44:
                    return seen
        return []

    assert asyncio.run(asyncio.wait_for(run(), 10.0))[-1] == 44
