"""Registered metrics, and a box for those that are not ours: a metric that fails spoils no result."""

from __future__ import annotations

from zhixing import registry
from zhixing.datatypes.evidence import Scenario, Trace
from zhixing.errors import PluginError
from zhixing.simulation.interfaces import Metric

_GROUP = "zhixing.metrics"


def registered_metrics() -> list[Metric]:
    """Return a fresh instance of every registered metric.

    Raises:
        PluginError: One cannot be made, or lacks a name or measure().
    """
    return [make_metric(name) for name in registry.names(_GROUP)]


def make_metric(name: str) -> Metric:
    """Return a metric by its registered name.

    Raises:
        PluginError: It is not registered, or lacks a name or measure().
    """
    metric = registry.create(_GROUP, name)
    if not isinstance(metric, Metric):
        raise PluginError(f"the metric {name!r} lacks name or measure()", hint="See zhixing.simulation.interfaces.")
    return SandboxedMetric(metric, name)


class SandboxedMetric:
    """Somebody else's metric: where it fails, ``failed`` is 1 and nothing else is reported.

    Args:
        metric: To be asked.
        name: As registered.
    """

    def __init__(self, metric: Metric, name: str) -> None:
        self._metric, self._name = metric, name

    @property
    def name(self) -> str:
        """Registered name."""
        return self._name

    def measure(self, trace: Trace, scenario: Scenario) -> dict[str, float]:
        """Ask the metric."""
        try:
            return {str(figure): float(value) for figure, value in self._metric.measure(trace, scenario).items()}
        except Exception:  # what a stranger's code raises is unknowable
            return {"failed": 1.0}
