"""What a pattern is: one definition that makes scenes, finds them in recordings and names a slice of a score."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.query import Query
from zhixing.errors import InputError
from zhixing.simulation.patterns.staging import Staging

Values = Mapping[str, float]
"""A value for every parameter of a pattern, by name."""
Ranges = Mapping[str, tuple[float, float]]
"""Least and greatest value of every parameter of a pattern, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What can vary within a pattern.

    Attributes:
        name: In snake_case, its unit at the end.
        low: Least value.
        high: Greatest value.
        usual: What is usual; the default.
        meaning: One short sentence.
        source: Where the range is from; ``ours`` where it is an estimate of our own.
    """

    name: str
    low: float
    high: float
    usual: float
    meaning: Localized
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Traffic as it is met in Chinese streets, under one name.

    Attributes:
        name: In kebab-case; also the name of the slice in evaluations and of the query.
        title: A few words.
        sentence: What happens.
        parameters: What can vary.
        stage: Makes a scene of given values, or, where it is told so, one that is much like it without the pattern; the
            dice may choose what is no parameter (sizes, who else is there).
        find: Makes the query for ranges of the parameters; it adds the tolerance of what it measures.
        finds: Names in the staging's cast for each role of the query: who a hit must be about in a staged scene.
    """

    name: str
    title: Localized
    sentence: Localized
    parameters: tuple[Parameter, ...]
    stage: Callable[[Values, np.random.Generator, bool], Staging]
    find: Callable[[Ranges], Query]
    finds: Mapping[str, str]

    def query(self, values: Values | None = None) -> Query:
        """Return what finds the pattern: with any parameters, or with those of given values."""
        given = values or {}
        return self.find({p.name: (given.get(p.name, p.low), given.get(p.name, p.high)) for p in self.parameters})

    def usual(self) -> dict[str, float]:
        """Return the usual value of every parameter."""
        return {parameter.name: parameter.usual for parameter in self.parameters}

    def draw(self, rng: np.random.Generator) -> dict[str, float]:
        """Return values drawn evenly from the ranges."""
        return {parameter.name: float(rng.uniform(parameter.low, parameter.high)) for parameter in self.parameters}

    def make(self, values: Values | None = None, seed: int = 0, *, is_absent: bool = False) -> Staging:
        """Return a scene.

        Args:
            values: For some parameters or all; the others are usual.
            seed: Of what is no parameter.
            is_absent: Return a scene that is much like it but without the pattern.

        Raises:
            InputError: A value is outside its range, or there is no such parameter.
        """
        chosen = self.usual() | dict(values or {})
        ranges = {parameter.name: parameter for parameter in self.parameters}
        for name, value in chosen.items():
            if name not in ranges:
                raise InputError(
                    f"{self.name} has no parameter {name!r}", hint=f"Its parameters: {', '.join(ranges) or 'none'}."
                )
            low, high = ranges[name].low, ranges[name].high
            if not low <= value <= high or not math.isfinite(value):
                raise InputError(f"{name} of {self.name} is {value:g}", hint=f"Choose from {low:g} to {high:g}.")
        return self.stage(chosen, np.random.default_rng([seed, 7]), not is_absent)
