"""What tests of sensors share: files that land, and what a look asks for."""

import itertools
import os

import dagster as dg

_MOMENTS = itertools.count(1_700_000_000)


def land(side, industry="manufacturing", name="mssc/a.csv", content="id\n1\n"):
    path = side.root / "inbox" / industry / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    moment = next(_MOMENTS)
    os.utime(path, (moment, moment))
    return path


def industries(tick):
    return [request.partition_key for request in tick.run_requests]


def arrivals(location, name=None):
    """The sensor on files or packages, or the one of a name."""
    others = (one for one in location.sensors if not isinstance(one, dg.AutomationConditionSensorDefinition))
    (sensor,) = [one for one in others if (one.name == name if name else one.name != "released")]
    return sensor
