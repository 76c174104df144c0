"""The life of a simulated prediction. Its state is read off the clock, so that a thousand of them cost nothing until
somebody looks: starting, processing, then succeeded, failed, canceled or aborted."""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bottega.simulator.answers import spoken
from bottega.simulator.replicate_inputs import InputFile
from bottega.simulator.replicate_model import JSON, HostedModel
from bottega.simulator.replicate_output import Form, count

BOOT_SECONDS = {True: 0.4, False: 2.5}
"""How long a prediction is `starting`, in the vendor's time: official models are warm, the others boot."""
KEPT_SECONDS = 3600.0
"""How long input, output and output files are kept after the end, in real seconds."""
CLOCK_SLACK = 0.002
"""Real seconds that a wait goes beyond its moment, as timers may ring a little early."""
TERMINAL = frozenset({"succeeded", "failed", "canceled", "aborted"})

SENSITIVE = "The input or output was flagged as sensitive. Please try again with different inputs. (E005)"
INTERRUPTED = "Prediction interrupted; please retry (code: PA)"


@dataclass
class Prediction:
    """`filled` is the input with its defaults. Durations are the vendor's seconds: `speed` of them pass in a real one."""

    id: str
    model: HostedModel
    version: str
    given: JSON
    filled: JSON
    files: list[InputFile]
    shape: Form | None
    speed: float
    seconds: float
    seed: int
    outcome: str = "succeeded"
    error: str | None = None
    deadline: float | None = None
    webhook: str | None = None
    events: list[str] | None = None
    early_output: bool = False
    queued_output: Any = None
    spoilt: bool = False
    kept: float = KEPT_SECONDS
    canceled_at: float | None = None
    made: float = field(default_factory=lambda: datetime.now(UTC).timestamp())
    begun: float = field(default_factory=time.monotonic)
    canceled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def boot(self) -> float:
        return BOOT_SECONDS[self.model.official]

    def elapsed(self) -> float:
        """The vendor's seconds since it was created."""
        return (time.monotonic() - self.begun) * self.speed

    @property
    def end(self) -> tuple[float, str]:
        """When it ends (the vendor's seconds after its creation) and how."""
        ends = [(self.boot + self.seconds, self.outcome)]
        if self.outcome == "aborted":
            ends = [(self.boot, "aborted")]
        if self.deadline is not None:
            ends.append((self.deadline, "aborted" if self.deadline < self.boot else "canceled"))
        if self.canceled_at is not None:
            ends.append((self.canceled_at, "canceled"))
        return min(ends, key=lambda one: one[0])

    def status(self) -> str:
        now = self.elapsed()
        ended, how = self.end
        if now >= ended:
            return how
        return "starting" if now < self.boot else "processing"

    def cancel(self) -> None:
        if self.status() not in TERMINAL:
            self.canceled_at = self.elapsed()
            self.canceled.set()

    def real_seconds_until(self, moment: float) -> float:
        """Real seconds from now to a moment of the vendor's clock; never below 0."""
        return max(0.0, (moment - self.elapsed()) / self.speed)

    async def reach(self, moment: float, most: float = float("inf")) -> None:
        """Returns when the vendor's clock is past `moment` or it was canceled; at the latest after `most` real seconds."""
        left = self.real_seconds_until(moment) + CLOCK_SLACK
        with suppress(TimeoutError):
            await asyncio.wait_for(self.canceled.wait(), min(most, left))

    @property
    def gone(self) -> bool:
        """Input, output and files have been deleted."""
        ended, _ = self.end
        return time.monotonic() - self.begun - ended / self.speed > self.kept

    @property
    def predict_time(self) -> float:
        """Seconds that are metered."""
        return max(0.0, self.end[0] - self.boot)

    def output(self, base: str) -> Any:
        """What the model gives back: addresses of files, or text."""
        if self.queued_output is not None:
            return self.queued_output
        if self.model.kind == "text":
            return self._words()
        urls = [self.file_url(base, index) for index in range(count(self.model, self.filled))]
        match self.model.shape:
            case "list":
                return urls
            case "dict":
                return {self.model.dict_key: urls[0]}
            case _:
                return urls[0]

    def file_url(self, base: str, index: int) -> str:
        assert self.shape is not None
        return f"{base}/output/{self.id}/{index}.{self.shape.extension}"

    def _words(self) -> Any:
        if "text" in self.filled:
            return f"hello {self.filled['text']}"
        words = spoken(str(self.filled.get("prompt", "")), self.seed).split(" ")
        return [words[0], *(f" {word}" for word in words[1:]), ""]

    def as_json(self, base: str) -> JSON:
        """As the API tells it; every member that its schema requires is there."""
        status = self.status()
        ended, _ = self.end
        done = status in TERMINAL
        shows = status == "succeeded" or (status == "processing" and self.early_output)
        about: JSON = {
            "id": self.id,
            "model": self.model.full_name,
            "version": self.version,
            "input": {} if self.gone else self.given,
            "logs": "" if self.gone or status == "starting" else f"Using seed: {self.seed}\n",
            "output": self.output(base) if shows and not self.gone else None,
            "data_removed": self.gone,
            "error": self.error if status == "failed" else None,
            "status": status,
            "source": "api",
            "created_at": self._stamp(0.0),
            "urls": {
                "get": f"{base}/predictions/{self.id}",
                "cancel": f"{base}/predictions/{self.id}/cancel",
                "web": f"https://replicate.com/p/{self.id}",
            },
        }
        if self.deadline is not None:
            about["deadline"] = self._stamp(self.deadline)
        if status != "starting" and status != "aborted" and ended > self.boot:
            about["started_at"] = self._stamp(self.boot)
        if done:
            about["completed_at"] = self._stamp(ended)
            about["metrics"] = self._metrics(status, ended)
        if self.webhook:
            about["webhook"] = self.webhook
            about["webhook_events_filter"] = self.events
        return about

    def _metrics(self, status: str, ended: float) -> JSON:
        metrics: JSON = {"total_time": round(ended, 6)}
        if status != "aborted":
            metrics["predict_time"] = round(self.predict_time, 6)
        if status == "succeeded" and self.model.kind == "picture":
            metrics["image_count"] = count(self.model, self.filled)
        return metrics

    def _stamp(self, after: float) -> str:
        return datetime.fromtimestamp(self.made + after, UTC).isoformat().replace("+00:00", "Z")


def usual_seconds(model: HostedModel, filled: Mapping[str, Any], seed: int) -> float:
    """How long this prediction runs: the model's usual time per file, 20 % more or less, the same for the same input."""
    digest = hashlib.sha256(repr((seed, model.full_name, sorted(filled.items(), key=str))).encode()).digest()
    return round(model.seconds * count(model, filled) * (0.8 + 0.4 * digest[0] / 255), 3)
