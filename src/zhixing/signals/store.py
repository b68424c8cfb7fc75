"""The signal store and its door.

A provider (the vehicle) publishes what is; everybody else may only ask for what is wanted. Rules, in this order:

1. The path exists (else ``UnknownSignalError``), is an actuator (else ``NotWritableError``), and the value has its
   type (else ``WrongTypeError``): a broken contract of the caller.
2. The value is within the catalogue's limits, and somebody provides the actuator: else :class:`Refused`.
3. The guards: forbidden is :class:`Refused`, what needs a yes is :class:`NeedsYes`, all else :class:`Granted`.

A yes is given with the token of the question, from the zone that asked, in time, once, and counts for the rules that
asked; the guards are asked again. What was granted and becomes forbidden before it is done (the car drives off, a child
lock is set, nobody knows any more how fast the car is) is withdrawn. Where nobody in the car asks (another program),
there is nobody to say yes: what needs one is refused.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.signal import Granted, Leaf, NeedsYes, Outcome, Refused, SetRequest, Value, Zone
from zhixing.datatypes.units import ns_from_s
from zhixing.errors import NotWritableError
from zhixing.signals.catalogue import Catalogue
from zhixing.signals.guards import SPEED, STATES_THAT_FORBID, Circumstances, Confirm, Forbid, Guards, Judgement
from zhixing.signals.readings import Readings
from zhixing.signals.values import check_type, is_allowed

YES_WITHIN_S = 15.0
_MAX_QUESTIONS_A_ZONE = 16
_MAX_AUDIT = 1000

OUT_OF_RANGE, NO_PROVIDER, NOT_WHOLE = "catalogue-limits", "no-provider", "batch-not-whole"


@dataclass(frozen=True, slots=True)
class _Question:
    requests: tuple[SetRequest, ...]
    zone: Zone
    expires_ns: int
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One decision of the door: what was asked, what was answered, when."""

    time_ns: int
    outcome: Outcome


