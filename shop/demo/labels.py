"""Illustrative label texts, so that demo products have what publishing asks for.

Neutral sentences for each kind of goods, marked as an illustration in the text itself, because
labels and exported listings carry the text without the page around it. They promise nothing about
health: what a food may be said to do is regulated, and no source of ours says any of it.
"""

from dataclasses import dataclass
from typing import Final

from shop.demo.figures import Figures, Sort, figures_for, sort_of
from shop.demo.seed_rows import RegulatedClass, SeedProduct

MARK: Final = "(minh họa)"
DISCLAIMER: Final = "Thông tin nhãn này là minh họa, chưa phải nhãn thật của sản phẩm."

_STORAGE: Final = {
    "chilled": "Giữ lạnh từ 0 đến 5 °C; dùng sớm sau khi mở bao bì.",
    "cool": "Để nơi thoáng mát, tránh nắng; đậy kín sau khi mở.",
    "craft": "Để nơi khô ráo, tránh ẩm và nắng gắt.",
    "dry": "Để nơi khô ráo, thoáng mát, tránh nắng; buộc kín sau khi mở.",
    "fragile": "Hàng dễ vỡ, tránh va đập; để nơi khô ráo.",
    "fresh": "Để nơi thoáng mát hoặc ngăn mát tủ lạnh; không xếp chồng nặng.",
    "frozen": "Giữ đông ở −18 °C; không cấp đông lại sau khi rã đông.",
    "oil": "Đậy kín, để nơi mát, tránh ánh sáng và lửa.",
    "plant": "Để nơi có nắng, tưới vừa đủ ẩm.",
    "textile": "Gấp nơi khô ráo, tránh nắng gắt để giữ màu.",
}

_USAGE: Final = {
    "alcohol": "Dùng trực tiếp; uống có chừng mực.",
    "cake": "Nướng, chiên hoặc nhúng nước cho mềm rồi cuốn, tùy loại bánh.",
    "coffee": "Pha phin, pha máy hoặc ngâm với nước nóng.",
    "cook_meat": "Rán, nướng hoặc hấp chín trước khi ăn.",
    "cook_sauce": "Chưng, kho hoặc ăn kèm rau; nấu chín trước khi ăn.",
    "cooking_oil": "Dùng để xào, rán hoặc trộn món ăn.",
    "craft": "Dùng trang trí và sinh hoạt; lau bằng khăn khô.",
    "drink": "Lắc đều, uống lạnh.",
    "egg": "Nấu chín trước khi ăn.",
    "essential_oil": "Dùng khuếch tán hương trong phòng.",
    "fruit": "Rửa sạch trước khi ăn.",
    "fry": "Phơi lại cho khô rồi chiên phồng.",
    "herb": "Dùng theo hướng dẫn trên nhãn của nhà sản xuất.",
    "honey": "Dùng trực tiếp hoặc pha với nước ấm dưới 40 °C.",
    "incense": "Đốt nơi thoáng khí, đặt trên đế chịu nhiệt.",
    "instant": "Pha một thìa với nước nóng, khuấy đều.",
    "jelly": "Nấu với nước theo tỷ lệ trên bao bì, để nguội cho đông.",
    "jerky": "Hấp hoặc nướng nóng, xé nhỏ rồi ăn.",
    "lamp": "Lắp bóng LED công suất nhỏ; ngắt điện khi lau.",
    "meat": "Nấu chín kỹ trước khi ăn.",
    "noodle": "Ngâm nước cho mềm, chần chín rồi nấu hoặc xào.",
    "nut_cook": "Luộc hoặc rang chín trước khi ăn.",
    "plant": "Tưới mỗi ngày một lần vào buổi sáng.",
    "powder": "Pha với nước ấm hoặc dùng làm gia vị khi nấu.",
    "ready": "Dùng ngay sau khi mở bao bì.",
    "reheat": "Hâm nóng trước khi ăn.",
    "rice": "Vo nhẹ, nấu với lượng nước vừa đủ.",
    "rice_sticky": "Ngâm vài giờ rồi đồ xôi hoặc gói bánh.",
    "sauce": "Dùng chấm hoặc nêm món ăn.",
    "soak": "Ngâm nước cho nở, rửa sạch rồi chế biến.",
    "spice": "Dùng làm gia vị khi nấu.",
    "steam": "Hấp nóng trước khi ăn.",
    "supplement": "Dùng theo hướng dẫn trên nhãn của nhà sản xuất.",
    "sweetener": "Dùng thay đường trong món ăn và đồ uống.",
    "tableware": "Rửa sạch, để khô trước và sau khi dùng.",
    "tea": "Tráng nhanh bằng nước sôi, hãm với nước khoảng 85 °C trong vài phút.",
    "tea_bag": "Nhúng túi vào nước sôi trong ba đến năm phút.",
    "textile": "Giặt tay với nước lạnh, phơi nơi râm mát.",
    "thaw": "Rã đông trong ngăn mát rồi dùng.",
    "vegetable": "Rửa sạch, nấu chín trước khi ăn.",
}

