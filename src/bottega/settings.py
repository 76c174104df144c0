"""Every `BOTTEGA_*` setting, in one place."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from bottega.domain.money import MicroUsd, micro_usd


def _dollars(value: object) -> object:
    """`50`, `"0.25"` -> micro-dollars; an empty string means no cap."""
    if value is None or value == "":
        return None
    if isinstance(value, str | int | Decimal):
        amount = micro_usd(value)
        if amount < 0:
            raise ValueError("a cap cannot be negative")
        return amount
    raise ValueError("give an amount of US dollars as text, such as 12.50")


Dollars = Annotated[MicroUsd | None, BeforeValidator(_dollars)]


def _also(name: str, *others: str) -> AliasChoices:
    """`BOTTEGA_<name>`, or one of the names that other programs use for the same; as an argument, the field's."""
    return AliasChoices(f"BOTTEGA_{name}", *others, name.lower())


class Settings(BaseSettings):
    """Read from the environment (`BOTTEGA_` in front of each name) and from a `.env` file in the working folder."""

    model_config = SettingsConfigDict(
        env_prefix="BOTTEGA_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        # The defaults below are final values; validating a default of money would convert it a second time.
        validate_default=False,
    )

    # Where things are
    home: Path = Path("~/.bottega")
    """Database, assets and caches of the embedded set-up."""
    database_url: str = ""
    """Empty: SQLite under `home`. Otherwise `postgresql://user@host/name`."""
    catalogue: Path | None = None
    """A TOML file whose models are added to, or replace, those of the built-in catalogue."""

    # Serving
    host: str = "127.0.0.1"
    port: int = Field(default=8600, ge=0, le=65535)
    auth: Literal["auto", "required"] = "auto"
    """`auto`: on a loopback address everybody is the local user; on any other address keys are needed."""
    allowed_hosts: tuple[str, ...] = ()
    """Further host names under which the keyless loopback server may be addressed."""
    web_dir: Path | None = None
    """Another folder with the built files of the web studio than the package's own."""

    # Jobs
    job_concurrency: int = Field(default=4, ge=1)
    jobs_per_owner: int = Field(default=0, ge=0)
    """How many jobs of one owner may run at once; 0 is no limit (the queue is fair either way)."""
    lease_seconds: float = Field(default=30.0, gt=0)
    shutdown_grace_seconds: float = Field(default=30.0, ge=0, le=330)
    max_crashes: int = Field(default=2, ge=1)
    """A job that was running in this many crashes without progress is quarantined."""
    job_timeout_seconds: float = Field(default=1800.0, gt=0)

    # Computing
    compute_workers: int = Field(default=0, ge=0)
    """Child processes for local work; 0 is one per core, at most four."""
    compute_timeout_seconds: float = Field(default=300.0, gt=0)

    # Limits on foreign files
    max_upload_bytes: int = Field(default=64 * 2**20, ge=1)
    max_pixels: int = Field(default=120_000_000, ge=1)
    max_side: int = Field(default=30_000, ge=1)
    max_frames: int = Field(default=1_000, ge=1)
    max_clip_seconds: float = Field(default=600.0, gt=0)
    decode_timeout_seconds: float = Field(default=30.0, gt=0)

    # Money, in US dollars
    budget_user_hour: Dollars = Field(
        default=micro_usd(50), validation_alias=_also("BUDGET_USER_HOUR", "COST_LIMIT_PER_HOUR")
    )
    budget_user_month: Dollars = None
    budget_total_month: Dollars = None
    budget_openai_day: Dollars = micro_usd(1000)
    budget_gemini_day: Dollars = micro_usd(500)
    budget_replicate_day: Dollars = micro_usd(500)
    budget_stability_day: Dollars = micro_usd(200)
    budget_anthropic_day: Dollars = micro_usd(200)
    gpu_second_price: Dollars = None
    """What a second of this machine's GPU costs; local engines that use one are then weighed against the cloud."""

    # Results
    result_cache_days: float = Field(default=7.0, ge=0)
    """0 switches the cache of results off."""
    max_attempts: int = Field(default=3, ge=1)
    """Candidates tried for one job at most."""

    person_pictures_hours: float = Field(default=0.0, ge=0, le=87_600)
    """How long pictures of persons given to fashion jobs are kept after the job has ended; 0: they go at once. What the
    user saves, and results, stay."""

    result_cache: Literal["database", "redis"] = "database"
    """Where results of identical work are looked up; `redis` needs BOTTEGA_REDIS_URL."""

    learning: bool = True
    """Now and then try a candidate that may be better than it is thought to be; off: always the likeliest best."""

    accept_noncommercial: bool = False
    """Whether weights may be used whose licence forbids commercial use; on: you say that your use is one it allows."""

    policy: str = ""
    """What the content policy does per category, such as `gore=allow`; what is not named is refused. What concerns
    minors cannot be allowed."""

    # Searching the web for public pictures, when somebody asks for it
    web_search_provider: Literal["brave", "tavily", "none"] = "none"
    """Whose search is used. It gets the words that are searched for, and bills them to the key."""
    web_search_api_key: str = ""
    web_search_base_url: str = ""
    """Another address of the same API; empty: the provider's own."""

    # Reading sentences
    ai_classification_enabled: bool = Field(
        default=True, validation_alias=_also("AI_CLASSIFICATION_ENABLED", "AI_CLASSIFICATION_ENABLED")
    )
    """Off: the keyword rules alone."""
    ai_classification_rollout_percentage: int = Field(
        default=100,
        ge=0,
        le=100,
        validation_alias=_also(
            "AI_CLASSIFICATION_ROLLOUT_PERCENTAGE", "AI_CLASSIFICATION_ROLLOUT_PERCENTAGE"
        ),
    )
    """The share of users whose sentences are read by the classifiers; the rules read those of the others."""
    intent_cache_ttl: float = Field(
        default=3600.0, ge=0, validation_alias=_also("INTENT_CACHE_TTL", "INTENT_CACHE_TTL")
    )
    """Seconds that the reading of a sentence is remembered; 0: it is not."""
    classification_timeout: float = Field(
        default=5.0, gt=0, validation_alias=_also("CLASSIFICATION_TIMEOUT", "CLASSIFICATION_TIMEOUT")
    )
    """Seconds that a language model may take to read a sentence before the next classifier does."""
    max_concurrent_classifications: int = Field(
        default=10,
        ge=1,
        validation_alias=_also("MAX_CONCURRENT_CLASSIFICATIONS", "MAX_CONCURRENT_CLASSIFICATIONS"),
    )
    classifier_model: str = ""
    """The language model that reads sentences first, such as `openai/gpt-6-luna`; empty: none does."""
    classifier_fallbacks: tuple[str, ...] = ()
    """Further models, asked when that one takes no calls."""
    classifier_ask_below: float = Field(default=0.9, gt=0, le=1)
    """A language model is asked only where the embedded classifier is less sure than this; 1: always."""

    # Looking at results and at pictures
    judge_model: str = ""
    """The vision model that looks at results beside the measured checks; empty: none does."""
    judge_fallbacks: tuple[str, ...] = ()
    """Further models, asked when that one takes no calls."""
    vision_missing: Literal["accept", "not judged"] = "not judged"
    """What a result is that passed the measured checks while the vision model could not be asked."""
    check_pictures: bool = False
    """Whether the vision model also looks at pictures to be worked on, for the content policy."""
    moderation: Literal["none", "openai"] = "none"
    """Whose moderation is asked beside the local content policy. It gets the words, and pictures to be worked on."""

    # Vendors. Their usual variables are read as well.
    openai_api_key: str = Field(default="", validation_alias=_also("OPENAI_API_KEY", "OPENAI_API_KEY"))
    openai_base_url: str = Field(default="", validation_alias=_also("OPENAI_BASE_URL", "OPENAI_BASE_URL"))
    gemini_api_key: str = Field(
        default="", validation_alias=_also("GEMINI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY")
    )
    gemini_base_url: str = ""
    replicate_api_key: str = Field(
        default="", validation_alias=_also("REPLICATE_API_KEY", "REPLICATE_API_TOKEN", "REPLICATE_API_KEY")
    )
    replicate_base_url: str = ""
    replicate_webhook_url: str = ""
    """Where Replicate reaches this server from outside, such as `https://bottega.example.org`; empty: it is asked."""
    stability_api_key: str = Field(
        default="", validation_alias=_also("STABILITY_API_KEY", "STABILITY_API_KEY")
    )
    stability_base_url: str = ""
    anthropic_api_key: str = Field(
        default="", validation_alias=_also("ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY")
    )
    anthropic_base_url: str = Field(
        default="", validation_alias=_also("ANTHROPIC_BASE_URL", "ANTHROPIC_BASE_URL")
    )
    # Any server that speaks the OpenAI API (a local one, for instance): pictures, and language models
    openai_compatible_base_url: str = ""
    openai_compatible_api_key: str = ""
    openai_compatible_output: Literal["native", "tool", "prompted"] = "native"
    """How its language models are asked for structured answers."""
    restricted_licences: bool = False
    """Whether models whose licence forbids commercial use may be planned."""

    # Resilience
    redis_url: str = Field(default="", validation_alias=_also("REDIS_URL", "REDIS_URL"))
    """Breakers, rate limits and caches of several processes meet here; empty: each process has its own."""
    rate_limit_per_minute: int = Field(
        default=100,
        ge=0,
        validation_alias=_also("RATE_LIMIT_PER_MINUTE", "RATE_LIMIT_REQUESTS_PER_MINUTE"),
    )
    """Jobs and plans that one user may ask for in a minute; 0 is no limit."""
    rate_limit_per_hour: int = Field(
        default=1000, ge=0, validation_alias=_also("RATE_LIMIT_PER_HOUR", "RATE_LIMIT_REQUESTS_PER_HOUR")
    )
    provider_rate_limit_per_minute: int = Field(default=0, ge=0)
    """Calls to one vendor in a minute; 0 is no limit of ours."""
    circuit_breaker_failures: int = Field(
        default=5,
        ge=1,
        validation_alias=_also("CIRCUIT_BREAKER_FAILURES", "CIRCUIT_BREAKER_FAILURE_THRESHOLD"),
    )
    """Failures in a row after which a model of a vendor is left alone."""
    circuit_breaker_timeout: float = Field(
        default=60.0, gt=0, validation_alias=_also("CIRCUIT_BREAKER_TIMEOUT", "CIRCUIT_BREAKER_TIMEOUT")
    )
    """Seconds until it is tried again."""
    circuit_breaker_failure_rate: float = Field(default=0.5, gt=0, le=1)
    """Share of failures among the last calls after which it is left alone as well."""
    circuit_breaker_probe_seconds: float = Field(default=120.0, gt=0)
    """After this a trial call that says nothing counts as dead."""
    circuit_breaker_successes: int = Field(default=3, ge=1)
    """Successes in a row that it needs then."""
    retry_attempts: int = Field(default=3, ge=1)
    """Tries of a call that is known not to have been accepted."""
    waiting_jobs: int = Field(default=1000, ge=1)
    """Jobs that one process lets wait for vendors at once, beside those that it works on itself."""

    @property
    def home_dir(self) -> Path:
        return self.home.expanduser()

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the database."""
        if not self.database_url:
            return f"sqlite:///{self.home_dir / 'bottega.db'}"
        scheme, _, rest = self.database_url.partition("://")
        if scheme in ("postgres", "postgresql"):
            return f"postgresql+psycopg://{rest}"
        return self.database_url

    @property
    def compute_processes(self) -> int:
        return self.compute_workers or min(4, os.cpu_count() or 1)
