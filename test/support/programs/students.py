"""Runs programs as students do: `{"id", "file", "environment"}` a line on standard input; `{"id", "problem"}` when one has ended.

All of them are in this process, each in a thread and with an environment of its own, so that they import the SDKs once.
"""

import io
import json
import os
import runpy
import sys
import threading
import traceback
from collections.abc import MutableMapping


class Environment(MutableMapping):
    """Variables that differ from thread to thread; threads that have none of their own have those of the process."""

    def __init__(self, shared):
        self._shared = shared
        self._own = threading.local()

    def use(self, variables):
        self._own.variables = {**self._shared, **variables}

    def _now(self):
        return getattr(self._own, "variables", self._shared)

    def __getitem__(self, name):
        return self._now()[name]

    def __setitem__(self, name, value):
        self._now()[name] = value

    def __delitem__(self, name):
        del self._now()[name]

    def __iter__(self):
        return iter(self._now())

    def __len__(self):
        return len(self._now())


orders = os.fdopen(os.dup(0), encoding="utf8")
answers = os.fdopen(os.dup(1), "w", encoding="utf8")
# what programs print is for people, and a program that waits for a key waits for ever
os.dup2(2, 1)
sys.stdin = io.TextIOWrapper(os.fdopen(os.pipe()[0], "rb"))
os.environ = Environment(os.environ)


def run(order):
    os.environ.use(order["environment"])
    problem = None
    try:
        runpy.run_path(order["file"], run_name="__main__")
    except BaseException:
        problem = traceback.format_exc()
    # one write, so that the answers of several threads do not mix
    answers.write(json.dumps({"id": order["id"], "problem": problem}) + "\n")
    answers.flush()


for line in orders:
    threading.Thread(target=run, args=[json.loads(line)], daemon=True).start()
os._exit(0)
