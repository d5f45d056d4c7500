"""The plan as the tester shows it before anything is paid."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from images_app.card_facts import Fact, Price, is_free, spoken_size, usd
from images_app.catalog.load import ImageModel
from images_app.services.plan import Plan
from images_app.services.pricing import AT_MOST
from images_app.services.sizes import AUTO

_LABELS = {
    "quality": "Quality",
    "background": "Background",
    "output_format": "Format",
    "output_compression": "Compression",
    "moderation": "Moderation",
    "style": "Style",
    "seed": "Seed",
}


@dataclass(frozen=True)
class PlanView:
    """What will be sent, each change with its reason, and the price in words."""

    lines: tuple[Fact, ...]
    reasons: tuple[str, ...]
    price: Price
    count: int
    sent_prompt: str


def plan_view(
    plan: Plan, model: ImageModel, *, prompt: str, inputs: int, has_mask: bool
) -> PlanView:
    """The plan of a form; `prompt` is as typed, to see whether a style changed it."""
    fields = plan.request_fields
    asked = {change.parameter: change for change in plan.adjustments}
    lines = [_size(plan, model, is_edit=inputs > 0)]
    if inputs:
        count = "1 picture" if inputs == 1 else f"{inputs} pictures"
        mask = " and a mask" if has_mask else ""
        lines.append(Fact("Inputs", count + mask))
    for name, label in _LABELS.items():
        if name in asked:
            change = asked[name]
            sent = "left out" if change.sent is None else str(change.sent)
            lines.append(Fact(label, sent, str(change.asked)))
        elif name in fields:
            lines.append(Fact(label, str(fields[name])))
    return PlanView(
        lines=tuple(lines),
        reasons=tuple(f"{change.reason}." for change in plan.adjustments),
        price=_price(plan, model),
        count=int(fields.get("n", 1)),
        sent_prompt=plan.sent_prompt if plan.sent_prompt != prompt.strip() else "",
    )


def _size(plan: Plan, model: ImageModel, *, is_edit: bool) -> Fact:
    wish = {"size", "aspect_ratio"}
    change = next((c for c in plan.adjustments if c.parameter in wish), None)
    sent = str(plan.request_fields.get("size") or "")
    text = spoken_size(sent) or ("left to the model" if is_edit else _default(model))
    return Fact("Size", text, spoken_size(str(change.asked)) if change else "")


def _default(model: ImageModel) -> str:
    default = model.size.default if model.size else None
    return spoken_size(default or AUTO)


def _price(plan: Plan, model: ImageModel) -> Price:
    if is_free(model.kind):
        return Price("free", is_known=True)
    if plan.price.amount is None:
        return Price("price unknown")
    amount = plan.price.amount
    if plan.price.note == AT_MOST:
        most = amount.quantize(Decimal("0.001"), ROUND_UP)
        return Price(f"up to {usd(most)}", is_known=True)
    word = "" if plan.price.origin == "computed" else "about "
    return Price(f"{word}{usd(amount)}", is_known=True)
