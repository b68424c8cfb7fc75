"""The face of the room: a language model that can be asked, never waited for, and never trusted."""

from __future__ import annotations

import importlib.util
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from zhixing.errors import InputError, ServiceError
from zhixing.reasoning.config import ModelConfig
from zhixing.reasoning.credentials import find_key, find_proxy
from zhixing.reasoning.line import Line
from zhixing.reasoning.schema import Schema, check_schema
from zhixing.reasoning.thinking import EndedError, Thinking
from zhixing.reasoning.thought import Message
from zhixing.reasoning.tools import Tool
from zhixing.reasoning.transcript import Transcript
from zhixing.reasoning.turn import Habits, Task, think

_MOST_WORKERS = 8
"""A seat has one thought at a time; more than this are those that nobody waits for and that cannot end yet."""


class Reasoner:
    """Thinks with a language model behind an OpenAI-compatible server.

    Nothing is sent before the first :meth:`start`.

    Args:
        config: To whom, and how long and dear it may be.
        environment: Where the key and proxies are looked up; see :mod:`zhixing.reasoning.credentials`.
        clock_s: Now, in seconds; for waits only.

    Raises:
        ConfigError: The key cannot be one, or would travel unencrypted to another machine.
        ServiceError: The ``openai`` package is not installed.

    Example:
        >>> reasoner = Reasoner(ModelConfig(base_url="http://127.0.0.1:8080/v1", model="any"), environment={})
        >>> reasoner.has_key, reasoner.config.model
        (False, 'any')
    """

    def __init__(
        self,
        config: ModelConfig,
        environment: Mapping[str, str] = os.environ,
        *,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.config = config
        self._key = find_key(config, environment)
        self._proxy = find_proxy(config, environment)
        self._clock_s = clock_s
        self._habits = Habits()
        self._free_workers = threading.BoundedSemaphore(_MOST_WORKERS)
        if importlib.util.find_spec("openai") is None:
            raise ServiceError("the openai package is not installed", hint="pip install 'zhixing[llm]'")

    @property
    def has_key(self) -> bool:
        """Whether the environment holds a key for the server; one's own server may need none."""
        return bool(self._key)

    def start(
        self,
        messages: Sequence[Message],
        tools: Sequence[Tool] = (),
        *,
        schema: Schema | None = None,
        must_ask: bool = False,
    ) -> Thinking:
        """Begin a thought and return at once; where too many are under way it is ``out_of_time`` from the beginning.

        Args:
            messages: As :meth:`zhixing.reasoning.conversation.Conversation.messages` gives them.
            tools: What the model may ask for; their order does not matter.
            schema: JSON schema that the answer is bound to; the thought's ``value`` then fits it, and nothing is said.
            must_ask: Whether the first reply must be a tool call; a wish only, and none at all while thinking.

        Raises:
            InputError: Two tools have one name, or the schema holds a rule that is not checked here.
        """
        offered = {tool.name: tool for tool in tools}
        if len(offered) < len(tools):
            raise InputError("two tools have the same name", hint="Give every tool a name of its own.")
        if schema is not None:
            check_schema(schema)
        line = Line()
        thinking = Thinking(self.config, self._clock_s, Transcript(self._key), line)
        task = Task(
            config=self.config,
            key=self._key,
            habits=self._habits,
            messages=tuple(messages),
            tools=offered,
            schema=schema,
            must_ask=must_ask,
        )
        if self._free_workers.acquire(blocking=False):
            self._employ(task, thinking, line)
        else:
            thinking.finish("out_of_time", f"{_MOST_WORKERS} earlier requests have not ended yet")
        return thinking

    def warm_up(self) -> None:
        """Load the client in the background, so that the first thought does not wait for it."""
        threading.Thread(target=importlib.import_module, args=("zhixing.reasoning.connection",), daemon=True).start()

    def _employ(self, task: Task, thinking: Thinking, line: Line) -> None:
        worker = threading.Thread(target=self._work, args=(task, thinking, line), name="reasoner", daemon=True)
        try:
            worker.start()
        except RuntimeError:
            self._free_workers.release()
            thinking.finish("out_of_time", "this machine has no thread left")

    def _work(self, task: Task, thinking: Thinking, line: Line) -> None:
        try:
            from zhixing.reasoning.connection import Connection  # noqa: PLC0415  # half a second

            connection = Connection(self.config, self._key, self._proxy, line, thinking.is_wanted)
            try:
                think(task, thinking, connection)
            except EndedError:
                pass
            finally:
                connection.close()
        finally:
            self._free_workers.release()
            thinking.finish("nonsense", "an unforeseen error of ours")
