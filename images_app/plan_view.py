"""The plan as the tester shows it before anything is paid."""

from __future__ import annotations

from dataclasses import dataclass

from images_app.card_facts import Fact, Price, dimensions, is_free, usd
from images_app.catalog.load import ImageModel
from images_app.services.plan import Plan
from images_app.services.sizes import AUTO, parse_size

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


def plan_view(plan: Plan, model: ImageModel, *, prompt: str, inputs: int) -> PlanView:
    """The plan of a form; `prompt` is as typed, to see whether a style changed it."""
    fields = plan.request_fields
    asked = {change.parameter: change for change in plan.adjustments}
    lines = [_size(plan, model)]
    if inputs:
        lines.append(
            Fact("Inputs", "1 picture" if inputs == 1 else f"{inputs} pictures")
        )
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


def _size(plan: Plan, model: ImageModel) -> Fact:
    wish = {"size", "aspect_ratio"}
    change = next((c for c in plan.adjustments if c.parameter in wish), None)
    sent = str(plan.request_fields.get("size") or "")
    box = parse_size(sent)
    text = dimensions(box.width, box.height) if box else sent or _default(model)
    return Fact("Size", text, _spoken(str(change.asked)) if change else "")


def _default(model: ImageModel) -> str:
    default = model.size.default if model.size else None
    box = parse_size(default or "")
    return dimensions(box.width, box.height) if box else default or AUTO


def _spoken(text: str) -> str:
    box = parse_size(text)
    return dimensions(box.width, box.height) if box else text


def _price(plan: Plan, model: ImageModel) -> Price:
    if is_free(model.kind):
        return Price("free", is_known=True)
    if plan.price.amount is None:
        return Price("price unknown")
    return Price(f"about {usd(plan.price.amount)}", is_known=True)
