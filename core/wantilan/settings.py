"""Settings: `WANTILAN_*` in the environment, or `wantilan.toml` in the working directory.

The environment wins over the file. Nothing is read at import.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from .errors import ConfigurationError


class Limits(BaseSettings):
    """How much one request may ask. The defaults are those of the API's documentation."""

    model_config = SettingsConfigDict(env_prefix="WANTILAN_LIMIT_", extra="forbid")

    body_bytes: int = 1024 * 1024
    document_characters: int = 20_000
    tokens: int = 2_000
    depth: int = 12
    aliases: int = 30
    directives: int = 9
    root_fields: int = 20
    page_size: int = 100
    rows: int = 10_000
    statement_seconds: float = 5.0
    cost_per_minute: int = 600
    connections: int = 4_000
    connections_per_token: int = 1_000
    operations: int = 100
    messages_per_second: int = 50


class Files(BaseSettings):
    """Where the contents of files lie, and how long an address for them lives."""

    model_config = SettingsConfigDict(env_prefix="WANTILAN_FILES_", extra="forbid")

    folder: Path | None = None
    bucket: str | None = None
    bucket_path: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"
    access_key: str | None = None
    secret_key: SecretStr | None = None
    base_url: str = Field(default="", pattern=r"^(https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?)?$")
    upload_minutes: int = Field(default=15, ge=1, le=1440)
    download_minutes: int = Field(default=5, ge=1, le=1440)
    open_addresses: int = Field(default=20, ge=1)
    untaken_hours: int = Field(default=24, ge=1)
    idle_seconds: float = Field(default=30.0, gt=0)
    upload_seconds: float = Field(default=600.0, gt=0, le=1800)
    most_pixels: int = Field(default=50_000_000, ge=1)


_PREFIXES = {Limits.__name__: "WANTILAN_LIMIT", Files.__name__: "WANTILAN_FILES"}


class Settings(BaseSettings):
    """One deployment. `Settings.load()` turns a wrong value into one clear line."""

    model_config = SettingsConfigDict(env_prefix="WANTILAN_", toml_file="wantilan.toml", extra="ignore")

    database_url: str = Field(
        default="sqlite:///var/wantilan.db",
        description="SQLAlchemy URL of the application role; with or without +asyncpg / +aiosqlite.",
    )
    owner_url: str | None = Field(
        default=None,
        description="SQLAlchemy URL of the owner of the tables; only `wantilan migrate` uses it.",
    )
    pooler: Literal["none", "transaction"] = Field(
        default="none",
        description="`transaction` behind a pooler (pgbouncer) whose sessions last one transaction.",
    )
    read_connections: int = Field(default=16, ge=1, description="How many may read at a time, per process.")
    write_connections: int = Field(default=8, ge=1, description="How many may write at a time, per process.")
    hook_seconds: float = Field(
        default=60, gt=0, description="How long a program's hook may take when it is told of an event."
    )
    host: str = "127.0.0.1"
    port: int = 8000
    keys: SecretStr | None = Field(
        default=None,
        description="Keys for personal numbers; `wantilan keys new` makes one. Never in the repository.",
    )
    time_zone: str = Field(
        default="Asia/Makassar", description="Zone of default date ranges over several villages."
    )
    cors_origins: list[str] = Field(default_factory=list)
    introspection: bool = Field(
        default=False,
        description="Whether visitors may introspect. Tokens with `schema.introspect` always may.",
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        description="The bearer token for `/metrics`, at least 16 characters; without it nobody gets them.",
    )
    trusted_documents: Path | None = Field(
        default=None,
        description="A manifest, JSON, of the only documents that run; `wantilan documents check`.",
    )
    jobs: bool = Field(
        default=True, description="Whether this process does jobs; off for those that only answer."
    )
    idempotency_days: int = Field(
        default=60, ge=1, description="For how many days a repeated request is recognised by its key."
    )
    correction_hours: int = Field(
        default=72,
        ge=1,
        description="Within how many hours a proposed correction of biodata should be decided.",
    )
    demo: bool = Field(default=False, description="Set by `wantilan demo`; never in production.")
    strict: bool = Field(default=False, description="A program that fails to load stops the start.")
    limits: Limits = Field(default_factory=Limits)
    files: Files = Field(default_factory=Files)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @field_validator("metrics_token")
    @classmethod
    def _can_be_sent(cls, token: SecretStr | None) -> SecretStr | None:
        if token is None or re.fullmatch(r"[A-Za-z0-9._~+/-]{16,256}=*", token.get_secret_value()):
            return token
        raise PydanticCustomError(
            "token", "Use 16 to 256 of the letters A to Z and a to z, digits and ._~+/-"
        )

    @classmethod
    def load(cls, **given: Any) -> Settings:
        """Read the environment and `wantilan.toml`. Raises ConfigurationError, one line, no values."""
        try:
            return cls(**given)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = "_".join(str(part) for part in first["loc"])
            prefix = _PREFIXES.get(error.title, "WANTILAN")
            raise ConfigurationError(f"Setting {prefix}_{name.upper()}: {first['msg']}.") from None

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def sqlite_path(self) -> Path:
        return Path(self.database_url.split(":///", 1)[1])

    @property
    def files_folder(self) -> Path:
        """Where contents lie on disk: what the setting says, else beside the database, else `var/files`."""
        beside = self.sqlite_path.parent if self.is_sqlite else Path("var")
        return self.files.folder or beside / "files"
