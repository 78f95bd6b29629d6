"""The sheet's columns: how each is headed, how a cell of it is read and how it is written.

One row is one size (variant), found by its SKU. Columns of the product are repeated in the rows of
its sizes. Headers are compared without case, accents, brackets and order; besides its own name each
column answers to the words people use for it in Vietnamese and English.
"""

from collections.abc import Mapping
from typing import Any, Final

from shop.catalogue import rules as catalogue
from shop.core.text import N_
from shop.sheets.rules import fields, numbers
from shop.sheets.rules.fields import REQUIRED, Column, Scope

_GRAM_HELP: Final = N_("Gam. Ghi 500, hoặc 1,5 kg.")
_MM_HELP: Final = N_("Milimét. Ghi 120, hoặc 12 cm.")
_ENGLISH_HELP: Final = N_("Không bắt buộc.")
_LABEL_HELP: Final = N_("Như in trên nhãn.")


def _number(key: str, label: str, scope: Scope, help_: str, **over: Any) -> Column:
    return Column(
        key=key,
        label=label,
        scope=scope,
        help=help_,
        read=fields.read_whole,
        show=int,
        is_number=True,
        **over,
    )


COLUMNS: Final[tuple[Column, ...]] = (
    Column(
        "sku",
        N_("Mã hàng (SKU)"),
        "key",
        fields.read_upper,
        N_("Mỗi mã một dòng: mã đã có thì sửa, mã mới thì thêm. Chữ in không dấu, số, gạch nối."),
        (
            "sku",
            "mã hàng",
            "mã sku",
            "mã",
            "mã sản phẩm",
            "product code",
            "item code",
            "variant sku",
        ),
        maximum=40,
        empty=REQUIRED,
        width=18,
    ),
    Column(
        "name",
        N_("Tên sản phẩm"),
        "product",
        fields.read_line,
        N_("Các quy cách của một sản phẩm ghi cùng một tên."),
        ("tên", "sản phẩm", "tên hàng", "product name", "name", "product", "title"),
        maximum=160,
        minimum=3,
        empty=REQUIRED,
        width=32,
    ),
    Column(
        "label",
        N_("Quy cách"),
        "size",
        fields.read_line,
        N_("Ví dụ: Gói 500 g. Bắt buộc với mã mới."),
        ("tên quy cách", "phân loại", "size", "variant", "option", "variant name"),
        maximum=80,
        empty=REQUIRED,
        width=16,
    ),
    _number(
        "price_vnd",
        N_("Giá bán (đ)"),
        "size",
        N_("Từ 1.000 đ. Ghi 65000, 65.000 hoặc 65k."),
        synonyms=("giá", "giá bán", "đơn giá", "giá lẻ", "price", "unit price", "price vnd"),
        units=numbers.MONEY,
        minimum=catalogue.MIN_PRICE_VND,
        maximum=fields.MAX_VND,
        empty=REQUIRED,
    ),
    _number(
        "stock",
        N_("Tồn kho"),
        "stock",
        N_("Chỉ dùng khi lúc tải lên bạn chọn “Nhập thêm” hoặc “Kiểm kê”."),
        synonyms=("số lượng", "tồn", "stock", "quantity", "qty", "on hand", "inventory"),
        maximum=fields.MAX_UNITS,
    ),
    Column(
        "lot",
        N_("Số lô"),
        "stock",
        fields.read_upper,
        N_("Cần khi ghi tồn kho của hàng làm theo lô. Ghi “không lô” cho phần không thuộc lô nào."),
        ("lô", "lot", "lot no", "batch", "batch no", "số lô hàng"),
        maximum=40,
    ),
    _number(
        "low_stock_at",
        N_("Báo sắp hết khi còn"),
        "size",
        N_("Để trống là 5."),
        synonyms=("ngưỡng sắp hết", "tồn tối thiểu", "định mức tồn", "low stock", "reorder level"),
        maximum=100_000,
        empty=REQUIRED,
    ),
    Column(
        "is_active",
        N_("Đang bán"),
        "size",
        fields.read_tick,
        N_("có hoặc không."),
        ("bán", "hiện", "kích hoạt", "active", "on sale"),
        show=fields.show_tick,
        empty=REQUIRED,
        choices=fields.ticks,
        width=10,
    ),
    _number(
        "packed_weight_g",
        N_("Khối lượng cả bao bì (g)"),
        "size",
        N_("Gam, để tính cước. Bắt buộc với mã mới."),
        synonyms=(
            "khối lượng",
            "cân nặng",
            "trọng lượng",
            "packed weight",
            "weight",
            "gross weight",
        ),
        units=numbers.GRAMS,
        minimum=1,
        maximum=1_000_000,
        empty=REQUIRED,
    ),
    _number(
        "net_weight_g",
        N_("Khối lượng tịnh (g)"),
        "size",
        _GRAM_HELP,
        synonyms=("tịnh", "trọng lượng tịnh", "net weight"),
        units=numbers.GRAMS,
        minimum=1,
        maximum=1_000_000,
    ),
    _number(
        "net_volume_ml",
        N_("Thể tích thực (ml)"),
        "size",
        N_("Mililít. Ghi 500, hoặc 0,5 lít."),
        synonyms=("thể tích", "dung tích", "volume", "net volume"),
        units=numbers.MILLILITRES,
        minimum=1,
        maximum=1_000_000,
    ),
    *(
        _number(
            key,
            label,
            "size",
            _MM_HELP,
            synonyms=words,
            units=numbers.MILLIMETRES,
            minimum=1,
            maximum=10_000,
        )
        for key, label, words in (
            ("length_mm", N_("Dài (mm)"), ("chiều dài", "length")),
            ("width_mm", N_("Rộng (mm)"), ("chiều rộng", "width")),
            ("height_mm", N_("Cao (mm)"), ("chiều cao", "height")),
        )
    ),
    Column(
        "gtin",
        N_("Mã vạch GTIN"),
        "size",
        fields.read_gtin,
        N_("8, 12, 13 hoặc 14 chữ số trên bao bì."),
        ("mã vạch", "gtin", "barcode", "ean", "upc"),
        width=18,
    ),
    Column(
        "subgroup",
        N_("Phân nhóm OCOP"),
        "product",
        fields.read_choice,
        N_("Chọn trong danh sách. Bắt buộc với sản phẩm mới."),
        ("nhóm", "nhóm ocop", "phân nhóm", "danh mục", "ngành hàng", "category", "ocop subgroup"),
        show=fields.show_subgroup,
        empty=REQUIRED,
        choices=fields.subgroups,
        width=30,
    ),
    Column(
        "regulated_class",
        N_("Loại hàng có điều kiện"),
        "product",
        fields.read_choice,
        N_("Để trống là hàng thường."),
        ("hàng có điều kiện", "regulated class"),
        show=fields.show_class,
        empty="none",
        choices=fields.classes,
        width=20,
    ),
    Column(
        "summary",
        N_("Giới thiệu ngắn"),
        "product",
        fields.read_line,
        N_("Một hai câu, tối đa 300 ký tự."),
        ("mô tả ngắn", "giới thiệu", "summary", "short description"),
        maximum=300,
        empty="",
        width=36,
    ),
    *(
        Column(key, label, "product", read, _LABEL_HELP, words, maximum=maximum, empty="", width=24)
        for key, label, read, maximum, words in (
            (
                "ingredients",
                N_("Thành phần, chất liệu"),
                fields.read_block,
                2000,
                ("thành phần", "nguyên liệu", "chất liệu", "ingredients", "materials"),
            ),
            (
                "net_content",
                N_("Định lượng"),
                fields.read_line,
                80,
                ("net content", "quy cách đóng gói"),
            ),
            (
                "origin",
                N_("Xuất xứ"),
                fields.read_line,
                200,
                ("nguồn gốc", "nơi sản xuất", "origin"),
            ),
            (
                "usage",
                N_("Cách dùng"),
                fields.read_block,
                2000,
                ("hướng dẫn sử dụng", "sử dụng", "usage", "directions"),
            ),
            ("storage", N_("Cách bảo quản"), fields.read_block, 2000, ("bảo quản", "storage")),
            ("warnings", N_("Cảnh báo"), fields.read_block, 2000, ("lưu ý", "warnings", "warning")),
        )
    ),
    _number(
        "shelf_life_days",
        N_("Hạn dùng (ngày)"),
        "product",
        N_("Số ngày kể từ ngày sản xuất."),
        synonyms=("hạn sử dụng", "hạn dùng", "hsd", "shelf life"),
        units=numbers.DAYS,
        minimum=1,
        maximum=36_500,
    ),
    Column(
        "season_mask",
        N_("Tháng có hàng"),
        "product",
        fields.read_season,
        N_("Ví dụ: tháng 5-8; tháng 11, 12, 1; hoặc cả năm."),
        ("mùa vụ", "mùa", "season", "months"),
        show=fields.show_season,
        empty=0,
    ),
    Column(
        "is_lot_tracked",
        N_("Làm theo lô"),
        "product",
        fields.read_tick,
        N_("có nếu hàng có số lô và ngày sản xuất."),
        ("theo lô", "quản lý lô", "lot tracked"),
        show=fields.show_tick,
        empty=REQUIRED,
        choices=fields.ticks,
        width=10,
    ),
    Column(
        "story",
        N_("Câu chuyện sản phẩm"),
        "product",
        fields.read_block,
        _ENGLISH_HELP,
        ("câu chuyện", "mô tả", "mô tả chi tiết", "story", "description"),
        maximum=5000,
        empty="",
        width=36,
    ),
    Column(
        "name_en",
        N_("Tên tiếng Anh"),
        "product",
        fields.read_line,
        _ENGLISH_HELP,
        ("english name", "name en"),
        maximum=160,
        width=24,
    ),
    Column(
        "label_en",
        N_("Quy cách tiếng Anh"),
        "size",
        fields.read_line,
        _ENGLISH_HELP,
        ("variant name en", "size in english"),
        maximum=80,
    ),
    Column(
        "summary_en",
        N_("Giới thiệu ngắn tiếng Anh"),
        "product",
        fields.read_line,
        _ENGLISH_HELP,
        ("summary en", "short description en"),
        maximum=300,
        width=36,
    ),
    Column(
        "story_en",
        N_("Câu chuyện tiếng Anh"),
        "product",
        fields.read_block,
        _ENGLISH_HELP,
        ("story en", "description en"),
        maximum=5000,
        width=36,
    ),
)

BY_KEY: Final[Mapping[str, Column]] = {column.key: column for column in COLUMNS}
SIZE_KEYS: Final = tuple(column.key for column in COLUMNS if column.scope == "size")
PRODUCT_KEYS: Final = tuple(column.key for column in COLUMNS if column.scope == "product")

ERROR_HEADER: Final = N_("Lỗi cần sửa")
"""The column that comes back with faults; found in an upload it is passed over."""
