"""The content policy before anything is planned: the local check, a vendor's moderation, a look at the pictures.

The last two only where the settings say so, and never for work that is to stay on this machine. Their answers are
remembered; one that cannot be had refuses the request for now: it is never taken for an all-clear.
"""

import asyncio
from typing import Any

from bottega.analytics import Analytics
from bottega.compute import ComputePool
from bottega.domain.principal import Principal
from bottega.domain.request import Request, Role
from bottega.domain.task import TaskInput
from bottega.imaging.limits import Limits
from bottega.intent.moderation import findings_of
from bottega.intent.normalise import clean
from bottega.intent.policy import Finding, Policy, check, parse_policy, refusal
from bottega.llm import LanguageModels, PictureBytes
from bottega.llm.moderation import Flag, Moderation, picture_check
from bottega.quality.vision import view
from bottega.settings import Settings
from bottega.spend import Ledger
from bottega.spend.language import LedgerSpending
from bottega.store.keyed_cache import KeyedCache

REMEMBERED_S = 86_400.0
"""A picture's content does not change; what a model thinks of it may."""


class PolicyGate:
    """`words` and `pictures` remember what others said."""

    def __init__(
        self,
        settings: Settings,
        models: LanguageModels,
        ledger: Ledger,
        analytics: Analytics,
        compute: ComputePool,
        *,
        words: KeyedCache,
        pictures: KeyedCache,
    ) -> None:
        self._settings = settings
        self._models = models
        self._ledger = ledger
        self._analytics = analytics
        self._compute = compute
        self._words = words
        self._pictures = pictures
        self._policy: Policy = parse_policy(settings.policy)
        self._moderation = Moderation(settings)
        self._limits = Limits.from_settings(settings)

    async def check(self, request: Request, inputs: tuple[TaskInput, ...], who: Principal) -> None:
        """Raises PolicyRefused, and remembers that it did; ProviderUnavailable, ProviderError or OutputError when
        somebody whom the settings name could not be asked."""
        pictured = any(item.role is Role.PERSON for item in inputs)
        await self._refuse(check(request.prompt, self._policy, person_pictured=pictured), who)
        if request.stay_local:
            return
        seen = [
            await self._look(item, who)
            for item in inputs
            if self._looks_at_pictures and item.media.is_picture
        ]
        flags = [Flag.model_validate(flag) for sight in seen for flag in sight["flags"]]
        flags += await self._moderated(request.prompt, who)
        minor = any(sight["minor"] for sight in seen)
        await self._refuse(findings_of(flags, self._policy, shows_minor=minor), who)
        if any(sight["person"] for sight in seen) and not pictured:
            await self._refuse(check(request.prompt, self._policy, person_pictured=True), who)

    @property
    def _looks_at_pictures(self) -> bool:
        return self._settings.check_pictures and bool(self._settings.judge_model)

    async def _refuse(self, findings: tuple[Finding, ...], who: Principal) -> None:
        if findings:
            await self._analytics.note_refusal(who.owner, findings[0].category.value)
            raise refusal(findings)

    async def _moderated(self, prompt: str, who: Principal) -> list[Flag]:
        if self._settings.moderation == "none" or not prompt.strip():
            return []

        async def ask() -> list[dict[str, Any]]:
            told = await self._moderation.check(text=prompt)
            return [flag.model_dump(mode="json") for flag in told.flags]

        return [
            Flag.model_validate(flag)
            for flag in await self._words.get_or_make(clean(prompt), ask, owner=who.owner)
        ]

    async def _look(self, item: TaskInput, who: Principal) -> dict[str, Any]:
        async def ask() -> dict[str, Any]:
            data = await self._compute.call(view, item.path, self._limits)
            told = await picture_check(
                self._models,
                self._settings.judge_model,
                PictureBytes(data, "image/jpeg"),
                spend=LedgerSpending(self._ledger, who.owner),
            )
            return {
                "flags": [flag.model_dump(mode="json") for flag in told.flags],
                "minor": told.shows_minor,
                "person": told.shows_person,
            }

        return await asyncio.shield(self._pictures.get_or_make(item.asset_id, ask, owner=who.owner))
