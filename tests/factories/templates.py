"""Empty mass-upload workbooks as marketplaces make them, written by hand from public descriptions.

No real template is kept here: these hold the layout, the odd values that libraries refuse, hidden
sheets and a signature row, all invented.
"""

import io
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from shop.core.workbook_cells import column_letters

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SIGNATURE = "0123456789abcdef0123456789abcdef"

SHOPEE = [
    ("ps_category|0|1", "Ngành hàng", "Bắt buộc có điều kiện", "Mã ngành"),
    ("ps_product_name|1|0", "Tên sản phẩm", "Bắt buộc", "10 - 120 ký tự"),
    ("ps_product_description|1|0", "Mô tả sản phẩm", "Bắt buộc", ""),
    ("ps_sku_parent_short|0|0", "SKU sản phẩm", "Không bắt buộc", ""),
    ("et_title_variation_integration_no|0|0", "Mã phân loại", "Bắt buộc có điều kiện", ""),
    ("et_title_variation_1|0|0", "Nhóm phân loại 1", "Bắt buộc có điều kiện", ""),
    ("et_title_option_for_variation_1|0|0", "Phân loại 1", "Bắt buộc có điều kiện", ""),
    ("ps_price|1|1", "Giá", "Bắt buộc", "VND"),
    ("ps_stock|0|1", "Kho hàng", "Bắt buộc", ""),
    ("ps_sku_short|0|0", "SKU phân loại", "Không bắt buộc", ""),
    ("ps_item_cover_image|0|3", "Ảnh bìa", "Bắt buộc", "Đường dẫn https"),
    ("ps_item_image_1|0|3", "Hình 1", "Không bắt buộc", ""),
    ("ps_weight|1|1", "Cân nặng", "Bắt buộc", "Đơn vị: g"),
    ("ps_length|0|1", "Chiều dài", "Không bắt buộc", "cm"),
    ("ps_width|0|1", "Chiều rộng", "Không bắt buộc", "cm"),
    ("ps_height|0|1", "Chiều cao", "Không bắt buộc", "cm"),
    ("channel_id.5001|0|0", "Nhanh", "Bắt buộc có điều kiện", "Giá tối đa VND 20,000,000"),
    ("channel_id.5000|0|0", "Hỏa Tốc", "Bắt buộc có điều kiện", ""),
    ("ps_brand|0|0", "Thương hiệu", "Bắt buộc có điều kiện", ""),
    ("ps_product_global_attribute.100095|0|0", "Hạn sử dụng", "Bắt buộc có điều kiện", ""),
    ("et_title_reason|0|0", "Lý do", "Không bắt buộc", ""),
]
SHOPEE_CATEGORIES = [
    ("100629-Thực phẩm và đồ uống/Đồ ăn vặt/Mứt, trái cây sấy", "100784", "7 - 15"),
    ("100630-Thực phẩm và đồ uống/Mật ong, siro/Mật ong", "100785", "7 - 15"),
    ("100631-Thực phẩm và đồ uống/Trà/Trà lá", "100786", "7 - 10"),
    ("100640-Nhà cửa/Dụng cụ nhà bếp/Rổ rá", "101200", ""),
]
TIKTOK = [
    ("category", "Danh mục", "Mandatory", "Chọn trong danh sách"),
    ("brand", "Thương hiệu", "Optional", ""),
    ("product_name", "Tên sản phẩm", "Mandatory", ""),
    ("product_description", "Mô tả", "Mandatory", ""),
    ("main_image", "Ảnh chính", "Mandatory", "URL"),
    ("image_2", "Ảnh 2", "Optional", ""),
    ("property_name_1", "Tên biến thể", "Conditionally mandatory", ""),
    ("property_value_1", "Biến thể", "Conditionally mandatory", ""),
    ("parcel_weight", "Cân nặng kiện hàng(g)", "Mandatory", "Số nguyên, đơn vị g"),
    ("parcel_length", "Dài(cm)", "Optional", ""),
    ("delivery", "Giao hàng", "Optional", "Default"),
    ("price", "Giá bán lẻ (VND)", "Mandatory", ""),
    ("warehouse_quantity/7001", "Số lượng", "Mandatory", ""),
    ("seller_sku", "SKU người bán", "Optional", ""),
    ("product_property/100393", "Hạn sử dụng", "Conditionally mandatory", ""),
    ("qualification/7117", "Giấy phép", "Conditionally mandatory", ""),
]
TIKTOK_CATEGORIES = [
    "Thực phẩm và đồ uống/Đồ ăn vặt/Trái cây sấy (882952)",
    "Thực phẩm và đồ uống/Mật ong (882953)",
    "Thực phẩm và đồ uống/Trà (882954)",
]
LAZADA = [
    ("productNoForBatch", "Group No", ""),
    ("title.vi_VN", "*Tên sản phẩm", "Bắt buộc"),
    ("mainImage.0", "Product Images1", "Không bắt buộc"),
    ("catProperty.p20000", "*Thương hiệu", "Bắt buộc"),
    ("description.vi_VN", "Mô tả chính", "Không bắt buộc"),
    ("sku.price", "*Giá", "Bắt buộc"),
    ("sku.sellerSku", "SKU người bán", "Không bắt buộc"),
    ("sku.packageWeight", "*Cân nặng (kg)", "Bắt buộc"),
    ("sku.packageLength", "*Dài (cm)", "Bắt buộc"),
    ("sku.multiWarehouseQty.dropshipping", "*Số lượng", "Bắt buộc"),
    ("tr(s-wb-product@md5key)", "tr(s-wb-product@md5key)", ""),
]


