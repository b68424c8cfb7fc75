"""One utterance on its way to an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zhixing.cockpit.speech import Speech
from zhixing.datatypes.dialogue import Intent, Turn, TurnOutcome, Utterance
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.signal import Outcome, SetRequest


@dataclass(frozen=True, slots=True)
class Hearing:
    """An utterance, in which language it was, and how to answer it; ``by``: who understood it."""

    utterance: Utterance
    lang: Lang
    speech: Speech
    by: Literal["grammar", "model"] = "grammar"

    def turn(
        self,
        outcome: TurnOutcome,
        reply: str,
        intents: tuple[Intent, ...] = (),
        requests: tuple[SetRequest, ...] = (),
        outcomes: tuple[Outcome, ...] = (),
    ) -> Turn:
        """Return the answer to the utterance."""
        return Turn(
            utterance=self.utterance,
            lang=self.lang,
            outcome=outcome,
            reply=reply,
            intents=intents,
            requests=requests,
            outcomes=outcomes,
            by=self.by,
        )
