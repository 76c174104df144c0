"""Every `BOTTEGA_*` setting, in one place."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
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
    decode_timeout_seconds: float = Field(default=30.0, gt=0)

    # Money, in US dollars
    budget_user_hour: Dollars = micro_usd(50)
    budget_user_month: Dollars = None
    budget_total_month: Dollars = None

    # Results
    result_cache_days: float = Field(default=7.0, ge=0)
    """0 switches the cache of results off."""
    max_attempts: int = Field(default=3, ge=1)
    """Candidates tried for one job at most."""

    learning: bool = True
    """Now and then try a candidate that may be better than it is thought to be; off: always the likeliest best."""

    policy: str = ""
    """What the content policy does per category, such as `gore=allow`; what is not named is refused. What concerns
    minors cannot be allowed."""

    # Searching the web for public pictures, when somebody asks for it
    web_search_provider: Literal["brave", "tavily", "none"] = "none"
    """Whose search is used. It gets the words that are searched for, and bills them to the key."""
    web_search_api_key: str = ""
    web_search_base_url: str = ""
    """Another address of the same API; empty: the provider's own."""

    # An OpenAI-compatible image server (a local one, for instance)
    openai_compatible_base_url: str = ""
    openai_compatible_api_key: str = ""

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
