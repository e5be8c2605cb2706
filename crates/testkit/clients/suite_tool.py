"""What the Python suites share: listing and running scenarios, waiting with a bound, claims. README.md here is the contract.

A suite's file imports its themes, which register their scenarios with @scenario, and ends with serve().
"""

import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time
import traceback
import uuid

SCENARIOS = {}
PATIENCE_S = 30
# Never set: waiting for it is a pause between two looks.
PAUSE = threading.Event()


def scenario(name, *, needs=(), faults=(), limit_s=60, args=()):
    """Registers a function of a Context under a name; several decorations make a table of scenarios."""

    def register(run):
        assert name not in SCENARIOS, f"two scenarios are called {name}"
        SCENARIOS[name] = (run, args, {"needs": sorted(needs), "faults": list(faults), "limit_s": limit_s})
        return run

    return register


def table(pattern, cases, **options):
    """Registers a function once for each case, with the case as its arguments: pattern.format(*case) is the name."""

    def register(run):
        for case in cases:
            case = case if isinstance(case, tuple) else (case,)
            scenario(pattern.format(*case), args=case, **options)(run)
        return run

    return register


def fault(api, nth=1, do="drop_answer"):
    return {"api": api, "nth": nth, "do": do}


class Context:
    """What a scenario is told, and names that nobody else uses."""

    def __init__(self, command):
        self.bootstrap = command["bootstrap"]
        self.direct = command.get("direct") or self.bootstrap
        self.other = command.get("other")
        self._control_address = command.get("control")
        self._control = None
        self._numbers = itertools.count(1)
        self._prefix = f"{command['scenario'][:60]}-{uuid.uuid4().hex[:8]}"
        self._at_end = []

    def name(self, kind="t"):
        return f"{self._prefix}-{kind}{next(self._numbers)}"

    def defer(self, end, *args):
        """Calls it when the scenario is over, however it ends; the last first."""
        self._at_end.append((end, args))

    def control(self, command):
        if self._control is None:
            host, port = self._control_address.rsplit(":", 1)
            self._control = socket.create_connection((host, int(port))).makefile("rw")
            self.defer(self._control.close)
        self._control.write(command + "\n")
        self._control.flush()
        same(f"answer to {command}", self._control.readline().strip(), "ok")

    def finish(self):
        for end, args in reversed(self._at_end):
            try:
                end(*args)
            except Exception:
                traceback.print_exc()


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def same(what, found, expected):
    if found != expected:
        raise AssertionError(f"{what}: {found!r} is not {expected!r}")


def wait_for(what, look, within_s=PATIENCE_S, pause_s=0.02):
    """Looks until there is an answer that is true, and returns it. An answer that raises is none yet."""
    deadline = time.monotonic() + within_s
    while True:
        last = None
        try:
            answer = look()
            if answer:
                return answer
        except AssertionError as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"still waiting for {what} after {within_s} s" + (f": {last}" if last else ""))
        PAUSE.wait(pause_s)


def raises(what, expected, act, *args, **kwargs):
    """The error that an act must raise; expected is a predicate or a type."""
    try:
        answer = act(*args, **kwargs)
    except Exception as error:
        good = isinstance(error, expected) if isinstance(expected, type) else expected(error)
        check(good, f"{what}: another error than expected: {type(error).__name__}: {error}")
        return error
    raise AssertionError(f"{what}: no error, but {answer!r}")


class Member:
    """A process of its own that runs a function of this suite; it answers lines of JSON, and can be killed."""

    def __init__(self, context, role, **options):
        command = [sys.executable, "-B", sys.argv[0], "--role", role, json.dumps(options)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr, text=True
        )
        os.set_blocking(self.process.stdout.fileno(), True)
        context.defer(self.kill)

    def tell(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def ask(self, **command):
        """Sends a command and reads its answer. The harness bounds the wait as a whole."""
        self.tell(**command)
        return self.hear()

    def hear(self):
        line = self.process.stdout.readline()
        check(line, "a member's process has ended")
        answer = json.loads(line)
        check("error" not in answer, f"a member says: {answer}")
        return answer

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def serve(roles=None):
    if sys.argv[1:2] == ["--role"]:
        return roles[sys.argv[2]](**json.loads(sys.argv[3]))
    if sys.argv[1:2] == ["--list"]:
        for name, (_, _, options) in SCENARIOS.items():
            print(json.dumps({"scenario": name, **options}))
        return None
    if sys.argv[1:2] == ["--run"]:
        bootstrap = sys.argv[sys.argv.index("--bootstrap") + 1]
        words = sys.argv[2].split(",")
        names = [n for n in SCENARIOS if any(word in n for word in words)]
        outcomes = [run({"scenario": name, "bootstrap": bootstrap}) for name in names]
        for outcome in outcomes:
            if not outcome["ok"]:
                print("FAILED", outcome["scenario"], outcome["error"])
        print(f"{sum(o['ok'] for o in outcomes)} of {len(outcomes)} hold")
        sys.exit(not all(outcome["ok"] for outcome in outcomes))
    for line in sys.stdin:
        run(json.loads(line))
    return None


def run(command):
    function, args, _ = SCENARIOS[command["scenario"]]
    context, begin, error = Context(command), time.monotonic(), None
    try:
        function(context, *args)
    except BaseException as failure:
        traceback.print_exc()
        error = f"{type(failure).__name__}: {failure}"
    context.finish()
    seconds = round(time.monotonic() - begin, 3)
    outcome = {"scenario": command["scenario"], "ok": error is None, "error": error, "seconds": seconds}
    print(json.dumps(outcome), flush=True)
    return outcome
