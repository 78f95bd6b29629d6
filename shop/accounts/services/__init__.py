"""Verbs about people: sign-up, sign-in, memberships, staff scope, tokens, the audit log."""

from shop.accounts.services.audit import (
    record_audit,
)
from shop.accounts.services.members import (
    add_member,
    give_staff_scope,
    let_in,
    remove_member,
    take_staff_scope,
)
from shop.accounts.services.people import (
    change_password,
    change_profile,
    create_person,
    disable_person,
    enable_person,
    get_person,
    make_admin,
)
from shop.accounts.services.signing import (
    drop_second_factor,
    end_other_sign_ins,
    end_sign_in,
    end_sign_in_by_id,
    judge_try,
    mark_seen,
    matching_step,
    pass_second_factor,
    sign_in,
    start_sign_in,
    token_digest,
    try_second_factor,
)
from shop.accounts.services.tokens import (
    create_api_token,
    revoke_api_token,
)

__all__ = [
    "add_member",
    "change_password",
    "change_profile",
    "create_api_token",
    "create_person",
    "disable_person",
    "drop_second_factor",
    "enable_person",
    "end_other_sign_ins",
    "end_sign_in",
    "end_sign_in_by_id",
    "get_person",
    "give_staff_scope",
    "judge_try",
    "let_in",
    "make_admin",
    "mark_seen",
    "matching_step",
    "pass_second_factor",
    "record_audit",
    "remove_member",
    "revoke_api_token",
    "sign_in",
    "start_sign_in",
    "take_staff_scope",
    "token_digest",
    "try_second_factor",
]
