"""Forms of lots and journals. The form of an event is made from its kind's fields."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import wtforms

from shop.core.clock import VN
from shop.core.text import N_
from shop.traceability.labels import TEMPLATES
from shop.traceability.rules.balance import UNIT_LABELS
from shop.traceability.rules.events import EventKind, Field
from shop.traceability.services.batches import MAX_UNITS
from shop.traceability.services.boxes import MAX_BOXES, MAX_UNITS_A_BOX
from shop.web import forms
from shop.web.i18n import gettext

RESERVED = frozenset(
    (
        *("happened_at", "photos", "submit_key", "reason", "csrf_token"),
        *("lo", "title", "product_id", "who", "doing"),
    )
)
"""Names of the form itself; no fact of a kind people record may carry one."""


def fresh_key() -> str:
    """What makes a double click one event: made when the form is shown."""
    return secrets.token_urlsafe(16)


def _submit_key() -> wtforms.HiddenField:
    return wtforms.HiddenField(
        filters=[lambda value: value or None],
        validators=[forms.required(), wtforms.validators.Length(min=8, max=64)],
    )


class LotForm(forms.Form):
    """Opening a lot."""

    variant_id = forms.choice(N_("Sản phẩm và quy cách"))
    quantity = forms.whole(N_("Số lượng trong lô"), minimum=1, maximum=1_000_000)
    made_on = forms.day(N_("Ngày sản xuất"))
    packed_on = forms.day(N_("Ngày đóng gói"), is_required=False)
    best_before = forms.day(
        N_("Hạn dùng"),
        is_required=False,
        description=N_("Để trống: tính theo thời hạn của sản phẩm."),
    )
    lot_no = forms.text(
        N_("Số lô"),
        is_required=False,
        maximum=20,
        description=N_("Chữ không dấu, số, gạch nối. Để trống: hệ thống đặt số."),
    )
    site = forms.text(N_("Nơi làm"), is_required=False, maximum=160)
    submit_key = _submit_key()

    def values(self) -> dict[str, Any]:
        """What ``open_lot`` takes, the product left out (it follows from the variant)."""
        return {
            "variant_id": int(self.variant_id.data),
            "quantity": self.quantity.data,
            "made_on": self.made_on.data,
            "packed_on": self.packed_on.data,
            "best_before": self.best_before.data,
            "lot_no": self.lot_no.data or None,
            "site": self.site.data or "",
            "submit_key": self.submit_key.data,
        }


class MaterialLotForm(forms.Form):
    """Opening a raw or semi-finished lot."""

    kind = forms.choice(N_("Loại lô"), [("raw", N_("Nguyên liệu")), ("semi", N_("Bán thành phẩm"))])
    product_id = forms.choice(N_("Dùng để làm sản phẩm"))
    material = forms.text(N_("Là gì"), minimum=2, maximum=120)
    quantity = forms.whole(N_("Số lượng"), minimum=1, maximum=1_000_000)
    uom = forms.choice(
        N_("Đơn vị"), [(unit, UNIT_LABELS[unit]) for unit in ("kg", "g", "l", "ml", "unit")]
    )
    made_on = forms.day(N_("Ngày thu hoạch, nhập hoặc làm ra"))
    best_before = forms.day(N_("Hạn dùng"), is_required=False)
    lot_no = forms.text(
        N_("Số lô"),
        is_required=False,
        maximum=20,
        description=N_("Chữ không dấu, số, gạch nối. Để trống: hệ thống đặt số."),
    )
    site = forms.text(N_("Nơi làm"), is_required=False, maximum=160)
    submit_key = _submit_key()

    def values(self) -> dict[str, Any]:
        """What ``open_lot`` takes."""
        return {
            "product_id": int(self.product_id.data),
            "kind": self.kind.data,
            "material": self.material.data,
            "quantity": self.quantity.data,
            "uom": self.uom.data,
            "made_on": self.made_on.data,
            "best_before": self.best_before.data,
            "lot_no": self.lot_no.data or None,
            "site": self.site.data or "",
            "submit_key": self.submit_key.data,
        }


class InputForm(forms.Form):
    """How much of another lot is in this one, in all."""

    parent = forms.choice(N_("Lấy từ lô"))
    quantity = forms.whole(
        N_("Tổng lượng đã dùng"),
        maximum=1_000_000,
        description=N_("Theo đơn vị của lô đó. Ghi lại số đúng để sửa; ghi 0 để bỏ."),
    )
    submit_key = _submit_key()


class ReasonForm(forms.Form):
    """Why a lot is held."""

    reason = forms.text(N_("Lý do"), minimum=3, maximum=200)


class LabelForm(forms.Form):
    """Which labels, and how many."""

    mau = forms.choice(
        N_("Khổ nhãn"), [(t.slug, t.label) for t in TEMPLATES.values()], default="a4-24"
    )
    so = forms.whole(N_("Số nhãn"), minimum=1, maximum=1000, default=24)
    bo_qua = forms.whole(
        N_("Bỏ qua mấy ô đầu"),
        is_required=False,
        maximum=max(t.per_page for t in TEMPLATES.values()) - 1,
        description=N_("Khi in tiếp lên tờ đã dùng một phần."),
    )
    dang = forms.choice(
        N_("Dạng tệp"),
        [("pdf", N_("PDF để in")), ("png", N_("Ảnh PNG 300 dpi cho máy in nhãn"))],
        default="pdf",
    )

    def validate_bo_qua(self, field: wtforms.Field) -> None:
        """No more places than the sheet has."""
        template = TEMPLATES.get(self.mau.data)
        if template is not None and (field.data or 0) >= template.per_page:
            raise wtforms.ValidationError(gettext(N_("Tờ này có %(n)s nhãn."), n=template.per_page))


class BatchForm(LabelForm):
    """Labels with a code each."""

    so = forms.whole(N_("Số gói cần mã riêng"), minimum=1, maximum=MAX_UNITS)
    submit_key = _submit_key()


class BoxForm(LabelForm):
    """New boxes with units of a lot."""

    so = forms.whole(N_("Số thùng"), minimum=1, maximum=MAX_BOXES)
    goi = forms.whole(N_("Số gói mỗi thùng"), minimum=1, maximum=MAX_UNITS_A_BOX)
    submit_key = _submit_key()


class FillBoxForm(forms.Form):
    """What else goes into a box: units of a lot by number, or units that carry codes."""

    lo = forms.choice(N_("Lô"), is_required=False)
    so = forms.whole(N_("Số gói"), is_required=False, minimum=1, maximum=MAX_UNITS_A_BOX)
    goi = forms.long_text(
        N_("Mã của từng gói"),
        is_required=False,
        maximum=20_000,
        description=N_("Gõ hoặc quét, mỗi mã một dòng. Số gói của lô được tính theo."),
    )
    submit_key = _submit_key()

    def unit_codes(self) -> list[str]:
        """The codes as typed, one each; addresses that a scanner gives are read too."""
        return [
            line.rpartition("/")[2] for line in str(self.goi.data or "").replace(",", " ").split()
        ][: MAX_UNITS_A_BOX + 1]


class SuspicionForm(forms.Form):
    """A buyer's word about a code."""

    words = forms.long_text(N_("Bạn thấy điều gì khác lạ?"), minimum=5, maximum=1000)


