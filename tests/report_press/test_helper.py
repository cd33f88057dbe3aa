"""A process beside this one: what it was asked arrives, and whatever happens to it is no work that was done."""

from __future__ import annotations

import operator
import signal
import subprocess
import sys

import pytest
from processes import runs, wait_for

from report_press import Helper, HelperError


def test_answers_arrive_and_the_last_question_counts() -> None:
    with Helper("operator") as helper:
        helper.ask(operator.add, 1, 2)
        helper.ask(operator.add, 3, 4)
        assert helper.answer("adding") == 7
        helper.ask(operator.truediv, 1, 0)
        with pytest.raises(HelperError, match=r"^dividing failed: ZeroDivisionError"):
            helper.answer("dividing")
        helper.ask(operator.add, 5, 6)
        assert helper.answer("adding") == 11


def test_a_process_that_dies_has_done_nothing() -> None:
    with Helper("operator") as helper:
        helper.start().kill()
        helper.ask(operator.add, 1, 2)
        with pytest.raises(HelperError, match="adding failed: its process ended unexpectedly"):
            helper.answer("adding")


def test_the_process_ends_with_its_starter() -> None:
    script = (
        "import time\nfrom report_press import Helper\nhelper = Helper('operator')\n"
        "print(helper.start().pid, flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        pid = int(starter.stdout.readline())
        starter.send_signal(signal.SIGKILL)
    wait_for(lambda: not runs(pid))
