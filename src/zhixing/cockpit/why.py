"""Answers to "why did you brake?": from what the driver has written down, and from nothing else."""

from __future__ import annotations

from zhixing.cockpit.speech import Speech
from zhixing.datatypes.driving_account import Account, Cause, Deed, Episode
from zhixing.datatypes.units import kmh_from_mps, ns_from_s, s_from_ns

_RECENT_NS = ns_from_s(120.0)
"""Who asks means something of the last minutes."""
_JUST_NOW_S, _MINUTE_S = 20.0, 60.0
_STANDS_MPS = 0.3
_SLOW_SHARE = 0.8
"""Below this share of the signed limit there is something that keeps the car slow."""
_DEEDS: dict[str, Deed] = {"brake": "braked", "stop": "stood", "move": "changed-lane"}
_NEAR: dict[Deed, Deed] = {"stood": "braked", "braked": "stood"}
"""Where nothing of the one kind happened, the other may be meant: people say "why did you stop" of hard braking."""


def tell(about: str, account: Account | None, speech: Speech) -> str:
    """Return the answer to a question why.

    Args:
        about: ``brake``, ``stop``, ``slow``, ``wait`` or ``move``.
        account: Of the driver of software; None where none drives.
        speech: In whose language.
    """
    if account is None:
        return speech.why("no_driver")
    if about == "wait":
        if account.speed_mps < _STANDS_MPS:
            return _now("stands", account.cause, speech)
        return speech.why("not_standing", v=f"{kmh_from_mps(account.speed_mps):.0f}")
    if about == "slow":
        return _slow(account, speech)
    deed = _DEEDS[about]
    episode = _latest(account, deed)
    if episode is None and deed in _NEAR:
        near = _latest(account, _NEAR[deed])
        if near is not None:
            return speech.sentences([speech.why(f"no_{deed}"), _told(near, account, speech)])
    return speech.why(f"no_{deed}") if episode is None else _told(episode, account, speech)


def _slow(account: Account, speech: Speech) -> str:
    if account.speed_mps < _STANDS_MPS:
        return _now("stands", account.cause, speech)
    if account.episodes and account.episodes[-1].ended_ns is None:
        return _told(account.episodes[-1], account, speech)
    speed = f"{kmh_from_mps(account.speed_mps):.0f}"
    if account.limit_mps is not None and account.speed_mps >= _SLOW_SHARE * account.limit_mps:
        return speech.why("at_limit", v=speed, limit=f"{kmh_from_mps(account.limit_mps):.0f}")
    if account.speed_mps >= _SLOW_SHARE * account.wished_mps:
        return speech.why("capped", v=speed, cap=f"{kmh_from_mps(account.wished_mps):.0f}")
    return _now("drives", account.cause, speech, v=speed)


def _latest(account: Account, deed: Deed) -> Episode | None:
    return next(
        (
            one
            for one in reversed(account.episodes)
            if one.deed == deed and (one.ended_ns is None or account.time_ns - one.ended_ns <= _RECENT_NS)
        ),
        None,
    )


def _told(episode: Episode, account: Account, speech: Speech) -> str:
    if episode.ended_ns is None:
        key = {"braked": "brakes", "stood": "stands", "changed-lane": "changed-lane"}[episode.deed]
        return _now(key, episode.cause, speech)
    past_s = s_from_ns(account.time_ns - episode.ended_ns)
    ago = "just_now" if past_s < _JUST_NOW_S else "minute_ago" if past_s >= _MINUTE_S else "ago"
    return speech.why(
        episode.deed,
        when=speech.why(ago, n=f"{past_s:.0f}"),
        because=episode.cause.because.in_lang(speech.lang),
        a=f"{kmh_from_mps(episode.from_mps):.0f}",
        b=f"{kmh_from_mps(episode.to_mps):.0f}",
        n=f"{max(1.0, s_from_ns(episode.ended_ns - episode.began_ns)):.0f}",
    )


def _now(key: str, cause: Cause, speech: Speech, **values: str) -> str:
    return speech.why(key, because=cause.because.in_lang(speech.lang), **values)
