"""People, memberships, tokens: what the database then holds, with real commits."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts import queries, rules, services
from shop.accounts.models import AuditEntry, AuditNote, Person, SignIn, SignInFailure
from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from tests.factories.accounts import make_admin, make_member, make_person, make_staff


def test_same_login_twice_is_refused_and_leaves_the_transaction_usable(
    db: Session, now: datetime
) -> None:
    make_person(db, email="ha@example.test")
    with pytest.raises(rules.LoginTaken):
        make_person(db, email="HA@example.test")
    make_person(db, email=None, phone="0912345678")
    with pytest.raises(rules.LoginTaken):
        make_person(db, email=None, phone="0912345678")
    db.commit()
    assert db.scalar(select(func.count()).select_from(Person)) == 2


def test_actor_holds_rights_of_every_membership(db: Session, now: datetime) -> None:
    person = make_staff(db, "19", "04")
    services.add_member(
        db, person_id=person.id, unit_kind="producer", unit_id=7, role="owner", now=now
    )
    services.add_member(db, person_id=person.id, unit_kind="club", unit_id=8, role="host", now=now)
    found = queries.actor_of_person(db, person.id)
    assert found is not None
    assert dict(found.producers) == {7: "owner"}
    assert dict(found.clubs) == {8: "host"}
    assert found.staff_provinces == {"19", "04"}
    assert not found.is_admin


def test_supporter_has_no_right_before_consent(db: Session, now: datetime) -> None:
    person = make_person(db)
    member = services.add_member(
        db, person_id=person.id, unit_kind="producer", unit_id=7, role="supporter", now=now
    )
    found = queries.actor_of_person(db, person.id)
    assert found is not None
    assert not found.producers
    assert queries.members_of(db, "producer", 7) == []
    member.consented_at = now
    db.flush()
    found = queries.actor_of_person(db, person.id)
    assert found is not None
    assert dict(found.producers) == {7: "supporter"}


@pytest.mark.parametrize(
    ("kind", "role"), [("producer", "host"), ("club", "owner"), ("producer", "x"), ("x", "owner")]
)
def test_role_must_fit_the_unit(db: Session, now: datetime, kind: str, role: str) -> None:
    person = make_person(db)
    with pytest.raises(rules.UnknownRole):
        services.add_member(db, person_id=person.id, unit_kind=kind, unit_id=1, role=role, now=now)


def test_last_owner_stays(db: Session, now: datetime) -> None:
    owner = make_member(db, "producer", 3)
    member = make_member(db, "producer", 3, "member")
    values = {"unit_kind": "producer", "unit_id": 3, "actor_id": owner.id, "now": now}
    with pytest.raises(rules.LastOwner):
        services.remove_member(db, person_id=owner.id, **values)
    services.remove_member(db, person_id=member.id, **values)
    db.commit()
    assert [row.person_id for row in queries.members_of(db, "producer", 3)] == [owner.id]
    with pytest.raises(NotFound):
        services.remove_member(db, person_id=member.id, **values)


def test_staff_of_a_province_falls_back_to_admins(db: Session) -> None:
    admin = make_admin(db)
    assert queries.staff_of(db, "19") == [admin.id]
    everywhere = make_staff(db, "*")
    here = make_staff(db, "19")
    make_staff(db, "04")
    assert queries.staff_of(db, "19") == [everywhere.id, here.id]


def test_sign_in_row_counts_until_idle_ended_or_old(db: Session, now: datetime) -> None:
    person = make_person(db)
    token = services.start_sign_in(db, person, now=now, device="Chrome · Android")
    db.commit()

    def is_known(at: datetime) -> bool:
        return (
            queries.actor_of(
                db, token_hash=services.token_digest(token), now=at, is_staff_totp_required=False
            )
            is not None
        )

    assert db.scalars(select(SignIn.token_hash)).one() != token
    assert is_known(now + timedelta(days=29))
    assert not is_known(now + timedelta(days=31))
    seen = now
    while seen < now + timedelta(days=89):
        seen += timedelta(days=25)
        sign_in = db.scalars(select(SignIn)).one()
        services.mark_seen(db, sign_in.id, now=seen)
    assert not is_known(now + timedelta(days=91))
    services.end_sign_in(db, token=token, now=now)
    assert not is_known(now)


def test_staff_hold_no_right_before_the_second_factor(db: Session, now: datetime) -> None:
    staff = make_staff(db, "19")
    token = services.start_sign_in(db, staff, now=now)

    def actor(*, required: bool) -> rules.Actor:
        found = queries.actor_of(
            db,
            token_hash=services.token_digest(token),
            now=now,
            is_staff_totp_required=required,
        )
        assert found is not None
        return found.actor

    assert actor(required=False).is_staff
    closed = actor(required=True)
    assert closed.needs_totp
    assert not closed.is_staff
    assert services.pass_second_factor(
        db, person_id=staff.id, token=token, secret="A" * 32, step=5, now=now
    )
    assert actor(required=True).is_staff
    for step in (5, 4):
        assert not services.pass_second_factor(
            db, person_id=staff.id, token=token, secret="A" * 32, step=step, now=now
        )
    assert not services.pass_second_factor(
        db, person_id=staff.id, token=token, secret="B" * 32, step=9, now=now
    )


def test_disabling_ends_sign_ins_and_tokens(db: Session, now: datetime) -> None:
    admin, person = make_admin(db), make_person(db)
    token = services.start_sign_in(db, person, now=now)
    api = services.create_api_token(
        db, person_id=person.id, label="máy in", scopes=["read"], days=30, now=now
    )
    services.disable_person(db, person_id=person.id, actor_id=admin.id, now=now, reason="lừa đảo")
    services.enable_person(db, person_id=person.id, actor_id=admin.id, now=now)
    db.commit()
    assert (
        queries.actor_of(
            db,
            token_hash=services.token_digest(token),
            now=now,
            is_staff_totp_required=False,
        )
        is None
    )
    digest = services.token_digest(api)
    assert queries.actor_of_api_token(db, token_hash=digest, now=now) is None
    assert db.scalars(select(AuditNote.text)).all() == ["lừa đảo"]
    with pytest.raises(rules.OwnAccount):
        services.disable_person(db, person_id=admin.id, actor_id=admin.id, now=now)


def test_api_token_ends_by_itself_and_scopes_are_known(db: Session, now: datetime) -> None:
    person = make_person(db)
    token = services.create_api_token(
        db, person_id=person.id, label="kho", scopes=["read"], days=1, now=now
    )
    digest = services.token_digest(token)
    found = queries.actor_of_api_token(db, token_hash=digest, now=now)
    assert found is not None
    assert found.scopes == {"read"}
    late = now + timedelta(days=2)
    assert queries.actor_of_api_token(db, token_hash=digest, now=late) is None
    for scopes in ([], ["root"]):
        with pytest.raises(Invalid):
            services.create_api_token(
                db, person_id=person.id, label="x", scopes=scopes, days=1, now=now
            )


def test_a_second_click_makes_no_token_that_nobody_has_seen(db: Session, now: datetime) -> None:
    person = make_person(db)

    def make(at: datetime) -> str:
        return services.create_api_token(
            db, person_id=person.id, label="kho", scopes=["read"], days=1, now=at
        )

    assert make(now)
    with pytest.raises(rules.LabelInUse):
        make(now)
    assert make(now + timedelta(days=2)), "a token that has ended frees its name"


def test_tokens_of_others_cannot_be_ended(db: Session, now: datetime) -> None:
    owner, other = make_person(db), make_person(db)
    services.create_api_token(db, person_id=owner.id, label="kho", scopes=["read"], days=1, now=now)
    token_id = queries.api_tokens_of(db, owner.id, now)[0].id
    with pytest.raises(NotFound):
        services.revoke_api_token(db, person_id=other.id, token_id=token_id, now=now)
    services.start_sign_in(db, owner, now=now)
    sign_in = queries.live_sign_ins(db, owner.id, now)[0]
    with pytest.raises(NotFound):
        services.end_sign_in_by_id(db, person_id=other.id, sign_in_id=sign_in.id, now=now)


def test_sixth_try_is_not_heard_even_when_right(db: Session, now: datetime) -> None:
    digests = {"login_digest": "a", "source_digest": "b"}
    for _ in range(5):
        assert not services.judge_try(db, is_right=False, now=now, **digests)
    with pytest.raises(rules.TooManyTries):
        services.judge_try(db, is_right=True, now=now, **digests)
    assert services.judge_try(db, is_right=True, now=now, login_digest="a", source_digest="c")
    later = now + rules.FAILURE_WINDOW + timedelta(seconds=1)
    assert services.judge_try(db, is_right=True, now=later, **digests)


def test_right_password_forgets_the_wrong_tries_before(db: Session, now: datetime) -> None:
    digests = {"login_digest": "a", "source_digest": "b"}
    for _ in range(4):
        services.judge_try(db, is_right=False, now=now, **digests)
    assert services.judge_try(db, is_right=True, now=now, **digests)
    assert db.scalar(select(func.count()).select_from(SignInFailure)) == 0


def test_audit_entries_are_read_newest_first(db: Session, now: datetime) -> None:
    person = make_person(db, name="Cán bộ Hà")
    for action in ("order.packed", "order.shipped", "lot.held"):
        services.record_audit(
            db,
            actor_id=person.id,
            action=action,
            subject_kind="order",
            subject_id=1,
            now=now,
            note="ghi chú" if action == "order.shipped" else "",
        )
    rows = queries.audit_rows(db, queries.AuditSearch(action="order."), limit=9)
    assert [(row.action, row.note, row.actor_name) for row in rows] == [
        ("order.shipped", "ghi chú", "Cán bộ Hà"),
        ("order.packed", "", "Cán bộ Hà"),
    ]
    assert db.scalar(select(func.count()).select_from(AuditEntry)) == 3


@pytest.mark.parametrize("words", ["nong thi", "Nông Thị", "HA@", "0912", "0912 345"])
def test_people_are_found_as_one_types(db: Session, words: str) -> None:
    person = make_person(db, name="Nông Thị Đào", email="ha@example.test", phone="0912345678")
    make_person(db, name="Lê Văn Cường", email="cuong@example.test")
    assert [p.id for p in db.scalars(queries.find_people(words))] == [person.id]


@pytest.mark.parametrize("words", ["%", "_", "\\", "'", "x" * 500])
def test_wildcards_are_plain_signs_when_searching(db: Session, words: str) -> None:
    make_person(db)
    assert db.scalars(queries.find_people(words)).all() == []


def test_tries_at_once_are_judged_one_after_the_other(database: Database, now: datetime) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def attempt(_number: int) -> str:
        with database.write() as db:
            try:
                passed = services.judge_try(
                    db, is_right=False, login_digest="a", source_digest="b", now=now
                )
            except rules.TooManyTries:
                return "refused"
            db.commit()
            return "passed" if passed else "wrong"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(24)))
    assert answers.count("wrong") == rules.MAX_PAIR_FAILURES
    assert answers.count("refused") == 24 - rules.MAX_PAIR_FAILURES
