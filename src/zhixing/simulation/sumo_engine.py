"""SUMO itself, in this process: the only module that knows libsumo.

SUMO's points are the middle of the front bumper and its angles run clockwise from north; here they are turned into
boxes' centres and headings. libsumo runs one simulation in a process.
"""

from __future__ import annotations

import importlib
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import MapError, PluginError, ServiceError
from zhixing.simulation.sumo_network import HINT
from zhixing.simulation.traffic.models import MODELS, UserModel

EGO = "ego"
_CLASS = {
    RoadUser.CAR: "passenger", RoadUser.TRUCK: "truck", RoadUser.BUS: "bus", RoadUser.EBIKE: "moped",
    RoadUser.BICYCLE: "bicycle", RoadUser.TRICYCLE: "moped", RoadUser.PEDESTRIAN: "pedestrian",
}  # fmt: skip
_LATERAL_M = 0.4
"""Resolution across the lane of the sublane model."""
_BLOCKER_S = 30.0
"""Whoever has stood within a junction for so long is driven past as if it were not there."""
_QUIET = (
    "--no-step-log", "true", "--no-warnings", "true", "--duration-log.disable", "true", "--xml-validation", "never",
    "--collision.action", "none", "--ignore-route-errors", "true", "--time-to-teleport", "-1",
)  # fmt: skip
_open: list[SumoEngine] = []


