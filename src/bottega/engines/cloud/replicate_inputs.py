"""A task in the words of one hosted model: its fields, its choices, its limits.

What the model takes only in steps (shapes, resolutions, lengths) is brought to the nearest step that costs no more
than what was ordered; each such change is a note for the report. Pure: nothing is read, nothing is sent.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bottega.domain.request import Role
from bottega.domain.task import Task
from bottega.engines.cloud.replicate_pictures import Placed, place
from bottega.engines.cloud.replicate_schema import InputField, InputSchema, listed
from bottega.engines.cloud.replicate_steps import (
    PIXELS,
    RATIO,
    as_ours,
    as_size,
    leading,
    lines_of,
    measured,
    pixels_of,
    ratio_of,
)
from bottega.errors import InvalidOption, MissingInput
from bottega.models import Model

_PROMPTS = ("prompt", "text", "instruction", "edit_instruction", "caption")
_COUNTS = ("num_outputs", "num_images", "number_of_images", "max_images", "n", "batch_size")
_SOUNDS = ("generate_audio", "enable_audio", "with_audio", "sound", "audio")
_STRENGTHS = ("strength", "prompt_strength", "denoising_strength", "image_strength")
_SCALES = ("scale", "upscale_factor", "scale_factor", "upscale", "outscale")
_TIERS = ("resolution", "megapixels", "size", "target_size", "mode")
_LENGTHS = ("duration", "seconds", "video_length")
_FRAMES = ("num_frames", "length", "frames")
_RATES = ("frames_per_second", "fps")
_FRAME_RATES = {"length": 24.0}
"""Of a clip whose model counts frames and does not take a rate: LTX-Video."""
_OTHER_RATE = 16.0
"""Wan 2.1 and 2.2."""
_KEEP = "match_input_image"
_EXACT = 1e-6
_SAME_LENGTH_S = 0.1
"""A few frames more or less are no other length."""
_SAID_ELSEWHERE = frozenset({"camera", "preset", "instruction", "format", "prompt"})
"""Parameters that the prompt, the choice of the model, or the workflow itself has answered."""
_IN_THE_PROMPT = frozenset(
    [
        "style",
        "filter",
        "hair_style",
        "hair_color",
        "search_prompt",
        "fit",
        "tucked",
        "sleeves",
        "select_prompt",
        "left",
        "right",
        "up",
        "down",
    ]
)
"""Wishes that the words say as well, for models without a setting of that name."""
_GARMENTS = {"upper": "upper_body", "lower": "lower_body", "dress": "dresses"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be sent, still without the files. `seed` is the one that is sent, if the model takes one."""

    values: dict[str, Any]
    pictures: tuple[Placed, ...]
    notes: tuple[str, ...]
    seed: int | None


def fit(task: Task, model: Model, schema: InputSchema, *, prompt: str, seed: int) -> Draft:
    """The task as the model's input; `seed` is sent where the task names none.

    Raises InvalidOption for what the model cannot express, MissingInput for a picture or words that it needs.
    """
    return _Fitting(task, model, schema).draft(prompt, seed)


