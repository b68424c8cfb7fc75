"""Who answers: the device what it is sure of, in milliseconds; a language model, where there is one, the rest."""

from __future__ import annotations

from zhixing.cockpit.understand.meaning import Understanding

_MODELS_OWN = frozenset(("news", "weather_station", "clock", "food", "calendar"))
"""What this car cannot do, but a language model can talk about."""
_TOPICS_OF_THE_WORLD = frozenset(("weather", "place_now"))


def is_beyond_us(meaning: Understanding) -> bool:
    """Return whether a language model should have it: asked of the car, and not understood well enough to act on."""
    intents = meaning.intents
    if not intents:
        return False
    first, slots = intents[0], dict(intents[0].slots)
    if len(intents) == 1 and first.name == "absent":
        return first.device == "" or first.device in _MODELS_OWN
    if len(intents) == 1 and first.name == "query":
        return not first.device and (str(slots.get("topic", "")) in _TOPICS_OF_THE_WORLD or not slots.get("topic"))
    is_half_heard = all(not intent.device for intent in intents) and not meaning.talk
    return is_half_heard and meaning.num_unknown >= 2
