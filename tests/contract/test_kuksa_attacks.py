"""Another program that means no good, and one that merely has bad luck: over real sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

pytest.importorskip("kuksa_client", reason="kuksa-client is not installed: pip install 'zhixing[kuksa]'")

import grpc
from kuksa.val.v1 import types_pb2 as v1_types
from kuksa.val.v1 import val_pb2 as v1
from kuksa.val.v1 import val_pb2_grpc as v1_grpc
from kuksa.val.v2 import types_pb2, val_pb2, val_pb2_grpc

from zhixing.datatypes.signal import Refused
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.store import SignalStore
from zhixing.testing.served_car import ServedCar, served_car

SPEED = "Vehicle.Speed"
VOLUME = "Vehicle.Cabin.Infotainment.Media.Volume"
WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
HEART = "Vehicle.Driver.HeartRate"
BATTERY = "Vehicle.Powertrain.TractionBattery"


@pytest.fixture
def served() -> Iterator[ServedCar]:
    with served_car() as car:
        yield car


@pytest.fixture
def stub(served: ServedCar) -> Iterator[Any]:
    with grpc.insecure_channel(served.address, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        yield val_pb2_grpc.VALStub(channel)


def signal(path: str = "", number: int | None = None) -> Any:
    return types_pb2.SignalID(id=number) if number is not None else types_pb2.SignalID(path=path)


def actuate(path: str, **value: Any) -> Any:
    return val_pb2.ActuateRequest(signal_id=signal(path), value=types_pb2.Value(**value))


def code(call: Any, *arguments: Any, **more: Any) -> Any:
    with pytest.raises(grpc.RpcError) as caught:
        call(*arguments, timeout=5.0, **more)
    return caught.value.code()


def first(call: Any, request: Any, timeout: float) -> Any:
    """Return the first answer of a stream."""
    return next(call(request, timeout=timeout))


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (actuate(VOLUME, int32=5), "INVALID_ARGUMENT"),
        (actuate(VOLUME, string="5"), "INVALID_ARGUMENT"),
        (actuate(VOLUME, uint32=2**32 - 1), "INVALID_ARGUMENT"),
        (actuate(VOLUME), "INVALID_ARGUMENT"),
        (val_pb2.ActuateRequest(signal_id=signal(VOLUME)), "INVALID_ARGUMENT"),
        (val_pb2.ActuateRequest(), "INVALID_ARGUMENT"),
        (actuate("Vehicle.Nope", uint32=1), "NOT_FOUND"),
        (actuate("x" * 100_000, uint32=1), "INVALID_ARGUMENT"),
        (val_pb2.ActuateRequest(signal_id=signal(number=0), value=types_pb2.Value(uint32=1)), "NOT_FOUND"),
        (val_pb2.ActuateRequest(signal_id=signal(number=-1), value=types_pb2.Value(uint32=1)), "NOT_FOUND"),
        (actuate(SPEED, float=1.0), "INVALID_ARGUMENT"),
        (actuate("Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature", float=float("nan")), "INVALID_ARGUMENT"),
        (actuate("Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature", float=float("inf")), "INVALID_ARGUMENT"),
        (actuate("Vehicle.Cabin.Light.AmbientLight.Row1.DriverSide.Color", string="red"), "INVALID_ARGUMENT"),
        (actuate("Vehicle.Body.RearMainSpoilerPosition", float=1.0), "UNAVAILABLE"),
        (actuate("Vehicle.Powertrain.Transmission.SelectedGear", int32=127), "FAILED_PRECONDITION"),
    ],
)
def test_every_bad_wish_has_its_code_and_changes_nothing(
    served: ServedCar, stub: Any, request_: Any, expected: str
) -> None:
    before = served.do(lambda store: store.snapshot())
    assert code(stub.Actuate, request_).name == expected
    assert served.do(lambda store: store.snapshot()) == before
    assert served.do(lambda store: [store.target(path) for path in store.catalogue if store.target(path)]) == []


def test_a_batch_is_done_whole_or_not_at_all(served: ServedCar, stub: Any) -> None:
    good, bad = actuate(WINDOW, uint32=50), actuate("Vehicle.ADAS.ABS.IsEnabled", bool=False)
    assert (
        code(stub.BatchActuate, val_pb2.BatchActuateRequest(actuate_requests=[good, bad])).name == "FAILED_PRECONDITION"
    )
    assert served.do(lambda store: store.target(WINDOW)) is None
    stub.BatchActuate(val_pb2.BatchActuateRequest(actuate_requests=[good, actuate(VOLUME, uint32=7)]), timeout=5.0)
    assert served.wait(lambda store: (store.value(WINDOW), store.value(VOLUME)) == (50, 7))


def test_a_stream_of_wishes_ends_with_the_first_that_is_refused(served: ServedCar, stub: Any) -> None:
    wishes = [actuate(VOLUME, uint32=11), actuate(VOLUME, uint32=200), actuate(VOLUME, uint32=12)]
    assert code(stub.ActuateStream, iter(wishes)).name == "INVALID_ARGUMENT"
    assert served.wait(lambda store: store.value(VOLUME) == 11)
    stub.ActuateStream(iter([actuate(VOLUME, uint32=21), actuate(VOLUME, uint32=22)]), timeout=5.0)
    assert served.wait(lambda store: store.value(VOLUME) == 22)


def test_subscriptions_are_checked_before_they_begin(stub: Any) -> None:
    for request, expected in (
        (val_pb2.SubscribeRequest(), "INVALID_ARGUMENT"),
        (val_pb2.SubscribeRequest(signal_paths=["Vehicle.Nope"]), "NOT_FOUND"),
        (val_pb2.SubscribeRequest(signal_paths=[SPEED], buffer_size=1001), "INVALID_ARGUMENT"),
    ):
        assert (
            code(lambda request=request, timeout=5.0: next(stub.Subscribe(request, timeout=timeout))).name == expected
        )
    by_id = val_pb2.SubscribeByIdRequest(signal_ids=[10_000])
    assert code(first, stub.SubscribeById, by_id).name == "NOT_FOUND"


def test_ids_and_paths_name_the_same(stub: Any) -> None:
    listed = stub.ListMetadata(val_pb2.ListMetadataRequest(root="Vehicle.Cabin.Infotainment"), timeout=5.0).metadata
    number = next(one.id for one in listed if one.path == VOLUME)
    by_path = stub.GetValue(val_pb2.GetValueRequest(signal_id=signal(VOLUME)), timeout=5.0)
    assert stub.GetValue(val_pb2.GetValueRequest(signal_id=signal(number=number)), timeout=5.0) == by_path
    first = next(stub.SubscribeById(val_pb2.SubscribeByIdRequest(signal_ids=[number]), timeout=5.0))
    assert first.entries[number].value.uint32 == 30
    both = stub.GetValues(val_pb2.GetValuesRequest(signal_ids=[signal(SPEED), signal(VOLUME)]), timeout=5.0)
    assert [point.value.WhichOneof("typed_value") for point in both.data_points] == ["float", "uint32"]


def test_metadata_is_listed_by_wildcards(stub: Any) -> None:
    for root, number in (("", len(load_catalogue())), ("Vehicle.Cabin.Door.*.*.IsLocked", 4), (SPEED, 1)):
        assert len(stub.ListMetadata(val_pb2.ListMetadataRequest(root=root), timeout=5.0).metadata) == number
    assert code(stub.ListMetadata, val_pb2.ListMetadataRequest(root="Vehicle.Nope")).name == "NOT_FOUND"
    assert code(stub.ListMetadata, val_pb2.ListMetadataRequest(root="Vehicle..")).name == "INVALID_ARGUMENT"


def publish_beat(value: int, store: SignalStore) -> None:
    store.publish(HEART, value, 0)


def test_a_subscription_keeps_to_its_filter(served: ServedCar, stub: Any) -> None:
    limits = types_pb2.Filter(duration_ms=600, min_sample_interval=types_pb2.SampleInterval(interval_ms=200))
    started_s, batches = time.monotonic(), []
    served.do(lambda store: store.publish(HEART, 1, 0))
    stream = stub.Subscribe(val_pb2.SubscribeRequest(signal_paths=[HEART], filter=limits), timeout=10.0)
    for number, response in enumerate(stream):
        batches.append(response.entries[HEART].value.uint32)
        for beat in range(5):
            served.do(partial(publish_beat, 10 * number + beat + 2))
    assert 0.5 <= time.monotonic() - started_s <= 5.0
    assert batches == sorted(batches)
    assert len(batches) <= 5, "what came in between was put together"


def test_a_provider_reports_what_is_its_own_and_hears_of_the_rest(served: ServedCar, stub: Any) -> None:
    ids = {one.path: one.id for one in stub.ListMetadata(val_pb2.ListMetadataRequest(root=""), timeout=5.0).metadata}
    points = {
        ids[HEART]: types_pb2.Datapoint(value=types_pb2.Value(uint32=66)),
        ids[SPEED]: types_pb2.Datapoint(value=types_pb2.Value(float=0.0)),
        ids[VOLUME]: types_pb2.Datapoint(value=types_pb2.Value(string="loud")),
        99_999: types_pb2.Datapoint(value=types_pb2.Value(uint32=1)),
    }
    publish = val_pb2.PublishValuesRequest(request_id=7, data_points=points)
    answers = stub.OpenProviderStream(
        iter([val_pb2.OpenProviderStreamRequest(publish_values_request=publish)]), timeout=5.0
    )
    status = next(answers).publish_values_response
    assert status.request_id == 7
    assert {number: error.code for number, error in status.status.items()} == {
        ids[SPEED]: types_pb2.ERROR_CODE_PERMISSION_DENIED,
        ids[VOLUME]: types_pb2.ERROR_CODE_INVALID_ARGUMENT,
        99_999: types_pb2.ERROR_CODE_NOT_FOUND,
    }
    assert served.do(lambda store: store.value(HEART)) == 66


def test_a_provider_can_claim_only_actuators_that_are_free(stub: Any) -> None:
    for path, expected in ((VOLUME, "ALREADY_EXISTS"), (HEART, "INVALID_ARGUMENT"), ("Vehicle.Nope", "NOT_FOUND")):
        claim = val_pb2.ProvideActuationRequest(actuator_identifiers=[signal(path)])
        request = val_pb2.OpenProviderStreamRequest(provide_actuation_request=claim)
        assert (
            code(lambda timeout, request=request: next(stub.OpenProviderStream(iter([request]), timeout=timeout))).name
            == expected
        )


def test_who_does_not_read_costs_no_memory_and_stops_nobody(served: ServedCar, stub: Any) -> None:
    sleeper = stub.Subscribe(val_pb2.SubscribeRequest(signal_paths=[HEART]))
    next_to_it = stub.Subscribe(val_pb2.SubscribeRequest(signal_paths=[HEART]))

    def beat(store: Any) -> None:
        for number in range(20_000):
            store.publish(HEART, number % 200, number)

    for _ in range(5):
        served.do(beat)
    served.do(lambda store: store.publish(HEART, 201, 0))
    for response in next_to_it:
        if response.entries[HEART].value.uint32 == 201:
            break
    sleeper.cancel()
    next_to_it.cancel()
    assert served.wait(lambda store: not store._entries[HEART].watchers), "who hangs up is forgotten"


def test_many_callers_do_not_stop_the_car(served: ServedCar, stub: Any) -> None:
    streams = [stub.Subscribe(val_pb2.SubscribeRequest(signal_paths=[WINDOW, VOLUME])) for _ in range(100)]
    for stream in streams:
        next(stream)
    started_ns = served.do(lambda store: served.car.clock())
    asked = [stub.Actuate.future(actuate(VOLUME, uint32=number % 100)) for number in range(1000)]
    for future in asked:
        future.result(timeout=20.0)
    assert served.do(lambda store: served.car.clock()) > started_ns
    for stream in streams:
        stream.cancel()


def test_a_call_about_too_much_is_turned_away_before_it_stops_the_car(served: ServedCar, stub: Any) -> None:
    many = [signal(VOLUME)] * 20_000
    assert code(stub.GetValues, val_pb2.GetValuesRequest(signal_ids=many)).name == "INVALID_ARGUMENT"
    batch = val_pb2.BatchActuateRequest(actuate_requests=[actuate(VOLUME, uint32=1)] * 5000)
    assert code(stub.BatchActuate, batch).name == "INVALID_ARGUMENT"
    subscribe = val_pb2.SubscribeRequest(signal_paths=[VOLUME] * 20_000)
    assert code(first, stub.Subscribe, subscribe).name == "INVALID_ARGUMENT"
    points = {number: types_pb2.Datapoint() for number in range(20_000)}
    publish = val_pb2.OpenProviderStreamRequest(publish_values_request={"data_points": points})
    assert code(first, stub.OpenProviderStream, iter([publish])).name == "INVALID_ARGUMENT"
    assert code(stub.ListMetadata, val_pb2.ListMetadataRequest(root="x" * 2_000_000)).name == "RESOURCE_EXHAUSTED"
    with grpc.insecure_channel(served.address) as channel:
        everything = v1.GetRequest(entries=[v1.EntryRequest(path="Vehicle", view=v1_types.VIEW_ALL)] * 100)
        answer = v1_grpc.VALStub(channel).Get(everything, timeout=10.0)
        assert len(answer.entries) <= 5000
        assert answer.error.code == 400


@pytest.mark.parametrize("pattern", ["**", "Vehicle", "**.*.*.*.X{}", "**.*.**.*.**.*.**.X{}"])
def test_many_wildcards_in_one_call_do_not_stop_the_car(served: ServedCar, pattern: str) -> None:
    with grpc.insecure_channel(served.address) as channel:
        old = v1_grpc.VALStub(channel)
        paths = [pattern.format(number) for number in range(1990)]
        started_s = time.monotonic()
        get = v1.GetRequest(entries=[v1.EntryRequest(path=path) for path in paths])
        if "{}" in pattern:
            assert code(old.Get, get).name == "INVALID_ARGUMENT"
        else:
            assert len(old.Get(get, timeout=10.0).entries) <= 5000
        subscribe = v1.SubscribeRequest(entries=[v1.SubscribeEntry(path=path) for path in paths])
        assert code(first, old.Subscribe, subscribe).name == "INVALID_ARGUMENT"
        assert time.monotonic() - started_s < 10.0


def test_a_provider_that_never_reads_is_not_read(served: ServedCar, stub: Any) -> None:
    points = {number: types_pb2.Datapoint() for number in range(100_000, 101_000)}
    bad = val_pb2.OpenProviderStreamRequest(publish_values_request={"data_points": points})
    sent = [0]

    def flood() -> Iterator[Any]:
        for number in range(3000):
            sent[0] = number
            yield bad

    stream = stub.OpenProviderStream(flood(), timeout=30.0)
    time.sleep(2.0)
    assert sent[0] < 3000, "what it sends waits on its own side"
    stream.cancel()


def test_one_program_cannot_take_all_streams(served: ServedCar, stub: Any) -> None:
    request = val_pb2.SubscribeRequest(signal_paths=[VOLUME])
    streams = [stub.Subscribe(request) for _ in range(100)]
    for stream in streams:
        next(stream)
    assert code(first, stub.Subscribe, request).name == "RESOURCE_EXHAUSTED"
    with grpc.insecure_channel(served.address, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        next(val_pb2_grpc.VALStub(channel).Subscribe(request, timeout=5.0))
    for stream in streams:
        stream.cancel()
    assert served.wait(lambda store: not store._entries[VOLUME].watchers)


def test_version_1_names_each_error(served: ServedCar) -> None:
    with grpc.insecure_channel(served.address) as channel:
        old = v1_grpc.VALStub(channel)
        assert code(old.Get, v1.GetRequest()).name == "INVALID_ARGUMENT"
        answer = old.Get(
            v1.GetRequest(entries=[v1.EntryRequest(path=p) for p in ("Vehicle.Nope", "a..b")]), timeout=5.0
        )
        assert [(error.path, error.error.code) for error in answer.errors] == [("Vehicle.Nope", 404), ("a..b", 400)]
        assert answer.error.code == 404
        assert old.Set(v1.SetRequest(), timeout=5.0).errors == []
        update = v1.EntryUpdate(fields=[2, 3])
        assert old.Set(v1.SetRequest(updates=[update]), timeout=5.0).errors[0].error.code == 404
        answers = old.StreamedUpdate(iter([v1.StreamedUpdateRequest(updates=[update])] * 2), timeout=5.0)
        assert [answer.errors[0].error.code for answer in answers] == [404, 404]
        assert (
            code(lambda timeout: next(old.Subscribe(v1.SubscribeRequest(), timeout=timeout))).name == "INVALID_ARGUMENT"
        )


def test_nothing_outside_the_cabin_is_granted_to_a_program_that_tries_all(served: ServedCar, stub: Any) -> None:
    served.do(lambda store: served.car.vehicle.set_state({SPEED: 90.0}))
    before = served.do(lambda store: store.snapshot())
    granted = []
    for path, leaf in load_catalogue().items():
        if leaf.kind != "actuator":
            continue
        for value in ({"bool": False}, {"bool": True}, {"uint32": 1}, {"int32": 1}, {"float": 20.0}, {"string": "OFF"}):
            try:
                stub.Actuate(actuate(path, **value), timeout=5.0)
                granted.append((path, value))
            except grpc.RpcError:
                continue
    assert granted, "harmless things are granted"
    after = served.do(lambda store: store.snapshot())
    wanted = served.do(lambda store: {path for path in store.catalogue if store.target(path) is not None})
    actuators = {path for path in before if load_catalogue()[path].kind == "actuator"}
    changed = {path for path in actuators if after[path] != before[path]} | wanted
    inside = ("Vehicle.Cabin.", "Vehicle.Body.", "Vehicle.TripMeterReading", f"{BATTERY}.Charging.")
    assert [path for path in changed if not path.startswith(inside)] == []
    switched_off = {path for path, value in granted if value == {"bool": False}}
    assert not switched_off & {"Vehicle.Body.Lights.Beam.Low.IsOn", "Vehicle.Body.Lights.Parking.IsOn"}
    opened = {path for path, value in granted if value == {"bool": True} and path.endswith("IsOpen")}
    assert not [path for path in opened if ".Door." in path or ".Trunk." in path or ".Hood." in path]
    decisions = served.do(lambda store: [entry.outcome for entry in store.audit])
    refused = [outcome for outcome in decisions if isinstance(outcome, Refused)]
    assert refused
    assert all(outcome.request.caller for outcome in refused)