@dataclass(slots=True)
class _Fitting:
    task: Task
    model: Model
    schema: InputSchema
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    notes: list[str] = field(default_factory=list[str])

    def draft(self, prompt: str, seed: int) -> Draft:
        self.values |= self.model.fixed
        self._prompt(prompt)
        pictures = place(self.task, self.model, self.schema)
        said = {name: value for name, value in self.task.parameters.items() if _is_said(value)}
        self._parameters(said)
        self._category()
        self._like_the_input(pictures, said)
        self._format()
        sent = self._seed(seed)
        return Draft(self.values, pictures, tuple(self.notes), sent)

    def _parameters(self, said: dict[str, Any]) -> None:
        known: dict[str, Callable[[Any], None]] = {
            "n": self._count,
            "size": self._size,
            "aspect": self._aspect,
            "aspect_ratio": self._aspect,
            "resolution": self._resolution,
            "seconds": self._seconds,
            "duration": self._seconds,
            "sound": self._sound,
            "strength": self._strength,
            "scale": self._scale,
        }
        for name, value in said.items():
            if name in _SAID_ELSEWHERE or (name == "aspect" and "size" in said):
                continue
            known.get(name, lambda value, name=name: self._other(name, value))(value)

    def _field(self, name: str, *usual: str) -> InputField | None:
        """The model's field for one of our parameters, by the catalogue or by its usual names."""
        named = self.model.fields.get(name, "").removesuffix("[]")
        return self.schema.first(*filter(None, (named, *usual)))

    # --- words -------------------------------------------------------------------------------------------------

    def _prompt(self, prompt: str) -> None:
        target = self._field("prompt", *_PROMPTS)
        words = prompt.strip()
        if target is not None and words:
            self.values[target.name] = words
        elif target is not None and target.name in self.schema.required:
            raise MissingInput("The model needs words to work from.", hint="Say what is wanted.")
        elif words:
            self.notes.append("The model works without words: the description was not sent.")

    def _other(self, name: str, value: Any) -> None:
        """A setting of the model's own: the field of that name, or the one that the catalogue names for it."""
        target = self._field(name, name)
        if target is None or target.is_file:
            if "preset" in self.task.parameters:
                raise InvalidOption(
                    f"The preset has no setting {name!r}.",
                    hint=f"It has {listed(sorted(self.schema.fields))}.",
                )
            if name not in _IN_THE_PROMPT:
                self.notes.append(f"The model has no setting for {name.replace('_', ' ')}: it was left out.")
            return
        self.values[target.name] = self._taken(target, value)

    def _taken(self, target: InputField, value: Any) -> Any:
        if target.choices:
            if (chosen := target.choice(value)) is None:
                raise InvalidOption(
                    f"The model does not know {value!r} as {target.name.replace('_', ' ')}.",
                    hint=f"It knows {listed(target.choices)}.",
                )
            return chosen
        if target.is_number and isinstance(value, int | float) and not isinstance(value, bool):
            nearest = target.within(value)
            if nearest != value:
                self.notes.append(f"{target.name}: {value:g} became {nearest:g}.")
            return nearest
        return value

    # --- how many, how strong ------------------------------------------------------------------------------------

    def _count(self, value: Any) -> None:
        wanted = int(value)
        target = self._field("n", *_COUNTS)
        if target is None or not target.is_number or target.is_file:
            if wanted > 1:
                raise InvalidOption("The model makes one picture in a call.", hint="Ask for one at a time.")
            return
        if target.within(wanted) != wanted:
            raise InvalidOption(
                f"The model makes at most {target.high:g} pictures in a call, {wanted} were asked for."
            )
        series = self.schema.get("sequential_image_generation")
        if target.name == "max_images" and series is not None:
            if wanted == 1:
                return
            self.values[series.name] = "auto"
        self.values[target.name] = wanted

    def _strength(self, value: Any) -> None:
        if (target := self._field("strength", *_STRENGTHS)) is not None:
            self.values[target.name] = target.within(float(value))
        elif (
            target := self.schema.first("image_prompt_strength")
        ) is not None:  # how much the picture counts
            self.values[target.name] = target.within(1 - float(value))

    def _scale(self, value: Any) -> None:
        target = self._field("scale", *_SCALES)
        if target is None:
            self.notes.append("The model decides the scale itself.")
            return
        if not target.choices:
            self.values[target.name] = self._taken(target, value)
            return
        steps = [(choice, leading(choice)) for choice in target.choices]
        chosen, scale = self._nearest("scale", float(value), measured(steps), str)
        self.values[target.name] = chosen
        self._note_step("scale", float(value), scale)

    def _sound(self, value: Any) -> None:
        target = self._field("sound", *_SOUNDS)
        if target is not None and target.kind == "boolean":
            self.values[target.name] = bool(value)
        else:
            self.notes.append("The model has no switch for sound: the clip is as it makes it.")

    def _seed(self, seed: int) -> int | None:
        target = self.schema.first("seed")
        if target is None or not target.is_number:
            if self.task.seed is not None:
                self.notes.append("The model takes no seed.")
            return None
        wanted = seed if self.task.seed is None else self.task.seed
        if self.task.seed is None and target.high is not None:
            wanted %= int(target.high) + 1
        sent = int(target.within(wanted))
        if sent != wanted:
            self.notes.append(f"The seed {wanted} became {sent}.")
        self.values[target.name] = sent
        return sent

    # --- shape and size ------------------------------------------------------------------------------------------

    def _size(self, value: Any) -> None:
        """`1024x1536`: as it is where the model takes width and height, else the nearest shape and step."""
        found = PIXELS.fullmatch(str(value).strip().lower())
        if found is None:
            self._tier(str(value))
            return
        width, height = int(found[1]), int(found[2])
        if self._width_and_height(width, height):
            return
        shaped = self._shape(width / height, f"{width} x {height}")
        tiers = [(step, pixels) for step, pixels in self._tiers() if pixels is not None]
        if tiers:
            target, steps = tiers[0][0][0], [(step[1], pixels) for step, pixels in tiers]
            chosen, _ = self._nearest("size", width * height, steps, as_size, scale=math.log)
            self.values[target] = chosen
            self.notes.append(f"The model works in steps of size: {width} x {height} became {chosen}.")
        elif not shaped:
            self.notes.append("The model decides the size of the picture itself.")

    def _width_and_height(self, width: int, height: int) -> bool:
        across, down = self.schema.get("width"), self.schema.get("height")
        custom = [
            name
            for name in ("aspect_ratio", "size")
            if (f := self.schema.get(name)) and "custom" in f.choices
        ]
        shaped_otherwise = self.schema.get("aspect_ratio") is not None or self.schema.get("size") is not None
        if across is None or down is None or (shaped_otherwise and not custom):
            return False
        fits = across.within(width) == width and down.within(height) == height
        if not fits and shaped_otherwise:
            return False
        if not fits:
            width, height = self._scaled_into(across, down, width, height)
        self.values |= {across.name: width, down.name: height} | dict.fromkeys(custom, "custom")
        return True

    def _scaled_into(self, across: InputField, down: InputField, width: int, height: int) -> tuple[int, int]:
        shrink = min(1.0, (across.high or width) / width, (down.high or height) / height)
        grow = max(1.0, (across.low or width) / width, (down.low or height) / height)
        factor = shrink if shrink < 1 else grow
        scaled = int(across.within(width * factor)), int(down.within(height * factor))
        self.notes.append(f"{width} x {height} became {scaled[0]} x {scaled[1]}, which the model can do.")
        return scaled

    def _aspect(self, value: Any) -> None:
        found = RATIO.fullmatch(str(value).strip())
        if found is None:
            self._other("aspect", value)
        elif not self._shape(float(found[1]) / float(found[2]), str(value)):
            self.notes.append("The model decides the shape itself.")

    def _shape(self, ratio: float, asked: str) -> bool:
        """The nearest shape that the model offers, if it offers any."""
        target = self._field("aspect", "aspect_ratio", "ratio")
        shapes = [(name, ratio_of(name)) for name in target.choices] if target is not None else []
        offered = measured(shapes)
        if target is None or not offered:
            return False
        chosen, nearest = min(offered, key=lambda shape: abs(math.log(shape[1] / ratio)))
        self.values[target.name] = chosen
        if abs(math.log(nearest / ratio)) > 0.01:
            self.notes.append(f"The model does not offer {asked}: the nearest shape is {chosen}.")
        return True

    def _resolution(self, value: Any) -> None:
        self._tier(str(value))

    def _tier(self, value: str) -> None:
        """`720p`, `2K`: the nearest that the model offers and that costs no more."""
        asked = lines_of(value) or pixels_of(value)
        steps = [
            (choice, lines if lines_of(value) else pixels)
            for choice, lines, pixels in ((c, lines_of(c[1]), pixels_of(c[1])) for c, _ in self._tiers())
        ]
        offered = measured(steps)
        if asked is None or not offered:
            self.notes.append("The model decides the resolution itself.")
            return
        (target, chosen), nearest = self._nearest(
            "resolution", asked, offered, lambda step: as_ours(step[1]), scale=math.log
        )
        self.values[target] = chosen
        if abs(nearest - asked) > _EXACT:
            self.notes.append(f"The model does not offer {value}: the nearest is {chosen}.")

    def _tiers(self) -> list[tuple[tuple[str, Any], float | None]]:
        """The steps of size of the first field that has some: field and choice, and pixels where it says them."""
        for name in _TIERS:
            target = self.schema.get(name)
            steps = (
                [choice for choice in target.choices if lines_of(choice) or pixels_of(choice)]
                if target
                else []
            )
            if steps:
                return [((name, choice), pixels_of(choice)) for choice in steps]
        return []

    def _like_the_input(self, pictures: Sequence[Placed], said: dict[str, Any]) -> None:
        """A picture that is changed keeps its shape, and its size where the model offers that."""
        if not pictures or self.task.operation in ("generate", "video", "video_sound"):
            return
        for name, asked in (
            ("aspect_ratio", ("size", "aspect", "aspect_ratio")),
            ("resolution", ("size", "resolution")),
        ):
            target = self.schema.get(name)
            if target is None or _KEEP not in target.choices or name in self.values:
                continue
            if not any(key in said for key in asked):
                self.values[name] = _KEEP

    # --- clips ---------------------------------------------------------------------------------------------------

    def _seconds(self, value: Any) -> None:
        asked = leading(value)
        if asked is None:
            return
        if (target := self._field("seconds", *_LENGTHS)) is not None:
            self._length(target, asked, 1.0)
        elif (target := self.schema.first(*_FRAMES)) is not None:
            self._length(target, asked, self._rate(target))
        else:
            self.notes.append("The model decides the length of the clip itself.")

    def _rate(self, target: InputField) -> float:
        rate = self.schema.first(*_RATES)
        if rate is None or not isinstance(rate.default, int | float):
            return _FRAME_RATES.get(target.name, _OTHER_RATE)
        return float(self.values.get(rate.name, rate.default))

    def _length(self, target: InputField, asked: float, rate: float) -> None:
        """`rate`: how many of the field's units a second has."""
        if target.choices:
            steps = measured([(choice, leading(choice)) for choice in target.choices])
        else:
            whole = target.within(asked * rate)
            steps = [(whole, float(whole))]
        steps = [(choice, units / rate) for choice, units in steps]
        if not steps:
            raise InvalidOption(f"The model does not take a length in seconds: {listed(target.choices)}.")
        chosen, seconds = self._nearest(
            "seconds", asked, steps, lambda choice: leading(choice) or 0.0, rate=rate
        )
        self.values[target.name] = chosen
        if abs(seconds - asked) > _SAME_LENGTH_S:
            self.notes.append(f"The model makes clips of {seconds:g} s here, {asked:g} s were asked for.")

    # --- steps ---------------------------------------------------------------------------------------------------

    def _nearest(
        self,
        parameter: str,
        asked: float,
        steps: list[tuple[Any, float]],
        ours: Callable[[Any], Any],
        *,
        scale: Callable[[float], float] = float,
        rate: float = 1.0,
    ) -> tuple[Any, float]:
        """The choice nearest to `asked` that costs no more than what was ordered: the hold was made for that.

        `steps`: choices and what they measure. `ours`: a choice as a value of our parameter. Raises InvalidOption.
        """
        ordered = self._dearest({})
        for choice, measure in sorted(steps, key=lambda step: (abs(scale(step[1]) - scale(asked)), step[1])):
            value = ours(choice) / rate if rate != 1.0 else ours(choice)
            if abs(measure - asked) <= _EXACT or self._dearest({parameter: value}) <= ordered:
                return choice, measure
        offered = listed([choice[1] if isinstance(choice, tuple) else choice for choice, _ in steps])
        raise InvalidOption(
            f"The model does not offer the {parameter} that was asked for, and what it offers costs more: {offered}.",
            hint="Ask for one of these.",
        )

    def _dearest(self, changes: dict[str, Any]) -> int:
        """What the order costs at most with these parameters, in micro-dollars; 0 where nobody can say."""
        price = self.model.price
        if price is None or not price.can_be_held:
            return 0
        parameters = {**self.task.parameters, **changes}
        update: dict[str, Any] = {"parameters": parameters}
        if "seconds" in changes:
            parameters.pop("duration", None)
        if (pixels := pixels_of(changes.get("size", ""))) is not None:
            update["output_megapixels"] = pixels / 1e6 * int(parameters.get("n") or 1)
        return price.price(self.task.model_copy(update=update)).high

    def _note_step(self, name: str, asked: float, got: float) -> None:
        if abs(asked - got) > _EXACT:
            self.notes.append(f"The model does not offer a {name} of {asked:g}: it is {got:g}.")

    # --- the rest ------------------------------------------------------------------------------------------------

    def _format(self) -> None:
        """Without loss where there is a choice."""
        target = self.schema.get("output_format")
        if target is not None and self.model.output == "image" and "png" in target.choices:
            self.values.setdefault(target.name, "png")

    def _category(self) -> None:
        target = self.schema.get("category")
        kinds = [
            feature.partition(":")[2] for feature in self.task.features if feature.startswith("garment:")
        ]
        if target is None or not kinds or target.name in self.values or not self.task.first(Role.GARMENT):
            return
        wanted = _GARMENTS.get(kinds[0], kinds[0])
        if wanted in target.choices:
            self.values[target.name] = wanted


def _is_said(value: Any) -> bool:
    return value is not None and value != "" and not (isinstance(value, str) and value.lower() == "auto")