class SignalStore(Readings):
    """Current and target values of all signals, and the door.

    Args:
        catalogue: Which signals there are.
        guards: Who stands in the door.
        clock: Now, in nanoseconds.
        make_token: A fresh, unguessable text for each question; replaced in replays.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        guards: Guards,
        clock: Callable[[], int],
        make_token: Callable[[], str] = lambda: secrets.token_urlsafe(12),
    ) -> None:
        super().__init__(catalogue, clock)
        self.audit: deque[AuditEntry] = deque(maxlen=_MAX_AUDIT)
        self._guards = guards
        self._make_token = make_token
        self._granted: dict[str, SetRequest] = {}
        self._questions: OrderedDict[str, _Question] = OrderedDict()

    def hand_on(self, path: str, to: str, value: Value) -> None:
        """Carry out the open wish for one actuator by another one; for the provider of both.

        The other is wanted by the same person from then on, and withdrawn when the guards would forbid it.

        Raises:
            UnknownSignalError: A path does not exist.
            NotWritableError: The first is not wanted, or the second has no provider.
            WrongTypeError: The value is not of the second's type.
        """
        provision = self._entry(to).provision
        if self._entry(path).target is None or provision is None or not provision.can_move(to):
            raise NotWritableError(f"{path} cannot be handed on to {to}", hint="Hand on an open wish to an actuator.")
        self._pursue(self._checked(replace(self._granted[path], path=to, value=value)))

    def request(self, request: SetRequest) -> Outcome:
        """Ask for one change; see :meth:`request_all`."""
        return self.request_all((request,))[0]

    def request_all(self, requests: Sequence[SetRequest], *, is_atomic: bool = False) -> tuple[Outcome, ...]:
        """Ask for changes that belong together, and return one answer for each.

        What needs a yes is asked once for the whole batch: the same token confirms all of it, and until then nothing
        of it that the question is about is done. Free changes of the batch are done at once.

        Args:
            requests: In any order.
            is_atomic: All is done or nothing: what would be granted is refused where anything else is not.

        Raises:
            UnknownSignalError: A path does not exist; nothing is done.
            NotWritableError: A path is no actuator; nothing is done.
            WrongTypeError: A value has the wrong type; nothing is done.
        """
        checked = tuple(self._checked(request) for request in requests)
        return self._decide(checked, accepted=frozenset(), is_atomic=is_atomic)

    def needing_yes(self, requests: Sequence[SetRequest]) -> tuple[SetRequest, ...]:
        """Return those of a batch that would be asked about, so that a caller can hold back the rest until the yes."""
        verdicts = self._judge(requests)
        return tuple(r for r, verdict in zip(requests, verdicts, strict=True) if isinstance(verdict, Confirm))

    def confirm(self, token: str, zone: Zone) -> tuple[Outcome, ...]:
        """Say yes to a question; only its own zone can, once and in time. The guards are asked again.

        Returns:
            One answer for each request of the question; empty if there is no such question (any more).
        """
        question = self._questions.get(token)
        if question is None or zone is not question.zone:
            return ()
        del self._questions[token]
        if self._clock() > question.expires_ns:
            return ()
        return self._decide(question.requests, accepted=question.rules)

    def deny(self, token: str, zone: Zone) -> None:
        """Say no to a question, from the zone that asked: it is forgotten."""
        question = self._questions.get(token)
        if question is not None and zone is question.zone:
            del self._questions[token]

    def _judge(self, requests: Sequence[SetRequest], accepted: frozenset[str] = frozenset()) -> tuple[Judgement, ...]:
        setters = {path: request.source for path, request in self._granted.items()}
        return self._guards.judge(Circumstances(self._values, requests, setters, self._wanted), accepted)

    def _decide(
        self, requests: tuple[SetRequest, ...], accepted: frozenset[str], *, is_atomic: bool = False
    ) -> tuple[Outcome, ...]:
        verdicts = self._judge(requests, accepted)
        refusals = [self._refusal(request, verdict) for request, verdict in zip(requests, verdicts, strict=True)]
        is_whole = not is_atomic or all(
            refusal is None and verdict is None for refusal, verdict in zip(refusals, verdicts, strict=True)
        )
        asked = tuple(r for r, verdict in zip(requests, verdicts, strict=True) if isinstance(verdict, Confirm))
        rules = accepted.union(*(verdict.rules for verdict in verdicts if isinstance(verdict, Confirm)))
        token, expires_ns = "", self._clock() + ns_from_s(YES_WITHIN_S)
        outcomes: list[Outcome] = []
        for request, verdict, refusal in zip(requests, verdicts, refusals, strict=True):
            if refusal is not None:
                outcomes.append(refusal)
            elif not is_whole:
                outcomes.append(Refused(request=request, rule=NOT_WHOLE, say=_NOT_WHOLE))
            elif isinstance(verdict, Confirm) and asked[0].zone is not None:
                token = token or self._ask(_Question(asked, asked[0].zone, expires_ns, rules))
                outcomes.append(
                    NeedsYes(
                        request=request, rule=verdict.rules[0], ask=verdict.say, token=token, expires_ns=expires_ns
                    )
                )
            else:
                self._grant(request)
                outcomes.append(Granted(request=request))
        now = self._clock()
        self.audit.extend(AuditEntry(now, outcome) for outcome in outcomes)
        return tuple(outcomes)

    def _refusal(self, request: SetRequest, verdict: Judgement) -> Refused | None:
        entry = self._entries[request.path]
        if not is_allowed(entry.leaf, request.value):
            return Refused(request=request, rule=OUT_OF_RANGE, say=_limits(entry.leaf))
        if entry.provision is None or not entry.provision.can_move(request.path):
            return Refused(request=request, rule=NO_PROVIDER, say=_SILENT if entry.is_stale else _NO_PROVIDER)
        if isinstance(verdict, Forbid):
            is_blind = SPEED in self.catalogue and SPEED not in self._values
            is_for_blindness = is_blind and self._guards.looks_at_motion(verdict.rule)
            return Refused(request=request, rule=verdict.rule, say=_BLIND if is_for_blindness else verdict.say)
        if isinstance(verdict, Confirm) and request.zone is None:
            return Refused(request=request, rule=verdict.rules[0], say=_NOBODY_TO_ASK)
        return None

    def _ask(self, question: _Question) -> str:
        token = self._make_token()
        same = [other for other, open_one in self._questions.items() if open_one.zone is question.zone]
        for oldest in same[: len(same) + 1 - _MAX_QUESTIONS_A_ZONE]:
            del self._questions[oldest]
        self._questions[token] = question
        return token

    def _grant(self, request: SetRequest) -> None:
        if self._values.get(request.path) == request.value and request.path not in self._wanted:
            return
        self._pursue(request)

    def _pursue(self, request: SetRequest) -> None:
        first = self._granted[request.path] if request.path in self._wanted else None
        # What the car wants already stays the car's when a person asks for the same.
        if not (first and first.source == "system" and first.value == request.value):
            self._granted[request.path] = request
        self._set_target(request.path, request.value)
        self._tell_provider(request.path, request.value)

    def _tell_provider(self, path: str, value: Value) -> None:
        provision = self._entries[path].provision
        if provision is not None:
            provision.on_target(path, value)

    def _has_changed(self, path: str) -> None:
        if self._wanted and path in STATES_THAT_FORBID:
            self._withdraw_forbidden()

    def _withdraw_forbidden(self) -> None:
        """Let go of what was granted, is not done yet, and would be forbidden now.

        The car has driven off, or a child lock is on. The provider is told to leave it as it is; no target is open
        then.
        """
        for path in list(self._wanted):
            if path not in self._wanted:
                continue  # it has just gone with another
            request = self._granted[path]
            (verdict,) = self._judge((request,))
            if isinstance(verdict, Forbid):
                self._drop_target(path)
                self.audit.append(
                    AuditEntry(self._clock(), Refused(request=request, rule=verdict.rule, say=verdict.say))
                )
                current = self._entries[path].value
                if current is not None and not isinstance(current, tuple):
                    self._tell_provider(path, current)

    def _checked(self, request: SetRequest) -> SetRequest:
        leaf = self._entry(request.path).leaf
        if leaf.kind != "actuator":
            raise NotWritableError(
                f"{request.path} is a {leaf.kind}, it cannot be set", hint="Only actuators can be asked to change."
            )
        value = check_type(leaf, request.value)
        if value is request.value or isinstance(value, tuple):
            return request
        return replace(request, value=value)


_NO_PROVIDER = Localized("这辆车没有这个功能", "This car cannot do that.", "Das kann dieses Auto nicht.")

_SILENT = Localized(
    "现在联系不上车辆，暂时做不到。", "The car does not answer right now.", "Das Fahrzeug antwortet gerade nicht."
)
_BLIND = Localized(
    "现在读不到车速，为了安全先不动。",
    "I can't read the speed right now, so I'd better leave that as it is.",
    "Ich bekomme gerade kein Tempo gemeldet, darum bleibt das vorsichtshalber so.",
)
_NOBODY_TO_ASK = Localized(
    "这需要车里的人确认，请在车内操作。",
    "Somebody in the car must agree to that. Ask for it from inside.",
    "Dem muss jemand im Auto zustimmen. Bitte im Auto danach fragen.",
)
_NOT_WHOLE = Localized(
    "同一批里有一项不能执行，所以都没有执行。",
    "Something else of the same batch was refused, so nothing was done.",
    "Etwas anderes aus demselben Paket wurde abgelehnt, darum ist nichts geschehen.",
)


_SPOKEN_UNITS = {"s": ("秒", " seconds", " Sekunden"), "km/h": ("公里", " km/h", " km/h")}


def _limits(leaf: Leaf) -> Localized:
    """Return what is possible instead of a value outside the limits."""
    if leaf.allowed:
        choices = ", ".join(map(str, leaf.allowed))
        return Localized(f"只能设为：{choices}", f"Possible are: {choices}.", f"Möglich sind: {choices}.")
    if leaf.min is None or leaf.max is None:
        return Localized("这个值不行", "That value is not possible.", "Dieser Wert ist nicht möglich.")
    unit = {"percent": "%", "Celsius": " °C"}.get(leaf.unit, f" {leaf.unit}".rstrip())
    zh, en, de = _SPOKEN_UNITS.get(leaf.unit, (unit, unit, unit))
    low, high = f"{leaf.min:g}", f"{leaf.max:g}"
    return Localized(
        f"只能设在{low}到{high}{zh}之间",
        f"It can be set from {low} to {high}{en}.",
        f"Möglich ist {low.replace('.', ',')} bis {high.replace('.', ',')}{de}.",
    )