@dataclass
class Page:
    """A sheet to be written: rows of texts or numbers, None for no cell."""

    name: str
    rows: list[list[object]]
    state: str = "visible"
    pane: str = ""
    drop_downs: list[tuple[str, str]] = field(default_factory=list)


def workbook(
    pages: Sequence[Page],
    *,
    is_shared: bool = True,
    extra: dict[str, bytes] | None = None,
) -> bytes:
    """The xlsx of these pages."""
    texts: dict[str, int] = {}
    parts = {
        f"xl/worksheets/sheet{n}.xml": _sheet(page, texts if is_shared else None).encode()
        for n, page in enumerate(pages, start=1)
    }
    sheets = "".join(
        f'<sheet name="{escape(page.name)}" sheetId="{n}" state="{page.state}" r:id="rId{n}"/>'
        for n, page in enumerate(pages, start=1)
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = "".join(
        f'<Relationship Id="rId{n}" Type="{relation}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(pages) + 1)
    )
    parts["xl/workbook.xml"] = (
        f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{MAIN}" xmlns:r="{relation}">'
        f"<sheets>{sheets}</sheets></workbook>"
    ).encode()
    if is_shared:
        rels += (
            f'<Relationship Id="rId90" Type="{relation}/sharedStrings" Target="sharedStrings.xml"/>'
        )
        items = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
        parts["xl/sharedStrings.xml"] = (
            f'<sst xmlns="{MAIN}" count="{len(texts)}" uniqueCount="{len(texts)}">{items}</sst>'
        ).encode()
    rels += f'<Relationship Id="rId91" Type="{relation}/styles" Target="styles.xml"/>'
    parts["xl/styles.xml"] = (
        f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/>'
        '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/>'
        '</cellStyleXfs><cellXfs count="4"><xf/><xf numFmtId="-1"/><xf numFmtId="49"/><xf/>'
        "</cellXfs></styleSheet>"
    ).encode()
    package = "http://schemas.openxmlformats.org/package/2006"
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{package}/relationships">{rels}</Relationships>'
    ).encode()
    parts["_rels/.rels"] = (
        f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ).encode()
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxml'
        f'formats-officedocument.spreadsheetml.worksheet+xml"/>'
        for n in range(1, len(pages) + 1)
    )
    parts["[Content_Types].xml"] = (
        f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f"ContentType="
        f'"application/xml"/>{kinds}</Types>'
    ).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, **(extra or {})}.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 7, 18, 0, 0, 0)), content)
    return out.getvalue()


def _sheet(page: Page, texts: dict[str, int] | None) -> str:
    rows = []
    for number, values in enumerate(page.rows, start=1):
        cells = "".join(
            _cell(value, f"{column_letters(at)}{number}", texts)
            for at, value in enumerate(values)
            if value is not None
        )
        rows.append(f'<row r="{number}" spans="1:{len(values) or 1}">{cells}</row>')
    pane = (
        f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="6" topLeftCell="A7" '
        f'activePane="{page.pane}" state="frozen"/></sheetView></sheetViews>'
        if page.pane != ""
        else '<sheetViews><sheetView workbookViewId="0"><pane ySplit="6" activePane=""/>'
        "</sheetView></sheetViews>"
    )
    listed = "".join(
        f'<dataValidation type="list" allowBlank="1" sqref="{where}"><formula1>{escape(formula)}'
        f"</formula1></dataValidation>"
        for where, formula in page.drop_downs
    )
    validations = (
        f'<dataValidations count="{len(page.drop_downs)}">{listed}</dataValidations>'
        if listed
        else ""
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}"><dimension ref="A1:B2"/>'
        f'{pane}<cols><col min="1" max="60" width="18" style="2"/></cols><sheetData>{"".join(rows)}'
        f'</sheetData>{validations}<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" '
        f'header="0.3" footer="0.3"/></worksheet>'
    )


