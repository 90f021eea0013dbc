"""Changes of the core: villages, households, residents, programs, access."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .access import grant_role, issue_token, revoke_role, revoke_token
from .corrections import (
    approve_correction,
    propose_correction,
    reject_correction,
    withdraw_correction,
)
from .duplicates import dismiss_duplicate, merge_residents
from .files import request_download, request_upload
from .households import change_kk_number, update_household
from .jobs import run_job
from .life import record_life_event, undo_life_event
from .messages import mark_messages_read
from .programs import configure_program, disable_program, enable_program
from .resident_updates import update_resident
from .residents import register_resident
from .setups import import_program_setup, publish_program_setup, withdraw_program_setup
from .sheets import export_residents, import_residents
from .tasks import cancel_task
from .transfers import accept_transfer, propose_transfer, refuse_transfer, withdraw_transfer
from .villages import (
    add_hamlet,
    appoint_hamlet_head,
    end_hamlet_head,
    remove_hamlet,
    rename_hamlet,
    update_village,
)

MUTATIONS: tuple[Callable[..., Any], ...] = (
    update_village,
    add_hamlet,
    rename_hamlet,
    remove_hamlet,
    appoint_hamlet_head,
    end_hamlet_head,
    update_household,
    change_kk_number,
    register_resident,
    update_resident,
    propose_correction,
    approve_correction,
    reject_correction,
    withdraw_correction,
    import_residents,
    export_residents,
    record_life_event,
    undo_life_event,
    propose_transfer,
    accept_transfer,
    refuse_transfer,
    withdraw_transfer,
    dismiss_duplicate,
    merge_residents,
    enable_program,
    disable_program,
    configure_program,
    publish_program_setup,
    withdraw_program_setup,
    import_program_setup,
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
