"""The signal store and its door.

A provider (the vehicle) publishes what is; everybody else may only ask for what is wanted. Rules, in this order:

1. The path exists (else ``UnknownSignalError``), is an actuator (else ``NotWritableError``), and the value has its
   type (else ``WrongTypeError``): a broken contract of the caller.
2. The value is within the catalogue's limits, and somebody provides the actuator: else :class:`Refused`.
3. The guards: forbidden is :class:`Refused`, what needs a yes is :class:`NeedsYes`, all else :class:`Granted`.

A yes is given with the token of the question, from the zone that asked, in time, once, and counts for the rules that
asked; the guards are asked again. What was granted and becomes forbidden before it is done (the car drives off, a child
lock is set) is withdrawn.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.signal import Granted, Leaf, NeedsYes, Outcome, Refused, Sample, SetRequest, Value, Zone
from zhixing.datatypes.units import ns_from_s
from zhixing.errors import NotWritableError, OutOfRangeError, UnknownSignalError
from zhixing.signals.catalogue import Catalogue, check_type, is_allowed
from zhixing.signals.guards import STATES_THAT_FORBID, Circumstances, Confirm, Forbid, Guards, Judgement

YES_WITHIN_S = 15.0
_MAX_QUESTIONS_A_ZONE = 16
_MAX_AUDIT = 1000

OUT_OF_RANGE, NO_PROVIDER = "catalogue-limits", "no-provider"


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


class SignalStore:
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
        self.catalogue = catalogue
        self.audit: deque[AuditEntry] = deque(maxlen=_MAX_AUDIT)
        self._guards = guards
        self._clock = clock
        self._make_token = make_token
        now = clock()
        self._current: dict[str, Sample] = {path: Sample(leaf.default, now) for path, leaf in catalogue.items()}
        self._values: dict[str, Value] = {path: leaf.default for path, leaf in catalogue.items()}
        self._target: dict[str, Sample] = {}
        self._changed: OrderedDict[str, int] = OrderedDict((path, 0) for path in catalogue)
        self._revision = 0
        self._providers: dict[str, Callable[[str, Value], None]] = {}
        self._watchers: dict[int, Callable[[str, Value], None]] = {}
        self._granted: dict[str, SetRequest] = {}
        self._questions: OrderedDict[str, _Question] = OrderedDict()

    def value(self, path: str) -> Value:
        """Return the current value.

        Raises:
            UnknownSignalError: No signal has this path.
        """
        return self.sample(path).value

    def sample(self, path: str) -> Sample:
        """Return the current value and when it was reported.

        Raises:
            UnknownSignalError: No signal has this path.
        """
        self._leaf(path)
        return self._current[path]

    def target(self, path: str) -> Value | None:
        """Return the wanted value while the vehicle has not reported it yet, else None.

        Raises:
            UnknownSignalError: No signal has this path.
        """
        self._leaf(path)
        wanted = self._target.get(path)
        return wanted.value if wanted else None

    def snapshot(self) -> Mapping[str, Value]:
        """Return all current values; a copy."""
        return dict(self._values)

    def changes_since(self, revision: int) -> tuple[int, dict[str, Value], dict[str, Value | None]]:
        """Return the newest revision, and the values and open targets that have changed since an older one.

        A revision below 0 means everything. However late somebody asks, the answer is at most one entry a signal.
        """
        values: dict[str, Value] = {}
        targets: dict[str, Value | None] = {}
        for path in reversed(self._changed):
            if self._changed[path] <= revision:
                break
            values[path] = self._values[path]
            wanted = self._target.get(path)
            targets[path] = wanted.value if wanted else None
        return self._revision, values, targets

    def watch(self, callback: Callable[[str, Value], None]) -> Callable[[], None]:
        """Call back with path and value whenever a current value changes; the answer ends the watch."""
        key = max(self._watchers, default=0) + 1
        self._watchers[key] = callback
        return lambda: self._watchers.pop(key, None) and None

    def provide(self, paths: Sequence[str], on_target: Callable[[str, Value], None]) -> None:
        """Become the provider of actuators: told every new target, and expected to publish what comes of it.

        Raises:
            UnknownSignalError: A path does not exist.
            NotWritableError: A path is no actuator, or has a provider already.
        """
        for path in paths:
            if self._leaf(path).kind != "actuator" or path in self._providers:
                raise NotWritableError(f"{path} is no actuator or has a provider", hint="One provider per actuator.")
        self._providers.update(dict.fromkeys(paths, on_target))

    def hand_on(self, path: str, to: str, value: Value) -> None:
        """Carry out the open wish for one actuator by another one; for the provider of both.

        The other is wanted by the same person from then on, and withdrawn when the guards would forbid it.

        Raises:
            UnknownSignalError: A path does not exist.
            NotWritableError: The first is not wanted, or the second has no provider.
            WrongTypeError: The value is not of the second's type.
        """
        self._leaf(path)
        if path not in self._target or self._leaf(to).path not in self._providers:
            raise NotWritableError(f"{path} cannot be handed on to {to}", hint="Hand on an open wish to an actuator.")
        self._pursue(self._checked(replace(self._granted[path], path=to, value=value)))

    def publish(self, path: str, value: Value, time_ns: int) -> None:
        """Report a current value; for providers only.

        Raises:
            UnknownSignalError: No signal has this path.
            WrongTypeError: The value is not of the signal's type.
            OutOfRangeError: The value is outside the signal's limits.
        """
        value = self.check(path, value)
        self._current[path] = Sample(value, time_ns)
        wanted = self._target.get(path)
        is_reached = wanted is not None and wanted.value == value
        if is_reached:
            del self._target[path]
        if self._values[path] != value:
            self._values[path] = value
            self._touch(path)
            for callback in list(self._watchers.values()):
                callback(path, value)
            if path in STATES_THAT_FORBID:
                self._withdraw_forbidden()
        elif is_reached:
            self._touch(path)

    def check(self, path: str, value: Value) -> Value:
        """Return a value as the signal's type has it, if it could be published.

        Raises:
            UnknownSignalError: No signal has this path.
            WrongTypeError: The value is not of the signal's type.
            OutOfRangeError: The value is outside the signal's limits.
        """
        leaf = self._leaf(path)
        value = check_type(leaf, value)
        if not is_allowed(leaf, value):
            raise OutOfRangeError(f"{path} cannot be {value!r}", hint="Publish what the catalogue allows.")
        return value

    def request(self, request: SetRequest) -> Outcome:
        """Ask for one change; see :meth:`request_all`."""
        return self.request_all((request,))[0]

    def request_all(self, requests: Sequence[SetRequest]) -> tuple[Outcome, ...]:
        """Ask for changes that belong together, and return one answer for each.

        What needs a yes is asked once for the whole batch: the same token confirms all of it, and until then nothing
        of it that the question is about is done. Free changes of the batch are done at once.

        Raises:
            UnknownSignalError: A path does not exist; nothing is done.
            NotWritableError: A path is no actuator; nothing is done.
            WrongTypeError: A value has the wrong type; nothing is done.
        """
        checked = tuple(self._checked(request) for request in requests)
        return self._decide(checked, accepted=frozenset())

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
        wanted = {path: sample.value for path, sample in self._target.items()}
        setters = {path: request.source for path, request in self._granted.items()}
        return self._guards.judge(Circumstances(self._values, requests, setters, wanted), accepted)

    def _decide(self, requests: tuple[SetRequest, ...], accepted: frozenset[str]) -> tuple[Outcome, ...]:
        verdicts = self._judge(requests, accepted)
        asked = tuple(r for r, verdict in zip(requests, verdicts, strict=True) if isinstance(verdict, Confirm))
        rules = accepted.union(*(verdict.rules for verdict in verdicts if isinstance(verdict, Confirm)))
        token, expires_ns = "", self._clock() + ns_from_s(YES_WITHIN_S)
        outcomes: list[Outcome] = []
        for request, verdict in zip(requests, verdicts, strict=True):
            leaf = self.catalogue[request.path]
            if not is_allowed(leaf, request.value):
                outcomes.append(Refused(request=request, rule=OUT_OF_RANGE, say=_limits(leaf)))
            elif request.path not in self._providers:
                outcomes.append(Refused(request=request, rule=NO_PROVIDER, say=_NO_PROVIDER))
            elif isinstance(verdict, Forbid):
                outcomes.append(Refused(request=request, rule=verdict.rule, say=verdict.say))
            elif isinstance(verdict, Confirm):
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

    def _ask(self, question: _Question) -> str:
        token = self._make_token()
        same = [other for other, open_one in self._questions.items() if open_one.zone is question.zone]
        for oldest in same[: len(same) + 1 - _MAX_QUESTIONS_A_ZONE]:
            del self._questions[oldest]
        self._questions[token] = question
        return token

    def _grant(self, request: SetRequest) -> None:
        if self._values[request.path] == request.value and request.path not in self._target:
            return
        self._pursue(request)

    def _pursue(self, request: SetRequest) -> None:
        first = self._granted[request.path] if request.path in self._target else None
        # What the car wants already stays the car's when a person asks for the same.
        if not (first and first.source == "system" and first.value == request.value):
            self._granted[request.path] = request
        self._target[request.path] = Sample(request.value, self._clock())
        self._touch(request.path)
        self._providers[request.path](request.path, request.value)

    def _withdraw_forbidden(self) -> None:
        """Let go of what was granted, is not done yet, and would be forbidden now.

        The car has driven off, or a child lock is on. The provider is told to leave it as it is; no target is open
        then.
        """
        for path in list(self._target):
            request = self._granted[path]
            (verdict,) = self._judge((request,))
            if isinstance(verdict, Forbid):
                del self._target[path]
                self._touch(path)
                self.audit.append(
                    AuditEntry(self._clock(), Refused(request=request, rule=verdict.rule, say=verdict.say))
                )
                self._providers[path](path, self._values[path])

    def _checked(self, request: SetRequest) -> SetRequest:
        leaf = self._leaf(request.path)
        if leaf.kind != "actuator":
            raise NotWritableError(
                f"{request.path} is a {leaf.kind}, it cannot be set", hint="Only actuators can be asked to change."
            )
        value = check_type(leaf, request.value)
        if value is request.value:
            return request
        return SetRequest(path=request.path, value=value, zone=request.zone, source=request.source)

    def _leaf(self, path: str) -> Leaf:
        leaf = self.catalogue.get(path)
        if leaf is None:
            raise UnknownSignalError(f"no signal is called {path!r}", hint="zhixing signals lists them.")
        return leaf

    def _touch(self, path: str) -> None:
        self._revision += 1
        self._changed[path] = self._revision
        self._changed.move_to_end(path)


_NO_PROVIDER = Localized("这辆车没有这个功能", "This car cannot do that.", "Das kann dieses Auto nicht.")


def _limits(leaf: Leaf) -> Localized:
    """Return what is possible instead of a value outside the limits."""
    if leaf.allowed:
        choices = ", ".join(leaf.allowed)
        return Localized(f"只能设为：{choices}", f"Possible are: {choices}.", f"Möglich sind: {choices}.")
    if leaf.min is None or leaf.max is None:
        return Localized("这个值不行", "That value is not possible.", "Dieser Wert ist nicht möglich.")
    unit = {"percent": "%", "Celsius": " °C"}.get(leaf.unit, f" {leaf.unit}".rstrip())
    low, high = f"{leaf.min:g}", f"{leaf.max:g}"
    return Localized(
        f"只能设在{low}到{high}{unit}之间",
        f"It can be set from {low} to {high}{unit}.",
        f"Möglich ist {low} bis {high}{unit}.",
    )