def _cell(value: object, place: str, texts: dict[str, int] | None) -> str:
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    text = str(value)
    if texts is None:
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
    return f'<c r="{place}" s="2" t="s"><v>{texts.setdefault(text, len(texts))}</v></c>'


def shopee(
    *,
    seed: int | None = None,
    is_shared: bool = True,
    is_old: bool = False,
    pane: str = "bottom_left",
    shop_ref: str = "889900",
    samples: int = 2,
    columns: Sequence[tuple[str, str, str, str]] = tuple(SHOPEE),
    hidden_brand: bool = False,
) -> bytes:
    """A Shopee template: of 2026, or ``is_old`` as before 2022; ``seed`` shuffles its columns."""
    order = list(columns)
    if seed is not None:
        random.Random(seed).shuffle(order)
    keys = [key for key, *_rest in order]
    meta: list[object] = ["basic", SIGNATURE, "0", shop_ref]
    labels, needs, abouts = ([one[n] for one in order] for n in (1, 2, 3))
    blank = [""] * len(order)
    if is_old:
        old = [key.split("|")[0].replace("channel_id.", "channel_id_") for key in keys]
        head: list[list[object]] = [list(old), list(labels), list(needs), list(abouts), list(blank)]
    else:
        head = [list(keys), meta, list(labels), list(needs), list(abouts), list(blank)]
    rows = head + [[f"Ví dụ {n}" for _key in keys] for n in range(samples)]
    data = len(head) + 1
    switches = [column_letters(at) for at, key in enumerate(keys) if key.startswith("channel_id")]
    upload = Page(
        "Bản đăng tải" if is_old else "Template",
        rows,
        pane=pane,
        drop_downs=[(f"{column}{data}:{column}5000", '"Mở,Tắt"') for column in switches],
    )
    ranges: list[list[object]] = [
        ["et_title_category_name", "et_title_category_id", "et_title_dts_range"],
        *([path, number, days] for path, number, days in SHOPEE_CATEGORIES),
    ]
    props: list[list[object]] = [list(keys)]
    for path, number, _days in SHOPEE_CATEGORIES:
        marks: list[object] = [
            "MANDATORY" if "attribute" in key and number == "100785" else "" for key in keys
        ]
        props.append([f"{number}-{path.partition('-')[2]}", *marks[1:]])
    pages = [
        Page("Hướng dẫn", [["Đọc kỹ trước khi dùng"]]),
        upload,
        Page("Pre-order DTS Range", ranges),
        Page("HiddenCatProps", props, "hidden"),
        Page(
            "HiddenShopBrand", [["brand"], *([["Bản Xèo"]] if hidden_brand else [])], "veryHidden"
        ),
    ]
    return workbook(pages, is_shared=is_shared)


def tiktok(*, seed: int | None = None, is_shared: bool = True, unit: str = "g") -> bytes:
    """A TikTok Shop template with its category list in a hidden sheet."""
    order = list(TIKTOK)
    if seed is not None:
        random.Random(seed).shuffle(order)
    keys = [key for key, *_rest in order]
    about = [one[3].replace("đơn vị g", f"đơn vị {unit}") for one in order]
    labels = [one[1].replace("(g)", f"({unit})") for one in order]
    rows: list[list[object]] = [
        list(keys),
        ["V4", "All_Information"],
        list(labels),
        [one[2] for one in order],
        list(about),
    ]
    at = column_letters(keys.index("category"))
    upload = Page(
        "Template",
        [*rows, ["Hàng mẫu"]],
        drop_downs=[(f"{at}6:{at}10000", "HiddenCategory!$A$1:$A$3")],
    )
    hidden = Page("HiddenCategory", [[path] for path in TIKTOK_CATEGORIES], "hidden")
    return workbook([upload, hidden], is_shared=is_shared)


def lazada(*, is_shared: bool = True, more: bool = False) -> bytes:
    """A Lazada workbook: what people see of a category, and its hidden twin with the keys; with
    ``more``, two further categories, one of which asks for something of its own and one whose twin
    tells no id."""
    pages = [Page("INDEX", [["Mat ong"]])]
    extra = ("catProperty.p30100", "*Xuất xứ", "Bắt buộc")
    wanted = [("Mat ong", LAZADA, '{"catId":"10001973"}')]
    if more:
        wanted += [("Tra", [*LAZADA, extra], '{"catId": 10001974}'), ("Do gom", LAZADA, "{}")]
    for name, columns, default in wanted:
        keys, heads, needs = ([one[n] for one in columns] for n in (0, 1, 2))
        pages += [
            Page(name, [list(heads), list(needs), ["mô tả"], ["giới hạn"], ["mẫu"] * len(keys)]),
            Page(f"{name}_hide", [["x"], ["y"], list(keys), [""], [default]], "hidden"),
        ]
    return workbook(pages, is_shared=is_shared)
