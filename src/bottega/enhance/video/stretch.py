"""Sound at another speed and the same pitch, encoded again: for slow motion and time lapse."""

from fractions import Fraction
from typing import Any

from bottega.enhance.video.copying import Retiming
from bottega.errors import InvalidOption

_CODECS = {"mp4": "aac", "mov": "aac", "matroska": "flac", "webm": "libopus"}
_STEP = Fraction(1, 2), Fraction(2)
"""What one `atempo` filter does without dropping samples."""


class Stretch:
    """Packets of one sound stream in, stretched packets out; the output begins where its retimed first sample does."""

    def __init__(self, stream: Any, output: Any, container: str, retiming: Retiming) -> None:
        if stream.codec_context is None:
            raise InvalidOption(
                "The clip's sound is in a code that is not read here.", hint="Drop the sound."
            )
        self.codec = _CODECS[container]
        context = stream.codec_context
        self._rate = 48000 if self.codec == "libopus" else context.sample_rate
        self.target = output.add_stream(self.codec, rate=self._rate)
        self.target.codec_context.layout = context.layout.name
        self.target.codec_context.time_base = self.target.time_base = Fraction(1, self._rate)
        self._context = context
        self._retiming = retiming
        self._graph: Any = None
        self._fifo: Any = None
        self._resampler: Any = None
        self._next = 0

    def __call__(self, packet: Any) -> list[Any]:
        from av.error import FFmpegError

        try:
            frames = packet.decode()
        except FFmpegError:
            return []  # a damaged packet leaves a gap of some milliseconds, which the next one's time does not close
        return [made for frame in frames for made in self._push(frame)]

    def flush(self) -> list[Any]:
        if self._graph is None:
            return []
        self._graph.push(None)
        made = self._drain()
        rest = self._fifo.read(0, partial=True)
        while rest is not None:
            made += self._encode(rest)
            rest = self._fifo.read(0, partial=True)
        return made + [self._stamped(packet) for packet in self.target.codec_context.encode(None)]

    def _push(self, frame: Any) -> list[Any]:
        graph = self._graph or self._begin(frame)
        frame.pts = None
        graph.push(frame)
        return self._drain()

    def _begin(self, frame: Any) -> Any:
        import av
        from av.filter import Graph

        self.target.codec_context.open(strict=False)
        graph: Any = Graph()
        last = graph.add_abuffer(
            sample_rate=frame.sample_rate,
            format=frame.format.name,
            layout=frame.layout.name,
            time_base=Fraction(1, frame.sample_rate),
        )
        for factor in tempo_steps(self._retiming.speed):
            step = graph.add("atempo", f"{float(factor):.9f}")
            last.link_to(step)
            last = step
        sink = graph.add("abuffersink")
        last.link_to(sink)
        graph.configure()
        self._graph = graph
        encoder = self.target.codec_context
        self._resampler = av.AudioResampler(encoder.format.name, encoder.layout.name, self._rate)
        self._fifo = av.AudioFifo()
        first = (frame.pts or 0) * (frame.time_base or Fraction(1, frame.sample_rate))
        self._next = round(self._retiming(first) * self._rate)
        return graph

    def _drain(self) -> list[Any]:
        from av.error import BlockingIOError, EOFError

        made: list[Any] = []
        while True:
            try:
                frame = self._graph.pull()
            except (BlockingIOError, EOFError):
                break
            frame.pts = None
            for part in self._resampler.resample(frame):
                part.pts = None
                self._fifo.write(part)
        size = self.target.codec_context.frame_size or 4096
        while self._fifo.samples >= size:
            made += self._encode(self._fifo.read(size))
        return made

    def _encode(self, frame: Any) -> list[Any]:
        frame.pts, frame.time_base = self._next, Fraction(1, self._rate)
        self._next += frame.samples
        return [self._stamped(packet) for packet in self.target.codec_context.encode(frame)]

    def _stamped(self, packet: Any) -> Any:
        packet.time_base = Fraction(1, self._rate)
        return packet


def tempo_steps(speed: Fraction) -> list[Fraction]:
    """Factors within one filter's range whose product is `speed`."""
    low, high = _STEP
    steps: list[Fraction] = []
    while speed < low or speed > high:
        step = low if speed < low else high
        steps.append(step)
        speed /= step
    return [*steps, speed]
