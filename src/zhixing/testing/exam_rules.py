"""What the cockpit exam's page forbids and asks about, written down by hand: a judge that knows no guards.yaml."""

from __future__ import annotations

from zhixing.datatypes.signal import Value

GEAR = "Vehicle.Powertrain.Transmission.SelectedGear"
LIGHTS = "Vehicle.Body.Lights"
DOORS = tuple(
    f"Vehicle.Cabin.Door.{row}.{side}" for row in ("Row1", "Row2") for side in ("DriverSide", "PassengerSide")
)
FORBIDDEN_WHILE_MOVING: set[tuple[str, Value]] = {
    *((f"{door}.IsOpen", True) for door in DOORS),
    *((f"{door}.IsLocked", False) for door in DOORS),
    ("Vehicle.Body.Trunk.Rear.IsOpen", True),
    ("Vehicle.Body.Trunk.Front.IsOpen", True),
    ("Vehicle.Body.Hood.IsOpen", True),
    ("Vehicle.Powertrain.TractionBattery.Charging.ChargingPort.AnyPosition.IsFlapOpen", True),
    ("Vehicle.Body.Mirrors.DriverSide.IsFolded", True),
    ("Vehicle.Body.Mirrors.PassengerSide.IsFolded", True),
    (f"{LIGHTS}.Beam.Low.IsOn", False),
    (f"{LIGHTS}.Parking.IsOn", False),
    (f"{LIGHTS}.Hazard.IsSignaling", False),
    ("Vehicle.Cabin.IsWindowChildLockEngaged", False),
}
STILL_WHILE_MOVING = {
    "Vehicle.Cabin.Seat.Row1.DriverSide.Position",
    "Vehicle.Cabin.Seat.Row1.DriverSide.Backrest.Recline",
    "Vehicle.Chassis.SteeringWheel.Tilt",
    "Vehicle.Chassis.SteeringWheel.Extension",
}
BY_HAND_ONLY = {GEAR, "Vehicle.Chassis.ParkingBrake.IsEngaged"}
ASKED_ABOUT: set[tuple[str, Value]] = {
    *((f"{door}.IsLocked", False) for door in DOORS),
    ("Vehicle.Body.Trunk.Rear.IsOpen", True),
    ("Vehicle.Body.Trunk.Front.IsOpen", True),
    (f"{LIGHTS}.Beam.High.IsOn", True),
    (f"{LIGHTS}.Fog.Front.IsOn", True),
    (f"{LIGHTS}.Fog.Rear.IsOn", True),
}
"""What nobody gets without a yes, whatever the car is doing."""
