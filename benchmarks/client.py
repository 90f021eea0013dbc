"""The load: a process of its own that keeps connections busy with requests made beforehand.

    python -m benchmarks.client

It reads one order a line on standard input, runs it, and writes one line of figures on standard output.
It is raw HTTP over asyncio, so that it costs a few microseconds a request and is never the limit.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import uvloop

HEAD_END, LENGTH = b"\r\n\r\n", b"content-length: "
GOOD = b"HTTP/1.1 200"
BAD = (b'{"errors"', b'{"data":null', b'"errors":[')


def request_bytes(token: str, body: str) -> bytes:
    sent = body.encode()
    head = (
        "POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: wantilan-bench\r\n"
        "accept: application/json\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {token}\r\ncontent-length: {len(sent)}\r\n\r\n"
    )
    return head.encode() + sent


class Run:
    """One order: so many connections for so many seconds; `in_order`: no request twice.

    `times` are the seconds of each answer.
    """

    def __init__(self, requests: Sequence[bytes], seconds: float, in_order: bool) -> None:
        self.requests, self.deadline = requests, time.perf_counter() + seconds
        self.next = iter(requests) if in_order else self._at_random()
        self.times: list[float] = []
        self.refused = 0
        self.bytes = 0
        self.open = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def _at_random(self) -> Iterator[bytes]:
        # Drawn beforehand: drawing costs more than sending.
        drawn = Random(len(self.requests)).choices(self.requests, k=4096)
        while True:
            yield from drawn

    def closed(self) -> None:
        self.open -= 1
        if self.open == 0 and not self.done.done():
            self.done.set_result(None)


class Connection(asyncio.Protocol):
    """Asks, waits for the whole answer, asks again, until the time is over."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.began = 0.0
        self.missing = -1
        self.head = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.run.open += 1
        self.ask()

    def ask(self) -> None:
        self.began = time.perf_counter()
        request = next(self.run.next, None) if self.began < self.run.deadline else None
        if request is None:
            self.transport.close()
        else:
            self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self.missing < 0:
            self.head += data
            end = self.head.find(HEAD_END)
            if end < 0:
                return
            at = self.head.find(LENGTH) + len(LENGTH)
            length = int(self.head[at : self.head.find(b"\r", at)])
            body = self.head[end + 4 :]
            self.missing = length - len(body)
            if not self.head.startswith(GOOD) or body.startswith(BAD[:2]) or BAD[2] in body[-400:]:
                self.run.refused += 1
        else:
            self.missing -= len(data)
        if self.missing <= 0:
            self.run.times.append(time.perf_counter() - self.began)
            self.missing, self.head = -1, b""
            self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None:
            self.run.refused += 1
        self.run.closed()


async def carry_out(order: dict[str, Any], requests: Sequence[bytes]) -> dict[str, float]:
    """Run one order; the figures of it."""
    before, began = os.times(), time.perf_counter()
    run = Run(requests, order["seconds"], order.get("in_order", False))
    loop = asyncio.get_running_loop()
    for _ in range(order["connections"]):
        await loop.create_connection(lambda: Connection(run), "127.0.0.1", order["port"])
    await run.done
    elapsed, after = time.perf_counter() - began, os.times()
    times = sorted(run.times) or [0.0]
    return {
        "requests": len(run.times),
        "refused": run.refused,
        "seconds": elapsed,
        "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[int(len(times) * 0.99)] * 1000,
        "cpu_seconds": after.user + after.system - before.user - before.system,
    }


def main() -> None:
    core = os.environ.get("BENCH_CORE")
    if core:
        os.sched_setaffinity(0, {int(core)})
    read: dict[str, list[bytes]] = {}
    for line in sys.stdin:
        order = json.loads(line)
        path = order["requests"]
        if path not in read:
            with open(path, encoding="utf-8") as file:
                read = {path: [request_bytes(token, body) for token, body in json.load(file)]}
        figures = uvloop.run(carry_out(order, read[path]))
        print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
