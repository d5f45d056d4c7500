"""The values that planning takes and gives; plain data, storable as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

Option = str | int | float | bool
Value = Option


@dataclass(frozen=True)
class ImageAsk:
    """What was wished for, before anybody looked at what the model can do.

    None means "not said". `style` is the model's own parameter; `style_name` and
    `style_suffix` are a named text that is added to the prompt. `n_images` counts the
    pictures that are sent along for an edit. `partial_images` None leaves the number
    of previews to the model's entry in the catalog. `user` and `safety_identifier` are
    a client's own names for the person whom the picture is for.
    """

    prompt: str
    model: str
    n: int = 1
    size: str | None = None
    aspect_ratio: str | None = None
    quality: str | None = None
    background: str | None = None
    output_format: str | None = None
    output_compression: int | None = None
    moderation: str | None = None
    style: str | None = None
    input_fidelity: str | None = None
    style_name: str | None = None
    style_suffix: str | None = None
    seed: int | None = None
    partial_images: int | None = None
    n_images: int = 0
    has_mask: bool = False
    user: str | None = None
    safety_identifier: str | None = None
    # The model's other parameters, by the catalog's names.
    options: Mapping[str, Option] = field(default_factory=dict)


@dataclass(frozen=True)
class Adjustment:
    """One way in which the request differs from the wish; `sent` None is "left out"."""

    parameter: str
    asked: Value
    sent: Value | None
    reason: str


@dataclass(frozen=True)
class Price:
    """USD for the whole call. An unknown price is None, never 0."""

    amount: Decimal | None = None
    origin: str = "unknown"
    note: str = ""


@dataclass(frozen=True)
class Plan:
    """A request that its model takes, as far as the catalog knows.

    `request_fields` are the arguments of `ImageRequest`, without picture bytes.
    `scale_to` is a smaller size to which the made pictures are brought; "" for none.
    """

    request_fields: Mapping[str, Any]
    sent_prompt: str
    adjustments: tuple[Adjustment, ...] = ()
    price: Price = field(default_factory=Price)
    scale_to: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON values, to be stored."""
        amount = self.price.amount
        return {
            "request_fields": dict(self.request_fields),
            "sent_prompt": self.sent_prompt,
            "adjustments": [asdict(adjustment) for adjustment in self.adjustments],
            "price": {
                "amount": None if amount is None else str(amount),
                "origin": self.price.origin,
                "note": self.price.note,
            },
            "scale_to": self.scale_to,
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Plan:
        """The plan that `as_dict` wrote."""
        price = raw["price"]
        amount = price["amount"]
        return cls(
            request_fields=dict(raw["request_fields"]),
            sent_prompt=raw["sent_prompt"],
            adjustments=tuple(Adjustment(**entry) for entry in raw["adjustments"]),
            price=Price(
                None if amount is None else Decimal(amount),
                price["origin"],
                price["note"],
            ),
            scale_to=raw.get("scale_to", ""),
        )


class PlanError(Exception):
    """The wish cannot be sent as it is; nothing was paid.

    `message` is a sentence for the user, `nearest` a value that would do, if any.
    """

    def __init__(
        self, parameter: str, message: str, nearest: Value | None = None
    ) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.is_option = False  # of the ask's `options`
        self.message = message
        self.nearest = nearest
