"""Ctrl-C comes between two steps."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from zhixing.runtime.interrupts import interrupts_between_steps


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def three_steps(done: list[int]) -> None:
    with interrupts_between_steps() as check:
        for step in range(3):
            check()
            if step == 1:
                press()
            done.append(step)


def pressed_twice() -> None:
    with interrupts_between_steps():
        press()
        press()
        pytest.fail("it waited")


def test_it_waits_for_the_end_of_a_step() -> None:
    before = signal.getsignal(signal.SIGINT)
    done: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        three_steps(done)
    assert done == [0, 1]
    assert signal.getsignal(signal.SIGINT) is before


def test_who_presses_twice_does_not_wait() -> None:
    with pytest.raises(KeyboardInterrupt):
        pressed_twice()


def test_elsewhere_than_in_the_main_thread_nothing_changes() -> None:
    before, failed = signal.getsignal(signal.SIGINT), []

    def run() -> None:
        with interrupts_between_steps() as check:
            check()
            failed.append(signal.getsignal(signal.SIGINT) is not before)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert failed == [False]
