"""What an uploaded template demands of listings, in the words of the readiness report."""

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal, cast

from shop.channel_sheets.rules.filling import (
    Choices,
    asked_columns,
    delivery_id,
    unknown_columns,
    weight_unit,
)
from shop.channel_sheets.rules.keys import family_called
from shop.channel_sheets.rules.layout import MOST_ALLOWED, Delivery, Layout, TemplateColumn
from shop.core.text import N_
from shop.marketplaces.rules.facts import AttributeFacts, CategoryFacts, TemplateFacts
from shop.marketplaces.rules.sheet_layout import Delivery as Way
from shop.marketplaces.rules.sheet_layout import WeightUnit

SOURCE: Final = N_("mẫu của gian hàng")


def template_facts(
    layout: Layout,
    choices: Choices,
    *,
    uploaded_on: date,
    ref: str,
    file_name: str,
    shop_before: str,
    known_ways: Iterable[Way],
) -> TemplateFacts:
    """``shop_before``: how the template before named its shop; ``known_ways``: what the channel's
    profile knows of ways of delivery, for what a template does not say."""
    asked = asked_columns(layout)
    takes_preorder = {way.id: way.takes_preorder for way in known_ways}
    return TemplateFacts(
        uploaded_on=uploaded_on,
        ref=ref,
        file_name=file_name,
        shop_id=layout.shop_ref,
        expected_shop_id=shop_before,
        weight_unit=_told_unit(layout, choices),
        unknown_required=tuple(column.key for column in unknown_columns(layout, choices)),
        categories=_categories(layout, {column.key for column in asked}),
        deliveries=tuple(_way(one, takes_preorder) for one in layout.deliveries),
        attributes=tuple(_attribute(column) for column in asked),
        usual_category=layout.categories[0].id if layout.is_of_one_category else "",
        usual_deliveries=tuple(delivery_id(key) for key in choices.deliveries),
        usual_attributes=dict(choices.constants),
    )


def _told_unit(layout: Layout, choices: Choices) -> WeightUnit | None:
    """The unit that the file says; None when it says none, or the seller settled it."""
    family = family_called(layout.channel)
    if weight_unit(layout, choices) is not None:
        return cast(WeightUnit, family.weight_unit) if family and layout.told_unit else None
    return cast(Literal["g", "kg"], layout.told_unit) if layout.told_unit in {"g", "kg"} else None


def _categories(layout: Layout, asked: set[str]) -> dict[str, CategoryFacts]:
    """Categories by id with the columns that each makes mandatory and only the seller answers."""
    own_sheets = {one.category_id: one for one in layout.sheets if one.category_id}
    return {
        category.id: CategoryFacts(
            id=category.id,
            path=category.path,
            required=tuple(
                key
                for key in (
                    *layout.required_by_category.get(category.id, ()),
                    *_required(own_sheets.get(category.id)),
                )
                if key in asked
            ),
            handling_days=((category.days_min, category.days_max) if category.days_max else None),
        )
        for category in layout.categories
    }


def _required(sheet: Layout | None) -> tuple[str, ...]:
    columns = sheet.columns if sheet else ()
    return tuple(column.key for column in columns if column.need == "required")


def _way(one: Delivery, takes_preorder: dict[str, bool]) -> Way:
    number = delivery_id(one.key)
    return Way(
        id=number,
        label=one.label,
        takes_preorder=takes_preorder.get(number, True),
        certainty="certain",
        source=SOURCE,
        price_max_vnd=one.ceiling_vnd,
    )


def _attribute(column: TemplateColumn) -> AttributeFacts:
    """A list as long as what is read may go on, so it forbids nothing."""
    is_whole = len(column.allowed) < MOST_ALLOWED
    return AttributeFacts(
        key=column.key,
        label=column.label,
        need=column.need,
        about=column.about[:160],
        allowed=column.allowed if is_whole else (),
    )
