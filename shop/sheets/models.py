"""Imports: what was uploaded, what was planned, what was written, and what undoing it needs."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of

IMPORT_STATES = (
    *("queued", "refused", "judged", "confirmed", "committed"),
    *("undoing", "undone", "cancelled"),
)
STOCK_MODES = ("keep", "add", "count")
CHANGE_KINDS = ("product_new", "product", "variant_new", "variant", "stock")


class Preview:
    """What every uploaded table has that a person looks at before it is recorded."""

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    made_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    file_name: Mapped[str] = mapped_column(String(200))
    """As the person called it; shown, never used as a path."""
    file_sha: Mapped[str] = mapped_column(String(64))
    cells_name: Mapped[str | None] = mapped_column(String(80))
    """Where the cells lie until they are recorded."""
    header_row: Mapped[int]
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Field -> column, from 0; -1 for none."""
    state: Mapped[str] = mapped_column(String(8), default="open")
    recorded_at: Mapped[datetime | None]
    recorded_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))


class SheetImport(Base):
    """One uploaded sheet and what became of it.

    The files behind ``cells_name`` and ``plan_name`` lie in the store for 30 days; the row stays.
    """

    __tablename__ = "sheet_import"
    __table_args__ = (
        one_of("state", IMPORT_STATES),
        one_of("stock_mode", STOCK_MODES),
        one_of("file_kind", ("xlsx", "csv")),
        CheckConstraint("file_bytes >= 0", name="file_bytes"),
        Index(None, "producer_id", "made_at"),
        Index(None, "state", "made_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    submit_key: Mapped[str] = mapped_column(String(120), unique=True)
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    made_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    file_name: Mapped[str] = mapped_column(String(200))
    """As the person called it; shown, never used as a path."""
    file_kind: Mapped[str] = mapped_column(String(4))
    file_sha: Mapped[str] = mapped_column(String(64))
    file_bytes: Mapped[int]
    stock_mode: Mapped[str] = mapped_column(String(8))
    """What the stock column means: nothing, units to add, or a stock-take."""
    state: Mapped[str] = mapped_column(String(10), default="queued")
    refusal: Mapped[str] = mapped_column(String(40), default="")
    """Code of ``rules.refusals`` when the file as a whole is not taken."""
    task_id: Mapped[Ref | None] = mapped_column(ForeignKey("task.id"))
    upload_name: Mapped[str | None] = mapped_column(String(80))
    cells_name: Mapped[str | None] = mapped_column(String(80))
    plan_name: Mapped[str | None] = mapped_column(String(80))
    plan_digest: Mapped[str | None] = mapped_column(String(64))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Rows by status: new, changed, unchanged, error, example."""
    is_rejudged: Mapped[bool] = mapped_column(default=False)
    """The data changed between the dry run and the commit, so the plan was made anew."""
    committed_at: Mapped[datetime | None]
    committed_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))


class SheetChange(Base):
    """One thing an import wrote, with what stood there before: all that undoing needs."""

    __tablename__ = "sheet_change"
    __table_args__ = (
        one_of("kind", CHANGE_KINDS),
        one_of("undo", ("open", "done", "refused")),
        Index(None, "import_id", "id"),
    )

    id: Mapped[Id]
    import_id: Mapped[Ref] = mapped_column(ForeignKey("sheet_import.id"))
    row_number: Mapped[int]
    """Row in the sheet, counted from 1 as spreadsheet programs do."""
    kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[Ref]
    """Product or variant; opaque, because undoing may delete what the import made."""
    name: Mapped[str] = mapped_column(String(200))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    undo: Mapped[str] = mapped_column(String(8), default="open")
    undo_note: Mapped[str] = mapped_column(String(200), default="")
    """Why undoing was refused: a Vietnamese sentence of ``rules``."""