_ALLERGENS: Final = {
    "crustacean": "giáp xác",
    "egg": "trứng",
    "fish": "cá",
    "gluten": "gluten",
    "honey": "mật ong",
    "milk": "sữa",
    "nut": "hạt cây",
    "peanut": "lạc",
    "sesame": "vừng",
    "soy": "đậu nành",
}

_CLASS_WARNING: Final[dict[RegulatedClass, str]] = {
    "none": "",
    "alcohol": "Chỉ bán cho người từ đủ 18 tuổi. Đã uống rượu thì không lái xe.",
    "supplement": "Không phải là thuốc và không dùng thay thuốc.",
    "herbal_check": (
        "Không dùng thay thuốc. Người đang dùng thuốc, phụ nữ có thai hoặc cho con bú nên hỏi "
        "nhân viên y tế trước khi dùng."
    ),
    "essential_oil": "Không uống; tránh mắt và vết thương hở; để xa trẻ em và lửa.",
}

_USAGE_WARNING: Final = {
    "honey": "Không dùng cho trẻ dưới 12 tháng tuổi.",
    "incense": "Không để gần vật dễ cháy; để xa tầm tay trẻ em.",
    "lamp": "Không dùng bóng sợi đốt.",
}

_FOOD_WARNING: Final = "Không dùng khi hết hạn hoặc có mùi, màu lạ."


@dataclass(frozen=True)
class LabelFacts:
    """The label fields of a product, named like its columns. All but ``origin`` are made up."""

    ingredients: str
    net_content: str
    storage: str
    usage: str
    warnings: str
    origin: str
    shelf_life_days: int | None
    is_illustrative: bool = True


def label_for(product: SeedProduct) -> LabelFacts:
    """Label texts for a demo product; a service has an origin and nothing else.

    Origin is a fact of the row: the units in force of the place the source names.
    """
    origin = f"{product.place}, Việt Nam"
    if product.is_service:
        return LabelFacts("", "", "", "", DISCLAIMER, origin, None)
    sort = sort_of(product)
    return LabelFacts(
        ingredients=f"{sort.ingredients} {MARK}",
        net_content=_net_content(figures_for(product)),
        storage=_STORAGE[sort.storage],
        usage=_USAGE[sort.usage],
        warnings=_warnings(product, sort),
        origin=origin,
        shelf_life_days=sort.shelf_life_days,
    )


def _net_content(figures: Figures) -> str:
    """``500 g; 1 kg``, or the pieces of each pack."""
    found = []
    for variant in figures.variants:
        if variant.net_weight_g is None and variant.net_volume_ml is None:
            found.append(variant.label)
        else:
            found.append(variant.label.split(" ", 1)[1])
    return "; ".join(found)


def _warnings(product: SeedProduct, sort: Sort) -> str:
    is_food = product.ocop_group in {"food", "beverage"} or sort.usage == "herb"
    allergens = ", ".join(_ALLERGENS[key] for key in sort.allergens)
    sentences = (
        _CLASS_WARNING[product.regulated_class],
        _USAGE_WARNING.get(sort.usage, ""),
        f"Có chứa {allergens}." if allergens else "",
        _FOOD_WARNING if is_food else "",
        DISCLAIMER,
    )
    return " ".join(filter(None, sentences))
