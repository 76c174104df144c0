"""The verdict on a result: what is measured, and where the settings name one, what a vision model sees."""

from dataclasses import dataclass

from bottega.compute import ComputePool
from bottega.domain.money import MicroUsd
from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Rubric, Verdict, VerdictState
from bottega.errors import BottegaError
from bottega.jobs.attempts import AttemptRecord
from bottega.llm import LanguageModels, PictureBytes
from bottega.quality import judge
from bottega.quality.vision import (
    JudgedPicture,
    VisionVerdict,
    combine,
    judge_by_vision,
    rubric_for,
    view,
    view_frames,
)
from bottega.settings import Settings
from bottega.spend import Ledger
from bottega.spend.language import LedgerSpending
from bottega.store.assets import AssetStore

FRAMES_SEEN = 4
"""Of a clip, evenly spread."""


@dataclass(slots=True)
class Judging:
    settings: Settings
    models: LanguageModels
    ledger: Ledger
    assets: AssetStore
    compute: ComputePool

    async def verdict(
        self, owner: str, job_id: str, task: Task, rubric: Rubric, record: AttemptRecord, *, stay_local: bool
    ) -> tuple[Verdict, MicroUsd]:
        """The verdict on an attempt's first output, and what the vision model was paid for it.

        What the measures refuse already is not shown to anybody, and nothing of a request that stays on this machine.
        """
        source = task.first(Role.WORKING) or task.first(Role.PERSON)
        measured = await judge(
            self.compute,
            rubric,
            self.assets.path_of(record.outputs[0]),
            source.path if source is not None else None,
            record.report,
            self.assets.result_limits,
        )
        seen_by = rubric_for(*task.workflow.partition("/")[::2])
        if measured.state is VerdictState.REJECTED or seen_by is None or not self.settings.judge_model:
            return measured, 0
        if stay_local:
            return measured, 0
        try:
            pictures = await self._pictures(owner, task, record)
        except BottegaError as error:
            missing = VisionVerdict(
                state=VerdictState.NOT_JUDGED,
                rubric=seen_by.name,
                model_id=self.settings.judge_model,
                threshold=seen_by.threshold,
                reason=error.message,
            )
            return combine(measured, missing, without_vision=self.settings.vision_missing), 0
        seen = await judge_by_vision(
            self.models,
            self.settings.judge_model,
            seen_by,
            pictures,
            task.prompt,
            fallbacks=self.settings.judge_fallbacks,
            spend=LedgerSpending(self.ledger, owner, job_id),
        )
        return combine(measured, seen, without_vision=self.settings.vision_missing), seen.cost

    async def _pictures(self, owner: str, task: Task, record: AttemptRecord) -> list[JudgedPicture]:
        limits = self.assets.result_limits
        (result,) = await self.assets.get_many(record.outputs[:1], owner)
        path = self.assets.path_of(result.id)
        if result.media.is_clip:
            frames = await self.compute.call(view_frames, path, limits, FRAMES_SEEN)
            shown = [
                JudgedPicture(f"result, frame {n} of {len(frames)}", PictureBytes(frame, "image/jpeg"))
                for n, frame in enumerate(frames, start=1)
            ]
        else:
            data = await self.compute.call(view, path, limits)
            shown = [JudgedPicture("result", PictureBytes(data, "image/jpeg"))]
        return shown + [await self._input(item) for item in task.inputs if item.media.is_picture]

    async def _input(self, item: TaskInput) -> JudgedPicture:
        role = "original" if item.role is Role.WORKING else item.role.value
        data = await self.compute.call(view, item.path, self.assets.limits)
        return JudgedPicture(role, PictureBytes(data, "image/jpeg"))
