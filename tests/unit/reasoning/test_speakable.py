"""What is spoken is words only, however the text is cut into pieces."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zhixing.reasoning.leaks import leaked_calls
from zhixing.reasoning.speakable import Speakable
from zhixing.reasoning.tools import Tool

CLIMATE = Tool(
    "set_climate",
    "Sets the temperature.",
    {
        "type": "object",
        "properties": {
            "zone": {"type": "string", "enum": ["driver", "all"]},
            "celsius": {"type": "number", "minimum": 16, "maximum": 32},
        },
        "required": ["zone", "celsius"],
        "additionalProperties": False,
    },
    is_read_only=False,
)
WEATHER = Tool("weather", "Tells the weather.", {"type": "object", "properties": {"city": {"type": "string"}}}, True)
TOOLS = {tool.name: tool for tool in (CLIMATE, WEATHER)}
CALL = ("set_climate", {"zone": "driver", "celsius": 21})
KEY = "sk-secret-123"

ARGUMENTS = '{"zone": "driver", "celsius": 21}'
NAMED = f'{{"name": "set_climate", "arguments": {ARGUMENTS}}}'
LEAKS = {
    "hermes": f"<tool_call>\n{NAMED}\n</tool_call>",
    "hermes without an end": f"<tool_call>\n{NAMED}",
    "mistral": f"[TOOL_CALLS][{NAMED}]",
    "mistral by name": f"[TOOL_CALLS]set_climate[ARGS]{ARGUMENTS}",
    "deepseek v3": (
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>set_climate\n"
        f"```json\n{ARGUMENTS}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>"
    ),
    "deepseek v3.1": (
        f"<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>set_climate<｜tool▁sep｜>{ARGUMENTS}<｜tool▁call▁end｜>"
        "<｜tool▁calls▁end｜>"
    ),
    "deepseek v3.2": (
        '<｜DSML｜function_calls>\n<｜DSML｜invoke name="set_climate">\n'
        '<｜DSML｜parameter name="zone" string="true">driver</｜DSML｜parameter>\n'
        '<｜DSML｜parameter name="celsius" string="false">21</｜DSML｜parameter>\n'
        "</｜DSML｜invoke>\n</｜DSML｜function_calls>"
    ),
    "llama 3.1": f"<function=set_climate>{ARGUMENTS}</function>",
    "llama 3.1 built in": f"<|python_tag|>{NAMED}",
    "llama 4": "[set_climate(zone='driver', celsius=21)]",
    "qwen coder": (
        "<tool_call>\n<function=set_climate>\n<parameter=zone>\ndriver\n</parameter>\n"
        "<parameter=celsius>\n21\n</parameter>\n</function>\n</tool_call>"
    ),
    "glm": (
        "<tool_call>set_climate\n<arg_key>zone</arg_key>\n<arg_value>driver</arg_value>\n"
        "<arg_key>celsius</arg_key>\n<arg_value>21</arg_value>\n</tool_call>"
    ),
    "kimi": (
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.set_climate:0<|tool_call_argument_begin|>"
        f"{ARGUMENTS}<|tool_call_end|><|tool_calls_section_end|>"
    ),
    "anthropic": (
        '<function_calls><invoke name="set_climate"><parameter name="zone">driver</parameter>'
        '<parameter name="celsius">21</parameter></invoke></function_calls>'
    ),
    "lm studio": f"[TOOL_REQUEST]{NAMED}[END_TOOL_REQUEST]",
    "internlm": f"<|action_start|><|plugin|>\n{NAMED}<|action_end|>",
    "bare object": NAMED,
    "bare list": f"[ {NAMED} ]",
    "openai's own form": f'{{"tool_calls": [{{"type": "function", "function": {NAMED}}}]}}',
    "fenced": f"```json\n{NAMED}\n```",
    "code": "set_climate(zone='driver', celsius=21)",
    "fenced code": "```python\nset_climate(zone='driver', celsius=21)\n```",
    "name and object": f"functions.set_climate{ARGUMENTS}",
}
OPEN_ENDED = {"hermes without an end", "mistral", "mistral by name", "llama 3.1 built in"}
MARKUP = re.compile(r"[<{}\[\]`]|tool_call|DSML|set_climate|arguments|think|celsius", re.IGNORECASE)


def speak(pieces: list[str]) -> tuple[str, list[str]]:
    mouth = Speakable(names=list(TOOLS), secrets=(KEY,))
    spoken = "".join(mouth.feed(piece) for piece in pieces) + mouth.finish()
    return spoken, mouth.hidden


def cut(text: str, places: set[int]) -> list[str]:
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:stop] for start, stop in pairwise(edges)]


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_leaked_call_is_not_spoken_and_is_read_wherever_it_is_cut(leak: str) -> None:
    text = f"好的。{leak}"
    for place in range(len(text) + 1):
        spoken, hidden = speak([text[:place], text[place:]])
        assert spoken.strip() == "好的。", place
        assert [call for one in hidden for call in leaked_calls(one, TOOLS)] == [CALL], place
    spoken, hidden = speak(list(text))
    assert (spoken.strip(), [call for one in hidden for call in leaked_calls(one, TOOLS)]) == ("好的。", [CALL])


ENDED = [leak for name, leak in LEAKS.items() if name not in OPEN_ENDED]


@pytest.mark.parametrize("leak", ENDED)
def test_what_comes_after_a_leak_is_spoken(leak: str) -> None:
    assert speak([f"{leak} 好了。"])[0].strip() == "好了。"


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("<think>The user is cold.</think>我把温度调高。", "我把温度调高。"),
        ("[THINK]hm[/THINK]Yes.", "Yes."),
        ("<think>never ends", ""),
        ("It is 3 < 5 and 7 > 2.", "It is 3 < 5 and 7 > 2."),
        ("I <3 you", "I <3 you"),
        ("a<b and\nso on", "a<b and\nso on"),
        ("Temperature [°C]: 21", "Temperature [°C]: 21"),
        ("See [OK] and [1].", "See [OK] and [1]."),
        ("The weather is nice (sunny).", "The weather is nice (sunny)."),
        ("weather(city='x') is it.", " is it."),
        ("I called set_climate for you.", "I called  for you."),
        ("<b>Very</b> warm", "Very warm"),
        ("Done.<|im_end|>", "Done."),
        ("Done.<｜end▁of▁sentence｜>", "Done."),
        ("Your key is sk-secret-123!", "Your key is !"),
        ("set_climates are many", "set_climates are many"),
        ("Code: `x`", "Code: `x`"),
        ("Ends with <tool_ca", "Ends with "),
        ("Ends with [TOOL_CA", "Ends with "),
        ("Ends with <", "Ends with "),
        ("bell\x07 and\u0000 null", "bell and null"),
        ("smile \ud83d\ude00 half \ud83d.", "smile 😀 half \ufffd."),
        ("<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Yes.", "Yes."),
    ],
)
def test_words_are_spoken_and_nothing_else(text: str, spoken: str) -> None:
    for place in range(len(text) + 1):
        assert speak([text[:place], text[place:]])[0] == spoken, place
    assert speak(list(text))[0] == spoken


FRAGMENTS = st.sampled_from(
    [
        *LEAKS.values(),
        *("<", "</", "<|", "<｜", "|>", "｜>", ">", "[", "]", "[[", "{", "}", '"', "'", "\\", "`", "```", "\n", " "),
        *("<think>", "</think>", "[THINK]", "[/THINK]", "<tool_call>", "</tool_call>", "[TOOL_CALLS]", "<｜DSML｜"),
        *(
            "set_climate",
            "set_",
            "functions.",
            "weather",
            "(",
            ")",
            "好的",
            "Well",
            "a.b",
            KEY,
            KEY[:5],
            "\ud83d",
            "\ude00",
        ),
        *("x" * 90, "x" * 300, " " * 50, "A_" * 30, "<b " + "y" * 250, "<|" + "z" * 100, "[" + "Q" * 45),
    ]
)


@given(parts=st.lists(FRAGMENTS | st.text(max_size=5), max_size=12), places=st.sets(st.integers(0, 4000), max_size=12))
@example(parts=["[", " " * 50, "{", "}"], places={10})
@example(parts=["[", "A_" * 30, "]"], places={41})
@example(parts=["<|", "z" * 300, ">"], places={290})
@example(parts=[LEAKS["deepseek v3.2"]], places={7})
def test_the_cuts_do_not_matter(parts: list[str], places: set[int]) -> None:
    text = "".join(parts)
    assert speak(cut(text, places)) == speak([text])


@given(
    parts=st.lists(st.sampled_from([*LEAKS.values(), "<think>set_climate</think>", KEY]), min_size=1, max_size=4),
    places=st.sets(st.integers(0, 4000), max_size=12),
)
def test_no_markup_is_ever_spoken(parts: list[str], places: set[int]) -> None:
    spoken, _ = speak(cut("好的。".join(parts), places))
    assert not MARKUP.search(spoken)
    assert KEY not in spoken


@given(st.text(st.characters(exclude_characters="<{[`", exclude_categories=["C"]), max_size=60))
def test_plain_words_are_spoken_as_they_are(text: str) -> None:
    if not any(name in text for name in TOOLS):
        assert speak([text])[0] == text


def test_a_long_text_takes_time_in_proportion_to_its_length() -> None:
    mouth = Speakable(names=list(TOOLS), secrets=(KEY,))
    for _ in range(20_000):
        mouth.feed("{a(")
    assert mouth.finish() == ""
