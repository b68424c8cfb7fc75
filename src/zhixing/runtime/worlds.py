"""The world that the settings ask for."""

from __future__ import annotations

from pathlib import Path

from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import ConfigError
from zhixing.formats.sumo_net import is_sumo_net
from zhixing.settings import CityConfig
from zhixing.simulation.city_world import CityWorld
from zhixing.simulation.map_arrivals import most_users
from zhixing.simulation.map_city import read_city
from zhixing.simulation.sumo_world import SumoWorld
from zhixing.simulation.traffic.models import MODELS
from zhixing.simulation.world import EndlessWorld


def open_world(city: CityConfig) -> EndlessWorld:
    """Return the built-in city or a map of somebody's own, with traffic on it; everything follows from the settings.

    Raises:
        ConfigError: No class of road users has a share.
        MapError: The map cannot be read or driven on.
        PluginError: SUMO is wanted and not installed.
        ServiceError: SUMO is wanted and runs in this process already.
    """
    shares = {RoadUser[name.upper()]: share for name, share in city.shares.items()}
    if not any(shares.get(model.road_user, model.share) for model in MODELS):
        raise ConfigError("city.shares: every class has 0", hint="Give one class more, or set num_users = 0.")
    is_sumo, path = city.traffic == "sumo", Path(city.map).expanduser()
    if not city.map:
        if is_sumo:
            return SumoWorld(city.seed, city.num_users, shares=shares)
        return CityWorld(
            city.seed, city.num_users, shares=shares, hour=city.hour, rain=city.rain, has_districts=city.districts
        )
    road = read_city(path)
    num_users = min(city.num_users, most_users(road, city.users_per_km))
    if not is_sumo:
        return CityWorld(city.seed, num_users, road, shares, hour=city.hour, rain=city.rain)
    if is_sumo_net(path):
        return SumoWorld(city.seed, num_users, net=path, shares=shares)
    return SumoWorld(city.seed, num_users, road, shares=shares)
