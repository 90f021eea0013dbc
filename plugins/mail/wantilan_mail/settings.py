"""What a village sets, and where the deployment's mail server is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from wantilan import VillageSettings

from .rules import ADDRESS

PROGRAM = "mail"


class MailSettings(VillageSettings, program=PROGRAM):
    """How the village's mails look."""

    sender_name: str = Field(
        default="Kantor Desa", min_length=1, max_length=80, pattern=r"^[^\r\n\x00]*$",
        description="The name that stands before the deployment's address.",
    )  # fmt: skip
    reply_to: str | None = Field(
        default=None, max_length=254, pattern=f"^(?:{ADDRESS.pattern})$",
        description="Where answers go: the village's own address.",
    )  # fmt: skip


class MailServer(BaseSettings):
    """`WANTILAN_MAIL_*`: the one server that takes the mails of all villages of the deployment."""

    model_config = SettingsConfigDict(env_prefix="WANTILAN_MAIL_", extra="ignore")

    host: str | None = Field(default=None, description="Without it nothing is sent, and messages wait.")
    port: int = Field(default=587, ge=1, le=65535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    sender: str | None = Field(default=None, description="The address from which mails come.")
    seconds: float = Field(default=4.0, gt=0, le=60)
