"""How many threads think at the same time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from zhixing.reasoning.config import ModelConfig
from zhixing.reasoning.reasoner import Reasoner
from zhixing.reasoning.thinking import Thinking
from zhixing.reasoning.thought import Finished

MOST = 8


@pytest.fixture
def silent_url() -> Iterator[str]:
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"


def workers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "reasoner"]


def begin(reasoner: Reasoner) -> Thinking:
    return reasoner.start([{"role": "user", "content": "hi"}])


def test_a_burst_of_thoughts_takes_no_more_than_a_few_threads(silent_url: str) -> None:
    reasoner = Reasoner(ModelConfig(base_url=silent_url, model="any"), {})
    thoughts = [begin(reasoner) for _ in range(200)]
    assert len(workers()) <= MOST
    for one in thoughts[MOST:]:
        assert one.wait(0.0)
        assert one.thought is not None
        assert one.thought.outcome == "out_of_time"
        assert one.thought.detail == "8 earlier requests have not ended yet"
        assert [type(event) for event in one.poll()] == [Finished]
    for one in thoughts[:MOST]:
        assert one.thought is None
        one.cancel()
    for worker in workers():
        worker.join(5.0)
    again = begin(reasoner)
    assert again.thought is None
    again.cancel()
    for worker in workers():
        worker.join(5.0)


def test_a_machine_without_threads_ends_the_thought(silent_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reasoner = Reasoner(ModelConfig(base_url=silent_url, model="any"), {})

    def fail(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        for _ in range(20):
            thought = begin(reasoner).thought
            assert thought is not None
            assert (thought.outcome, thought.detail) == ("out_of_time", "this machine has no thread left")
