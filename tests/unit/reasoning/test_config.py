"""To whom the car talks, and which key goes where."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from zhixing.errors import ConfigError, InputError, ServiceError
from zhixing.reasoning.config import ModelConfig
from zhixing.reasoning.credentials import Key, find_key, find_proxy
from zhixing.reasoning.reasoner import Reasoner
from zhixing.reasoning.tools import Tool

KEY = "sk-secret-123"
HOME = "http://127.0.0.1:8080/v1"


@pytest.mark.parametrize(
    "setting",
    [
        {"max_steps": 0},
        {"max_steps": 101},
        {"max_retries": -1},
        {"max_seconds": math.nan},
        {"max_seconds": math.inf},
        {"connect_timeout_s": 0},
        {"price_input_per_mtok": -0.1},
        {"temperature": 2.1},
        {"temperature": math.nan},
        {"model": ""},
        {"model": "a\nb"},
        {"thinking_switch": "on"},
        {"schema_mode": "on"},
        {"base_url": "api.deepseek.com"},
        {"base_url": "ftp://x"},
        {"base_url": "https://"},
        {"base_url": "http://[::1"},
        {"base_url": "https://x:99999"},
        {"base_url": "https://user:pass@x"},
        {"base_url": "https://x/?key=1"},
    ],
)
def test_settings_out_of_range_are_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        ModelConfig(**setting)


def test_settings_can_be_gathered_and_a_typo_is_an_error() -> None:
    gather = TypeAdapter(ModelConfig).validate_python
    assert gather({"max_steps": "3", "thinking": "true"}) == ModelConfig(max_steps=3, thinking=True)
    with pytest.raises(ValidationError):
        gather({"max_step": 3})
    with pytest.raises(ConfigError):
        gather({"max_steps": 0})


@pytest.mark.parametrize(
    ("address", "environment", "key"),
    [
        ("https://api.deepseek.com", {"DEEPSEEK_API_KEY": KEY}, KEY),
        ("https://api.deepseek.com", {"DEEPSEEK_API_KEY": "other", "ZHIXING_LLM_KEY": f" {KEY}\n"}, KEY),
        ("https://api.deepseek.com", {"OPENAI_API_KEY": KEY}, ""),
        ("https://api.openai.com/v1", {"DEEPSEEK_API_KEY": "other", "OPENAI_API_KEY": KEY}, KEY),
        ("https://deepseek.com.evil.example", {"DEEPSEEK_API_KEY": KEY}, ""),
        ("https://example.org/v1", {"DEEPSEEK_API_KEY": KEY, "OPENAI_API_KEY": KEY}, ""),
        ("https://example.org/v1", {"ZHIXING_LLM_KEY": KEY}, KEY),
        (HOME, {"ZHIXING_LLM_KEY": KEY}, KEY),
        ("http://localhost:1", {"ZHIXING_LLM_KEY": KEY}, KEY),
        ("http://[::1]:1", {"ZHIXING_LLM_KEY": KEY}, KEY),
        ("http://10.0.0.7:8000/v1", {}, ""),
        (HOME, {"ZHIXING_LLM_KEY": "  "}, ""),
    ],
)
def test_a_key_goes_to_its_own_host_only(address: str, environment: dict[str, str], key: str) -> None:
    found = find_key(ModelConfig(base_url=address), environment)
    assert found.reveal() == (key or "none")
    assert bool(found) == bool(key)


@pytest.mark.parametrize("host", ["10.0.0.7", "example.org", "localhost.example.org", "127.0.0.1.example.org"])
def test_a_key_never_travels_unencrypted_to_another_machine(host: str) -> None:
    with pytest.raises(ConfigError, match=host) as caught:
        Reasoner(ModelConfig(base_url=f"http://{host}:8000/v1"), {"ZHIXING_LLM_KEY": KEY})
    assert KEY not in f"{caught.value!r} {caught.value.hint}"


@pytest.mark.parametrize("text", ["a b c d", "schlüssel", "x\ty z", "abc", "sk-\x07bell"])
def test_what_can_be_no_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        find_key(ModelConfig(), {"ZHIXING_LLM_KEY": text})
    assert text not in str(caught.value)


def test_a_key_does_not_show_itself() -> None:
    key = Key(KEY)
    reasoner = Reasoner(ModelConfig(base_url=HOME), {"ZHIXING_LLM_KEY": KEY})
    assert reasoner.has_key
    for text in (repr(key), str(key), f"{key}", repr([key]), repr(vars(reasoner)), repr(reasoner)):
        assert KEY not in text
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(ConfigError):
            write(key)


@pytest.mark.parametrize(
    ("address", "environment", "proxy"),
    [
        ("https://api.deepseek.com", {"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ("https://api.deepseek.com", {"http_proxy": "http://proxy:3128"}, None),
        ("https://api.deepseek.com", {"all_proxy": "http://proxy:1", "no_proxy": "deepseek.com"}, None),
        ("https://api.deepseek.com", {"all_proxy": "socks5://proxy:1"}, None),
        (HOME, {"http_proxy": "http://proxy:3128", "ALL_PROXY": "http://proxy:3128"}, None),
        ("http://localhost:1", {"http_proxy": "http://proxy:3128"}, None),
    ],
)
def test_a_proxy_is_taken_for_other_machines_only(address: str, environment: dict[str, str], proxy: str | None) -> None:
    assert find_proxy(ModelConfig(base_url=address), environment) == proxy


def test_without_the_client_the_way_to_get_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ServiceError) as caught:
        Reasoner(ModelConfig(), {})
    assert caught.value.hint == "pip install 'zhixing[llm]'"


def test_two_tools_of_one_name_or_an_unknown_rule_are_the_callers_mistake() -> None:
    reasoner = Reasoner(ModelConfig(base_url=HOME), {})
    tool = Tool("x", "", {"type": "object"}, is_read_only=True)
    with pytest.raises(InputError):
        reasoner.start([], [tool, tool])
    with pytest.raises(InputError):
        reasoner.start([], schema={"oneOf": []})
