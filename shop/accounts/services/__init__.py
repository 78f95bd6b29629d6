"""Verbs about people: sign-up, sign-in, memberships, staff scope, tokens, the audit log."""

from shop.accounts.services.audit import (
    record_audit,
    register_subject,
)
from shop.accounts.services.members import (
    add_member,
    give_staff_scope,
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
from shop.accounts.services.team import (
    Consent,
    answer_invitation,
    ask_to_support,
    change_role,
    give_consent,
    invite_member,
    require_still_working,
    revoke_consent,
    withdraw_invitation,
)
from shop.accounts.services.tokens import (
    create_api_token,
    revoke_api_token,
)

__all__ = [
    "Consent",
    "add_member",
    "answer_invitation",
    "ask_to_support",
    "change_password",
    "change_profile",
    "change_role",
    "create_api_token",
    "create_person",
    "disable_person",
    "drop_second_factor",
    "enable_person",
    "end_other_sign_ins",
    "end_sign_in",
    "end_sign_in_by_id",
    "get_person",
    "give_consent",
    "give_staff_scope",
    "invite_member",
    "judge_try",
    "make_admin",
    "mark_seen",
    "matching_step",
    "pass_second_factor",
    "record_audit",
    "register_subject",
    "remove_member",
    "require_still_working",
    "revoke_api_token",
    "revoke_consent",
    "sign_in",
    "start_sign_in",
    "take_staff_scope",
    "token_digest",
    "try_second_factor",
    "withdraw_invitation",
]
