"""Registered metrics, and a box for those that are not ours: a metric that fails spoils no result."""

from __future__ import annotations

from collections.abc import Callable

from zhixing import registry
from zhixing.datatypes.evidence import Scenario, Trace
from zhixing.simulation.interfaces import Metric

_GROUP = "zhixing.metrics"


def registered_metrics() -> list[Metric]:
    """Return every registered metric, each in its box."""
    return [SandboxedMetric(name, _maker(name)) for name in registry.names(_GROUP)]


def _maker(name: str) -> Callable[[], object]:
    return lambda: registry.create(_GROUP, name)


class SandboxedMetric:
    """Somebody else's metric: where it cannot be made or fails, ``failed`` is 1 and nothing else is reported.

    Args:
        name: As registered.
        make: Returns a fresh instance.
    """

    def __init__(self, name: str, make: Callable[[], object]) -> None:
        self._name, self._make = name, make

    @property
    def name(self) -> str:
        """Registered name."""
        return self._name

    def measure(self, trace: Trace, scenario: Scenario) -> dict[str, float]:
        """Ask the metric."""
        try:
            metric = self._make()
            if not isinstance(metric, Metric):
                return {"failed": 1.0}
            return {str(figure): float(value) for figure, value in metric.measure(trace, scenario).items()}
        except Exception:  # what a stranger's code raises is unknowable
            return {"failed": 1.0}
