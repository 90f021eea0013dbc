"""What a village sets, and where the deployment's mail server is."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from wantilan import VillageSettings, WantilanError

from .rules import ADDRESS

PROGRAM = "mail"
NEAR = re.compile(r"localhost|127(?:\.\d+){3}|::1")


class MailSettings(VillageSettings, program=PROGRAM, own=("sender_name", "reply_to")):
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
    sender: str | None = Field(
        default=None, pattern=f"^(?:{ADDRESS.pattern})$", description="The address from which mails come."
    )
    seconds: float = Field(default=20.0, gt=0, le=60, description="How long one mail may take.")

    @model_validator(mode="after")
    def _fits(self) -> MailServer:
        if self.host is not None and self.sender is None:
            raise PydanticCustomError("sender", "WANTILAN_MAIL_SENDER is missing: the address to send from")
        if (self.user is None) != (self.password is None):
            raise PydanticCustomError("user", "WANTILAN_MAIL_USER and WANTILAN_MAIL_PASSWORD go together")
        if self.password is not None and self.tls == "none" and not NEAR.fullmatch(self.host or ""):
            raise PydanticCustomError("tls", "a password goes over TLS: set WANTILAN_MAIL_TLS")
        return self

    @classmethod
    def read(cls) -> MailServer:
        """From the environment. Raises WantilanError, one line, no values."""
        try:
            return cls()
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = "".join(f" WANTILAN_MAIL_{str(part).upper()}" for part in first["loc"])
            raise WantilanError(f"Mail settings:{name}: {first['msg']}.".replace("::", ":")) from None
