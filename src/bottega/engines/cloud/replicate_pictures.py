"""Which of a task's pictures goes into which field of a hosted model."""

from dataclasses import dataclass

from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.engines.cloud.replicate_schema import InputField, InputSchema
from bottega.errors import InvalidOption, MissingInput
from bottega.models import Model

_LISTS = ("input_images", "image_input", "images", "image", "reference_images")
_SINGLES = (
    "input_image", "image", "start_image", "first_frame_image", "img", "image_prompt", "input_image_1", "main_face_image",
    "subject_reference", "init_image", "video",
)  # fmt: skip
_SECONDS = ("input_image_2", "image_2", "style_image", "reference_image")
_MORE = ("reference_images", "input_images", "images")
_LAST_FRAMES = ("last_frame", "last_frame_image", "last_image", "end_image", "tail_image")
_PERSONS = ("human_img", "person_image", "model_image", "human_image")
_GARMENTS = ("garm_img", "garment_image", "cloth_image", "garment_img")
_MASKS = ("mask", "mask_image", "mask_img")


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture and its field; `in_list` when the field takes several."""

    field: str
    in_list: bool
    item: TaskInput
    is_mask: bool = False


def place(task: Task, model: Model, schema: InputSchema) -> tuple[Placed, ...]:
    """Every picture of the task in a field of its own, in the task's order.

    Raises InvalidOption when there are more than the model takes, or one in a role that it has no field for;
    MissingInput when it needs one that is not there.
    """
    return _Placing(task, model, schema).all()


@dataclass(slots=True)
class _Placing:
    task: Task
    model: Model
    schema: InputSchema

    def all(self) -> tuple[Placed, ...]:
        pictures = [item for item in self.task.inputs if item.role is not Role.MASK]
        placed = self._by_role(pictures)
        rest = [item for item in pictures if item not in [one.item for one in placed]]
        placed += self._last_frame(rest)
        rest = [item for item in rest if item not in [one.item for one in placed]]
        placed += self._in_order(rest, {one.field for one in placed})
        placed += self._mask()
        given = {one.field for one in placed}
        for name in sorted(self.schema.required - given):
            if self.schema.fields[name].is_file:
                raise MissingInput(
                    "The model needs a picture that was not given.", hint=f"It is its {name!r}."
                )
        return tuple(placed)

    def _named(self, key: str, usual: tuple[str, ...]) -> InputField | None:
        named = self.model.fields.get(key, "").removesuffix("[]")
        candidates = [self.schema.get(name) for name in (named, *usual) if name]
        return next((field for field in candidates if field is not None and field.is_file), None)

    def _by_role(self, pictures: list[TaskInput]) -> list[Placed]:
        """A person and a garment, where the model tells them apart."""
        placed: list[Placed] = []
        for role, key, usual in ((Role.PERSON, "person", _PERSONS), (Role.GARMENT, "garment", _GARMENTS)):
            target = self._named(key, usual)
            item = next((item for item in pictures if item.role is role), None)
            if target is not None and item is not None and not target.is_list:
                placed.append(Placed(target.name, False, item))
        return placed

    def _last_frame(self, rest: list[TaskInput]) -> list[Placed]:
        if "end_frame" not in self.task.features or len(rest) < 2:
            return []
        target = self._named("end_frame", _LAST_FRAMES)
        if target is None:
            raise InvalidOption("The model takes no picture for the end of the clip.")
        return [Placed(target.name, target.is_list, rest[-1])]

    def _in_order(self, rest: list[TaskInput], used: set[str]) -> list[Placed]:
        if not rest:
            return []
        first = self._first_field(used)
        if first is None:
            raise InvalidOption("The model takes no picture.", hint="Leave the picture out.")
        if first.is_list:
            self._check_count(first, len(rest))
            return [Placed(first.name, True, item) for item in rest]
        placed, rest = [Placed(first.name, False, rest[0])], rest[1:]
        second = self._named("image_2", _SECONDS)
        if rest and second is not None and not second.is_list:
            placed, rest = [*placed, Placed(second.name, False, rest[0])], rest[1:]
        if not rest:
            return placed
        more = self._named("references", _MORE)
        if more is None or not more.is_list or more.name == first.name:
            raise InvalidOption(
                f"The model takes {len(placed)} of these pictures, {len(rest)} are left over."
            )
        self._check_count(more, len(rest))
        return placed + [Placed(more.name, True, item) for item in rest]

    def _first_field(self, used: set[str]) -> InputField | None:
        named = self.model.fields.get("image", "").removesuffix("[]")
        for name in (named, *_SINGLES, *_LISTS):
            field = self.schema.get(name) if name else None
            if field is not None and field.is_file and name not in used:
                return field
        return None

    @staticmethod
    def _check_count(field: InputField, count: int) -> None:
        if field.most is not None and count > field.most:
            raise InvalidOption(f"The model takes at most {field.most} pictures, {count} were given.")

    def _mask(self) -> list[Placed]:
        masks = [item for item in self.task.inputs if item.role is Role.MASK]
        if not masks:
            return []
        if len(masks) > 1:
            raise InvalidOption("The model takes one mask.", hint="Mark everything that is to change in one.")
        mask = masks[0]
        target = self._named("mask", _MASKS)
        if target is None:
            raise InvalidOption("The model takes no mask.", hint="Say in words what is to change.")
        return [Placed(target.name, False, mask, is_mask=True)]
