"""CAR-bench with a language model at the wheel of the tools: every call goes through our door.

The person of a task is not simulated: the model gets the task's instruction as one message, and every question of the
car is answered with yes. So the figures are about acting within the rules, not about conversation, and cannot be
compared with CAR-bench's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zhixing.reasoning.config import ModelConfig
from zhixing.reasoning.reasoner import Reasoner
from zhixing.reasoning.thought import Asked, Finished, Thought
from zhixing.reasoning.tools import Tool, ToolAnswer
from zhixing.runtime.car_bench.present import Presented, Score, present
from zhixing.runtime.car_bench.replay import read_benchmark

_WAIT_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRun:
    """How a language model did.

    Attributes:
        model: As the server reports it.
        scores: One a task.
        outcomes: How each thought ended.
        cost: Of all of it, in the currency of the prices.
    """

    model: str
    scores: tuple[Score, ...]
    outcomes: tuple[str, ...]
    cost: float

    def columns(self) -> tuple[str, ...]:
        """Return the heads of the table."""
        return ("kind", "tasks", "passed", "state reached", "breaches", "refused by door", "unknown tools")

    def rows(self) -> list[tuple[str, ...]]:
        """Return one line a kind of task, and one for all."""
        kinds = dict.fromkeys(score.kind for score in self.scores)
        lines = [_row(kind, [s for s in self.scores if s.kind == kind]) for kind in kinds]
        return [*lines, _row("all", self.scores)]


def _row(name: str, scores: Sequence[Score]) -> tuple[str, ...]:
    judged = [score.is_reached for score in scores if score.is_reached is not None]
    return (
        name,
        str(len(scores)),
        str(sum(score.passed for score in scores)),
        f"{sum(judged)}/{len(judged)}",
        str(sum(len(score.violations) for score in scores)),
        str(sum(len(score.refused_by_door) for score in scores)),
        str(sum(len(score.unknown_tools) for score in scores)),
    )


def run_model(folder: Path, base_url: str, model: str | None, num_tasks: int) -> ModelRun:
    """Let a language model try the first tasks of CAR-bench.

    Args:
        folder: CAR-bench's data.
        base_url: An OpenAI-compatible server; its key comes from the environment.
        model: Name of the model, or None for the default.
        num_tasks: How many tasks.

    Raises:
        InputError: The data cannot be read.
        ConfigError: The server's address or key will not do.
        ServiceError: The client is not installed.
    """
    benchmark = read_benchmark(folder)
    config = ModelConfig(base_url=base_url, max_seconds=120.0, max_steps=20, max_cost=1.0)
    if model is not None:
        config = ModelConfig(base_url=base_url, model=model, max_seconds=120.0, max_steps=20, max_cost=1.0)
    reasoner = Reasoner(config)
    scores, outcomes, cost, reported = [], [], 0.0, ""
    for task in benchmark.tasks[:num_tasks]:
        presented = present(task, benchmark)
        thought = _think(reasoner, presented, task.instruction)
        scores.append(presented.score())
        outcomes.append(thought.outcome)
        cost += thought.usage.cost
        reported = thought.model or reported
    return ModelRun(model=reported, scores=tuple(scores), outcomes=tuple(outcomes), cost=cost)


def _think(reasoner: Reasoner, presented: Presented, instruction: str) -> Thought:
    tools = [
        Tool(one["function"]["name"], one["function"]["description"], one["function"]["parameters"], is_read_only=False)
        for one in presented.tools
    ]
    messages = ({"role": "system", "content": presented.system_text}, {"role": "user", "content": instruction})
    thinking = reasoner.start(messages, tools)
    while True:
        thinking.wait(_WAIT_S)
        for event in thinking.poll():
            match event:
                case Asked(calls):
                    texts = presented.call_together([(call.name, dict(call.arguments)) for call in calls])
                    pairs = zip(calls, texts, strict=True)
                    thinking.answer(tuple(ToolAnswer(call.call_id, text) for call, text in pairs))
                case Finished(thought):
                    return thought
                case _:
                    pass
