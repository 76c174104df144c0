"""The verdict on a result: what is measured, and where the settings name one, what a vision model sees."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import structlog

from bottega.compute import ComputePool
from bottega.domain.money import MicroUsd
from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Rubric, Verdict, VerdictState
from bottega.errors import BottegaError, Money
from bottega.fashion.findings import Check
from bottega.jobs.engine_call import AttemptRecord
from bottega.llm import LanguageModels, PictureBytes
from bottega.quality import judge
from bottega.quality.looks import FRAMES_SEEN, is_asked, is_tryon, rubric_of
from bottega.quality.vision import (
    JudgedPicture,
    VisionVerdict,
    combine,
    judge_by_vision,
    view,
    view_frames,
)
from bottega.settings import Settings
from bottega.spend import Ledger
from bottega.spend.language import LedgerSpending
from bottega.store.assets import AssetStore

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Judging:
    settings: Settings
    models: LanguageModels
    ledger: Ledger
    assets: AssetStore
    compute: ComputePool

    async def check(
        self, owner: str, job_id: str, task: Task, *, stay_local: bool, most: MicroUsd | None
    ) -> dict[str, Any]:
        """`pictures`: what is found about them, by asset id; `cost`: what the vision model was paid, `most` at most.
        Raises UnsafeTryOn."""
        # Loaded with the first try-on: they bring libraries of pictures that the server does without.
        from bottega.quality.fashion_vision import Subject, look_at
        from bottega.quality.tryon import check_inputs

        spend = LedgerSpending(self.ledger, owner, job_id, most)

        async def look(subject: Subject, check: Check, path: Path) -> Check:
            try:
                seen, _ = await look_at(
                    self.models, self.settings, self.compute, subject, check, path, spend=spend
                )
            except BottegaError as error:
                # The check is whole without it; its judges say that no vision model spoke.
                log.warning("check.not_seen", subject=subject, error=error.message)
                return check
            return seen

        asks = is_asked(self.settings, stay_local=stay_local)
        try:
            found = await check_inputs(self.compute, task, self.assets.limits, look if asks else None)
        except BottegaError as error:
            if spend.charged:
                error.money = Money.CHARGED
                error.details["asked"] = spend.charged
            raise
        pictures = {asset: check.model_dump(mode="json") for asset, check in found.items()}
        return {"pictures": pictures, "cost": spend.charged}

    async def look(self, owner: str, job_id: str, task: Task, *, most: MicroUsd | None) -> dict[str, Any]:
        """`seen`: what the vision model sees of the person, as the stylist's parameter of that name; where it cannot be
        asked, why. `cost`: what it was paid, `most` at most. Raises MissingInput where the settings name no model."""
        person = task.first(Role.PERSON)
        assert person is not None
        from bottega.quality.style_vision import read_style

        spend = LedgerSpending(self.ledger, owner, job_id, most)
        reading = await read_style(
            self.models, self.settings, self.compute, person.path, task.prompt, spend=spend
        )
        return {"seen": {"answer": reading.answer, "reason": reading.reason}, "cost": spend.charged}

    async def verdict(
        self,
        owner: str,
        job_id: str,
        task: Task,
        rubric: Rubric,
        record: AttemptRecord,
        *,
        stay_local: bool,
        most: MicroUsd | None,
    ) -> tuple[Verdict, MicroUsd]:
        """The verdict on an attempt's first output, and what the vision model was paid for it, `most` at most.

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
        if is_tryon(task):
            from bottega.quality.tryon import judge_gates, with_gates

            measured = with_gates(
                measured,
                await judge_gates(
                    self.compute,
                    task,
                    self.assets.path_of(record.outputs[0]),
                    self.assets.result_limits,
                    self._mask(record, "edit_mask"),
                    self._mask(record, "garment_mask"),
                ),
            )
        seen_by = rubric_of(task)
        asks = is_asked(self.settings, stay_local=stay_local)
        if seen_by is None or not asks or measured.state is VerdictState.REJECTED:
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
        spend = LedgerSpending(self.ledger, owner, job_id, most)
        seen = await judge_by_vision(
            self.models,
            self.settings.judge_model,
            seen_by,
            pictures,
            task.prompt,
            fallbacks=self.settings.judge_fallbacks,
            spend=spend,
        )
        return combine(measured, seen, without_vision=self.settings.vision_missing), spend.charged

    def _mask(self, record: AttemptRecord, name: str) -> Path | None:
        """The output that the engine's report calls so."""
        number = cast("int | None", record.report.get(name))
        return None if number is None else self.assets.path_of(record.outputs[number])

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