class SumoEngine:
    """A running simulation of SUMO's.

    Args:
        net: The network.
        seed: Every choice of SUMO's follows from it.
        step_s: How long a step is.
        body: Of the ego.
        reach_m: Whoever is farther from the ego is not told of.

    Raises:
        PluginError: libsumo is not installed.
        ServiceError: A simulation is running in this process already.
        MapError: SUMO does not take the network.
    """

    def __init__(self, net: Path, seed: int, step_s: float, body: EgoBody, reach_m: float) -> None:
        try:
            self._sumo: Any = importlib.import_module("libsumo")
        except ImportError as error:
            raise PluginError("libsumo is not installed", hint=HINT) from error
        if _open:
            raise ServiceError(
                "SUMO runs in this process already", hint="Close the other world, or use a process more."
            )
        self._body, self._reach_m = body, reach_m
        command = ["sumo", "-n", os.fspath(net), "--seed", str(seed % 2**31), "--step-length", str(step_s)]
        command += ["--lateral-resolution", str(_LATERAL_M), "--ignore-junction-blocker", str(_BLOCKER_S), *_QUIET]
        try:
            self._sumo.start(command)
        except (self._sumo.TraCIException, RuntimeError) as error:
            raise MapError(f"SUMO does not take {net.name}: {error}", hint="Make it anew with netconvert.") from error
        _open.append(self)
        for model in MODELS:
            self._add_type(model)
        self._add_ego_type()
        self._seen: tuple[int, ...] = (self._sumo.VAR_POSITION, self._sumo.VAR_ANGLE, self._sumo.VAR_SPEED)

    @property
    def time_s(self) -> float:
        """SUMO's clock."""
        return float(self._sumo.simulation.getTime())

    def close(self) -> None:
        """End the simulation."""
        if self in _open:
            _open.remove(self)
            self._sumo.close()

    def put_ego(self, ego: EgoState) -> None:
        """Say where the ego will be after the next step, exactly; on a road or not."""
        vehicle = self._sumo.vehicle
        if EGO not in vehicle.getIDList():
            self._enter()
        half = 0.5 * self._body.length_m
        x = ego.x_m + half * math.cos(ego.yaw_rad)
        y = ego.y_m + half * math.sin(ego.yaw_rad)
        vehicle.moveToXY(EGO, "", -1, x, y, 90.0 - math.degrees(ego.yaw_rad), 2)

    def step(self) -> None:
        """Let one step pass."""
        self._sumo.simulationStep()

    def ego_box(self) -> tuple[float, float, float]:
        """Return where SUMO has the ego: x and y of the box's centre, heading."""
        yaw = math.radians(90.0 - self._sumo.vehicle.getAngle(EGO))
        x, y = self._sumo.vehicle.getPosition(EGO)
        half = 0.5 * self._body.length_m
        return x - half * math.cos(yaw), y - half * math.sin(yaw), yaw

    def neighbours(self) -> tuple[list[str], FloatArray]:
        """Return the names of everybody near the ego, and (users, 4): x and y of the front, heading, speed."""
        found = dict(self._sumo.vehicle.getContextSubscriptionResults(EGO) or {})
        found.pop(EGO, None)
        position, angle, speed = self._seen
        names = sorted(found, key=_number)
        rows = [(*found[name][position][:2], found[name][angle], found[name][speed]) for name in names]
        table = np.array(rows, dtype=np.float64).reshape(-1, 4)
        table[:, 2] = (np.radians(90.0 - table[:, 2]) + math.pi) % (2.0 * math.pi) - math.pi
        return names, table

    def names(self) -> set[str]:
        """Return everybody's names, the ego's not."""
        return {*self._sumo.vehicle.getIDList(), *self._sumo.person.getIDList()} - {EGO}

    def add(self, name: str, user: RoadUser, edges: Sequence[str], lane: int, at_m: float) -> bool:
        """Ask for somebody to appear on a lane; it does as soon as there is room.

        Returns:
            Whether SUMO takes the way.
        """
        try:
            self._sumo.route.add(name, list(edges))
            self._sumo.vehicle.add(
                name, name, typeID=user.name, depart="now", departLane=str(lane), departPos=f"{at_m:.2f}",
                departSpeed="desired",
            )  # fmt: skip
        except self._sumo.TraCIException:
            return False
        return True

    def add_walker(self, name: str, edges: Sequence[str], at_m: float) -> bool:
        """Let somebody on foot appear on a pavement and walk along others; return whether SUMO takes the way."""
        person = self._sumo.person
        try:
            person.add(name, edges[0], at_m, typeID=RoadUser.PEDESTRIAN.name)
            person.appendWalkingStage(name, list(edges), -1.0)
        except self._sumo.TraCIException:
            self.remove(name)
            return False
        return True

    def remove(self, name: str) -> None:
        """Take somebody out of the traffic, or out of the queue before it."""
        try:
            if name in self._sumo.person.getIDList():
                self._sumo.person.removeStages(name)
            else:
                self._sumo.vehicle.remove(name)
        except self._sumo.TraCIException:
            return  # it has gone by itself

    def lane_length_m(self, lane: str) -> float:
        """Return how long SUMO thinks a lane is; lanes of a street are as long as each other to it."""
        return float(self._sumo.lane.getLength(lane))

    def light_states(self) -> dict[str, str]:
        """Return what every program shows, a letter a link."""
        light = self._sumo.trafficlight
        return {name: str(light.getRedYellowGreenState(name)) for name in light.getIDList()}

    def show(self, states: Mapping[str, str]) -> None:
        """Let programs show something, a letter a link, until they are told otherwise."""
        for name, state in states.items():
            self._sumo.trafficlight.setRedYellowGreenState(name, state)

    def _enter(self) -> None:
        """Put the ego into traffic anywhere; where it really is it is told at once."""
        vehicle, edge = self._sumo.vehicle, self._longest_edge()
        route = f"{EGO}-{self.time_s:.1f}"
        self._sumo.route.add(route, [edge])
        vehicle.add(EGO, route, typeID=EGO, depart="now", departLane="first", departPos="base", departSpeed="0")
        vehicle.setSpeedMode(EGO, 0)
        vehicle.setLaneChangeMode(EGO, 0)
        for domain in (self._sumo.CMD_GET_VEHICLE_VARIABLE, self._sumo.CMD_GET_PERSON_VARIABLE):
            vehicle.subscribeContext(EGO, domain, self._reach_m, self._seen)

    def _longest_edge(self) -> str:
        lane = self._sumo.lane
        names = [str(name) for name in lane.getIDList() if self._is_for_cars(str(name))]
        lengths = {str(lane.getEdgeID(name)): float(lane.getLength(name)) for name in names}
        return max(sorted(lengths), key=lambda edge: lengths[edge])

    def _is_for_cars(self, lane: str) -> bool:
        allowed = self._sumo.lane.getAllowed(lane)
        return not lane.startswith(":") and (not allowed or "passenger" in allowed)

    def _add_type(self, model: UserModel) -> None:
        kind, name = self._sumo.vehicletype, model.road_user.name
        mean_mps, deviation_mps = model.speed_mps
        kind.copy("DEFAULT_PEDTYPE" if model.road_user == RoadUser.PEDESTRIAN else "DEFAULT_VEHTYPE", name)
        kind.setVehicleClass(name, _CLASS[model.road_user])
        kind.setLength(name, model.size_m[0])
        kind.setWidth(name, model.size_m[1])
        kind.setMaxSpeed(name, mean_mps + deviation_mps)
        kind.setAccel(name, model.accel_mps2)
        kind.setDecel(name, 2.0 * model.brake_mps2)
        kind.setTau(name, model.headway_s)
        kind.setMinGap(name, model.gap_m)
        kind.setMinGapLat(name, model.side_gap_m)
        kind.setMaxSpeedLat(name, model.roam_mps)
        kind.setSpeedDeviation(name, deviation_mps / mean_mps)

    def _add_ego_type(self) -> None:
        kind = self._sumo.vehicletype
        kind.copy("DEFAULT_VEHTYPE", EGO)
        kind.setLength(EGO, self._body.length_m)
        kind.setWidth(EGO, self._body.width_m)
        kind.setSpeedDeviation(EGO, 0.0)


def _number(name: str) -> int:
    return int(name[1:]) if name[1:].isdecimal() else -1
