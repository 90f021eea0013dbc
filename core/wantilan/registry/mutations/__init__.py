"""Changes of the core: residents, programs, access."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .access import grant_role, issue_token, revoke_role, revoke_token
from .files import request_download, request_upload
from .jobs import run_job
from .life import record_life_event, undo_life_event
from .messages import mark_messages_read
from .programs import configure_program, disable_program, enable_program
from .residents import register_resident
from .sheets import export_residents, import_residents
from .tasks import cancel_task

MUTATIONS: tuple[Callable[..., Any], ...] = (
    register_resident,
    import_residents,
    export_residents,
    record_life_event,
    undo_life_event,
    enable_program,
    disable_program,
    configure_program,
    run_job,
    cancel_task,
    grant_role,
    revoke_role,
    issue_token,
    revoke_token,
    request_upload,
    request_download,
    mark_messages_read,
)
