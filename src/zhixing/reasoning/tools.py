"""What a model may ask the car to do: offered tools, calls, answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhixing.errors import InputError
from zhixing.reasoning.schema import Schema, check_schema, complaint

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Tool:
    """Something a model may ask for.

    Attributes:
        name: 1 to 64 letters, digits, ``_`` or ``-``.
        description: What it does and when to use it, for the model.
        parameters: JSON schema of the arguments; see :mod:`zhixing.reasoning.schema` for the rules it may have.
        is_read_only: Whether it only tells and never changes anything.

    Raises:
        InputError: The name or the schema will not do.
    """

    name: str
    description: str
    parameters: Schema
    is_read_only: bool

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InputError(f"{self.name!r} is no name for a tool", hint="Use 1 to 64 of A-Z a-z 0-9 _ -.")
        if self.parameters.get("type") != "object":
            raise InputError(f"the parameters of {self.name} are no object", hint="Write a schema of type object.")
        check_schema(self.parameters)

    def complaint(self, arguments: Mapping[str, object]) -> str:
        """Return what is wrong with arguments, empty where nothing is."""
        return complaint(arguments, self.parameters)

    def declaration(self) -> dict[str, Any]:
        """Return the tool as the chat completions API wants it."""
        about = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": about}


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model asks for a tool; the arguments fit the tool's schema.

    Attributes:
        call_id: Unique within the thought; the answer bears it.
        name: One of the offered tools.
        arguments: By name.
    """

    call_id: str
    name: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What came of a call, for the model to read.

    Attributes:
        call_id: That of the call.
        content: Plain words or JSON.
    """

    call_id: str
    content: str