class NoteForm(forms.Form):
    """What came of an alert."""

    lam = forms.choice(
        N_("Việc"), [("dong", N_("Đóng")), ("mo-lai", N_("Mở lại"))], is_required=False
    )
    note = forms.text(N_("Đã xem và thấy gì"), is_required=False, maximum=300)


class LocationForm(forms.Form):
    """A producer's GLN."""

    producer_id = forms.choice(N_("Cơ sở"))
    gln = forms.text(
        N_("Mã địa điểm GLN"),
        maximum=20,
        description=N_("13 chữ số trên giấy chứng nhận mã số mã vạch."),
    )

    def digits(self) -> str:
        """The number without the spaces people put into it."""
        return str(self.gln.data).replace(" ", "")


class KeyDecisionForm(forms.Form):
    """What staff decide about a GS1 number."""

    decision = forms.choice(
        N_("Quyết định"),
        [("verify", N_("Xác minh")), ("refuse", N_("Không nhận")), ("end", N_("Bỏ xác minh"))],
    )
    value = forms.text(N_("Mã"), is_required=False, maximum=14)
    note = forms.text(N_("Lý do"), is_required=False, maximum=300)


class EventForm(forms.Form):
    """What every event form has besides its facts."""

    photos = wtforms.MultipleFileField(
        N_("Ảnh tại chỗ"), description=N_("Tối đa 4 ảnh. Khách quét mã sẽ thấy.")
    )
    happened_at = forms.moment(N_("Lúc nào"))
    submit_key = _submit_key()

    kind: EventKind

    def facts(self) -> dict[str, Any]:
        """The typed facts, for the service to judge."""
        return {item.name: self._fields[item.name].data for item in self.kind.fields}

    def moment(self) -> datetime:
        """When it happened: the typed wall clock, in Vietnam."""
        typed: datetime = self.happened_at.data
        return typed.replace(tzinfo=VN)

    def fill(self, facts: Mapping[str, Any]) -> None:
        """Put recorded facts back into the fields."""
        for item in self.kind.fields:
            value = facts.get(item.name)
            if value is not None:
                self._fields[item.name].data = _typed(item, value)


