"""What a metric is; extensions implement it and register by entry point."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from zhixing.datatypes.evidence import Scenario, Trace


@runtime_checkable
class Metric(Protocol):
    """Judges a drive beside the exam's score; entry-point group ``zhixing.metrics``.

    A metric is made without arguments and may be asked about any number of drives.
    """

    @property
    def name(self) -> str:
        """Registered name, in kebab-case."""
        ...

    def measure(self, trace: Trace, scenario: Scenario) -> dict[str, float]:
        """Return figures by name, in snake_case with the unit at the end; NaN where one does not apply.

        The same drive gives the same figures, and every drive figures of the same names.
        """
        ...
