"""What Easel adds to a streamed answer, side by side with asking the upstream itself.

Run it from the project's folder: `python -m tests.benchmarks.relay [--quick]`. It starts
an upstream that costs next to nothing, Easel's own server (one process) and a client,
each a process of its own, and measures direct, chat completions and streamed runs in
turns. Where the machine has two cores, Easel has one to itself. Compare the columns of
one table: the seconds are this machine's, at this moment.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.running_server import ROOT, command, finished, running_server

TICKS = os.sysconf("SC_CLK_TCK")
ORGANIZATION = "My organization"
DELTAS = 200
MESSAGES = [{"role": "user", "content": "Describe the fjord at dawn, please."}]


@dataclass(frozen=True)
class Target:
    """Where a stream is asked for, and the process whose time it costs."""

    name: str
    url: str
    headers: dict[str, str]
    pid: int
    body: dict[str, Any]

    def job(self, delay: int, workers: int, streams: int) -> dict[str, Any]:
        body = json.dumps(self.body).replace("PLAN", f"n{DELTAS}-d{delay}")
        return {
            "url": self.url,
            "headers": self.headers,
            "body": body,
            "deltas": DELTAS,
            "workers": workers,
            "streams": streams,
        }


@contextmanager
def process(module: str) -> Iterator[subprocess.Popen[str]]:
    """One of the two small helpers, on the core that Easel does not use."""
    started = subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    pin(started.pid, 1)
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def pin(pid: int, core: int) -> None:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return
    for task in os.listdir(f"/proc/{pid}/task"):
        os.sched_setaffinity(int(task), {cores[core]})


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def threads(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))


def run_command(data_dir: Path, *arguments: str) -> str:
    output, errors = finished(command(*arguments, data_dir=data_dir))
    assert output.strip(), errors
    return output.strip()


def post(url: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as response:
        answer: dict[str, Any] = json.load(response)
        return answer


@contextmanager
def targets() -> Iterator[list[Target]]:
    with (
        process("tests.benchmarks.fast_upstream") as upstream,
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "data", "--no-browser") as server,
    ):
        assert upstream.stdout is not None
        address = f"http://127.0.0.1:{upstream.stdout.readline().strip()}/v1"
        data_dir, pid = server.data_dir, server.process.pid
        add = ("add_connection", "--kind", "openai", "--name", "bench")
        at = ("--organization", ORGANIZATION)
        run_command(data_dir, *add, *at, "--base-url", address)
        key = run_command(data_dir, "create_api_key", *at, "--name", "bench")
        url = f"{server.url}/v1"
        assistant = post(f"{url}/assistants", key, {"model": "bench/n1-d0"})
        pin(pid, 0)
        headers = {"Authorization": f"Bearer {key}"}
        chat = {"messages": MESSAGES, "stream": True}
        direct = {**chat, "model": "PLAN", "stream_options": {"include_usage": True}}
        run = {"assistant_id": assistant["id"], "thread": {"messages": MESSAGES}}
        model = "bench/PLAN"
        run |= {"model": model, "stream": True}
        yield [
            Target("direct", f"{address}/chat/completions", {}, upstream.pid, direct),
            Target(
                "chat",
                f"{url}/chat/completions",
                headers,
                pid,
                {**chat, "model": model},
            ),
            Target("run", f"{url}/threads/runs", headers, pid, run),
        ]


class Bench:
    """Sends jobs to the client process and prints what came of them."""

    def __init__(self, client: subprocess.Popen[str], rounds: int) -> None:
        self.client = client
        self.rounds = rounds

    def measure(self, target: Target, job: dict[str, Any]) -> dict[str, float]:
        assert self.client.stdin
        assert self.client.stdout
        before = cpu_seconds(target.pid)
        self.client.stdin.write(json.dumps(job) + "\n")
        self.client.stdin.flush()
        result: dict[str, Any] = json.loads(self.client.stdout.readline())
        spent = cpu_seconds(target.pid) - before
        if result["incomplete"]:
            raise SystemExit(f"{target.name}: incomplete streams: {result['problem']}")
        result["cpu"] = spent / (job["streams"] * DELTAS) * 1000
        result["threads"] = threads(target.pid)
        return result

    def row(self, found: list[Target], delay: int, workers: int, streams: int) -> None:
        """One line: medians of the rounds, the targets in turns within each."""
        results: dict[str, list[dict[str, float]]] = {}
        for _ in range(self.rounds):
            for target in found:
                one = self.measure(target, target.job(delay, workers, streams))
                results.setdefault(target.name, []).append(one)
        direct = median(results["direct"], "streams_per_second")
        for name, rows in results.items():
            speed = median(rows, "streams_per_second")
            say(
                f"{delay:3} ms {workers:4} {name:>7} {speed:9.1f} {speed / direct:7.2f}"
                f" {median(rows, 'first_ms'):9.2f} {median(rows, 'age_ms'):7.2f}"
                f" {median(rows, 'cpu'):9.4f}"
                f" {median(rows, 'threads'):8.0f}"
            )


def median(rows: list[dict[str, float]], name: str) -> float:
    return statistics.median(row[name] for row in rows)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer, shorter rounds")
    parser.add_argument("--only", choices=["chat", "run"], help="beside direct")
    parser.add_argument("--burst", type=int, nargs="+", default=[1, 16, 64, 128])
    parser.add_argument("--paced", type=int, nargs="*", default=[1, 16, 64])
    options = parser.parse_args()
    rounds, size = (1, 1) if options.quick else (3, 2)
    with targets() as found, process("tests.benchmarks.load") as client:
        found = [
            t for t in found if options.only in {None, t.name} or t.name == "direct"
        ]
        bench = Bench(client, rounds)
        for target in found:  # nobody pays for the first time that something is loaded
            bench.measure(target, target.job(0, 4, 20))
        say(f"{DELTAS} deltas in a stream; medians of {rounds} rounds")
        say(
            " delay  at once  target  streams/s of direct first ms  age ms  CPU s/1k  threads"
        )
        for workers in options.burst:
            bench.row(found, 0, workers, size * max(60, workers * 3))
        for workers in options.paced:
            bench.row(found, 5, workers, size * max(2, workers))


if __name__ == "__main__":
    main()