def _typed(item: Field, value: Any) -> Any:
    if item.type == "day":
        return date.fromisoformat(value)
    if item.type == "decimal":
        return str(value).replace(".", ",")
    return value


@cache
def event_form(kind: EventKind) -> type[EventForm]:
    """The form that records an event of ``kind``."""
    fields = {item.name: _field(item) for item in kind.fields}
    return type(f"{kind.slug.title()}Form", (EventForm,), {**fields, "kind": kind})


class TemplateForm(EventForm):
    """What every form of a template has besides its facts."""

    title = forms.text(N_("Tên mẫu"), minimum=2, maximum=60)
    product_id = wtforms.HiddenField()


@cache
def template_form(kind: EventKind) -> type[TemplateForm]:
    """The form of a template of ``kind``, whose facts are all optional."""
    fields = {item.name: _field(item) for item in kind.fields}
    dropped = {"happened_at": None, "photos": None, "submit_key": None}
    return type(
        f"{kind.slug.title()}Template", (TemplateForm,), {**fields, **dropped, "kind": kind}
    )


@cache
def correction_form(kind: EventKind) -> type[EventForm]:
    """The form that corrects an event of ``kind``: its facts again, and why."""
    reason = forms.text(N_("Lý do sửa"), minimum=3, maximum=200)
    return type(
        f"{kind.slug.title()}Correction",
        (event_form(kind),),
        {"reason": reason, "happened_at": None, "photos": None},
    )


def _field(item: Field) -> Any:
    common: dict[str, Any] = {"is_required": item.is_required}
    if item.type == "text":
        return forms.text(item.label, maximum=item.limit, **common)
    if item.type == "long_text":
        return forms.long_text(item.label, maximum=item.limit, **common)
    if item.type == "whole":
        return forms.whole(item.label, minimum=1, maximum=item.limit, **common)
    if item.type == "decimal":
        return forms.text(item.label, maximum=20, **common)
    if item.type == "day":
        return forms.day(item.label, **common)
    return forms.choice(item.label, item.choices, **common)


def local_now(now: datetime) -> datetime:
    """What a ``happened_at`` field shows at first: this minute on a clock in Vietnam."""
    return now.astimezone(VN).replace(second=0, microsecond=0, tzinfo=None)
