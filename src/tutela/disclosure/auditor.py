"""The audit in a process of its own: it knows what is published, the true tables, and nothing else.

The process that protects hands over the tables as they will be written, the originals, and the
witnesses that it believes in. The auditor builds everything up again, checks the witnesses by
arithmetic, and attacks what they do not prove. It is spawned, never forked, so that no state of the
first process reaches it, and it ends with that process.
"""

from __future__ import annotations

import atexit
import pickle
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import polars as pl

from tutela.disclosure.audit import AuditReport, Situation, find, report_of, situation
from tutela.disclosure.dimension import Dimension
from tutela.disclosure.earlier import EarlierTable
from tutela.disclosure.policy import Policy
from tutela.disclosure.published import PublishedTable
from tutela.disclosure.table import FrequencyTable
from tutela.disclosure.witness import Witnesses
from tutela.errors import SafetyBlock, TutelaError

#: Seconds that an audit may take.
TIME_LIMIT = 3600.0


@dataclass(frozen=True)
class Case:
    """All that the auditor gets: frames as published (name, dimensions, cells, population), the
    originals, earlier releases, and the witnesses (tables as ids and changes; proofs per cell)."""

    policy: Policy
    published: list[tuple[str, list[Dimension], pl.DataFrame, str]]
    originals: list[FrequencyTable]
    earlier: list[EarlierTable]
    tables: list[tuple[np.ndarray, np.ndarray]]
    proofs: dict[int, list[tuple[int, int]]]


def audit_apart(case: Case, time_limit: float = TIME_LIMIT) -> AuditReport:
    """Audit in the separate process; SafetyBlock when it fails or takes longer than the limit."""
    return _AUDITOR.ask(case, time_limit)


def prepare() -> None:
    """Start the process now, so that it is ready when the audit is due."""
    _AUDITOR.start()


def audit_case(case: Case) -> AuditReport:
    """Audit here and now: check the witnesses, attack what they leave open."""
    began = time.perf_counter()
    published = [PublishedTable(*fields) for fields in case.published]
    found = situation(published, case.policy, case.originals, case.earlier)
    findings = find(found, case.policy, checked(found, case.tables, case.proofs, case.policy))
    return report_of(found, findings, time.perf_counter() - began)


def checked(
    case: Situation,
    tables: Sequence[tuple[np.ndarray, np.ndarray]],
    proofs: dict[int, list[tuple[int, int]]],
    policy: Policy,
) -> Witnesses:
    """Witnesses of which every table is feasible to every attacker and every proof far enough.

    A table that is not feasible is a fault of the program: SafetyBlock.
    """
    insiders = [view.known for view in case.views if len(view.known)]
    size = len(case.graph)
    witnesses = Witnesses(case.targets, size, policy.protection, insiders)
    lower = np.maximum.reduce([view.lower for view in case.views])
    sums = case.graph.sums
    for cells, change in tables[1:]:
        dense = np.zeros(size)
        dense[cells] = change
        if (
            not case.hidden[cells].all()
            or np.any(case.start[cells] + change < lower[cells])
            or np.any(sums @ dense != 0)
        ):
            raise SafetyBlock(
                "A table that should prove safety contradicts what is published.",
                remedy="This is a fault of the program; please report it with the input.",
            )
        witnesses.add(cells, change)
    for cell, pairs in proofs.items():
        for low, high in pairs:
            apart = _at(tables[high], cell) - _at(tables[low], cell)
            if case.hidden[cell] and apart >= policy.protection:
                witnesses.prove(cell, low, high)
    return witnesses


def _at(table: tuple[np.ndarray, np.ndarray], cell: int) -> int:
    cells, change = table
    place = int(np.searchsorted(cells, cell))
    return int(change[place]) if place < len(cells) and cells[place] == cell else 0


class _Auditor:
    """The child process; one at a time, started on first use, asked one case after another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.stop)

    def start(self) -> subprocess.Popen[bytes]:
        """The running process, a new one if there is none."""
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-P", "-m", "tutela.disclosure.auditor"]
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no input in it
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        return self._process

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def ask(self, case: Case, time_limit: float) -> AuditReport:
        """Send a case and wait for the answer; whatever goes wrong blocks."""
        with self._lock:
            process = self.start()
            timer = threading.Timer(time_limit, process.kill)
            timer.start()
            try:
                assert process.stdin is not None  # noqa: S101 - both are pipes
                assert process.stdout is not None  # noqa: S101
                _send(process.stdin, case)
                answer = _receive(process.stdout)
            except (OSError, EOFError, pickle.PickleError) as error:
                self.stop()
                raise SafetyBlock(
                    f"The audit gave no answer within {time_limit:g} seconds or broke off.",
                    remedy="Nothing is published without an audit; make the tables smaller, or "
                    "report this with the input.",
                ) from error
            finally:
                timer.cancel()
        if isinstance(answer, AuditReport):
            return answer
        if isinstance(answer, TutelaError):
            raise answer
        raise SafetyBlock(f"The audit failed: {answer}.", remedy="Please report this.")


_AUDITOR = _Auditor()


def _send(pipe: IO[bytes], message: object) -> None:
    body = pickle.dumps(message)
    pipe.write(struct.pack(">Q", len(body)))
    pipe.write(body)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    head = pipe.read(8)
    if len(head) < 8:
        raise EOFError
    body = pipe.read(struct.unpack(">Q", head)[0])
    return pickle.loads(body)  # noqa: S301 - what the other half of this module wrote


def main() -> None:
    """Answer cases from standard input until it ends."""
    while True:
        try:
            case = _receive(sys.stdin.buffer)
        except EOFError:
            return
        answer: object
        try:
            answer = audit_case(case)
        except TutelaError as refusal:
            answer = refusal
        except Exception as error:  # noqa: BLE001 - reported, and blocks
            answer = f"{type(error).__name__}: {error}"
        _send(sys.stdout.buffer, answer)


if __name__ == "__main__":
    main()
