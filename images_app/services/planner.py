"""How a wish is fitted to what one model takes, parameter by parameter."""

from __future__ import annotations

from typing import Any

from images_app.catalog.descriptors import (
    EnumParameter,
    Parameter,
    RangeParameter,
    SizeParameter,
)
from images_app.catalog.load import ImageModel
from images_app.services.own_options import FIELDS, check_number, fit_option
from images_app.services.plan_values import (
    Adjustment,
    ImageAsk,
    Plan,
    PlanError,
    Value,
)
from images_app.services.planned_price import planned_price
from images_app.services.sizes import (
    AUTO,
    nearest_to_ratio,
    nearest_to_size,
    offers,
    parse_ratio,
    parse_size,
    same_shape,
)
from images_app.services.wording import (
    COMPRESSED_FORMATS,
    LEFT_OUT,
    SIZE_TAKEN,
    STANDARD_WORDS,
    TRANSPARENT_FORMATS,
    count,
    nearest_quality,
    one,
    refusal,
    spoken,
    with_suffix,
)

# What every format has: the picture as it is.
UNCOMPRESSED = 100


# Kinds whose wire format has a place for the names that a client gives its users.
NAMES_USERS = frozenset({"openai", "azure", "litellm"})


class Planner:
    """One planning; collects the adjustments while it walks through the wish."""

    def __init__(self, ask: ImageAsk, model: ImageModel, strict: bool) -> None:
        self.ask = ask
        self.model = model
        self.strict = strict
        self.adjustments: list[Adjustment] = []

    def plan(self) -> Plan:
        self._check_pictures()
        self._check_count()
        prompt = self._prompt()
        fields: dict[str, Any] = {
            "model": self.model.id,
            "prompt": prompt,
            "n": self.ask.n,
            "size": self._size(),
            "quality": self._word("quality", self.ask.quality),
            "background": self._word("background", self.ask.background),
            "output_format": self._output_format(),
            "output_compression": self._number(
                "output_compression", self.ask.output_compression
            ),
            "moderation": self._word("moderation", self.ask.moderation),
            "style": self._word("style", self.ask.style),
            "input_fidelity": self._word("input_fidelity", self.ask.input_fidelity),
            "seed": self._number("seed", self.ask.seed),
        }
        if self.model.kind in NAMES_USERS:
            fields["user"] = self.ask.user
            fields["safety_identifier"] = self.ask.safety_identifier
        if self.ask.options:
            fields["options"] = self._options() or None
        self._fit_format(fields)
        sent = {name: value for name, value in fields.items() if value is not None}
        sent["partial_images"] = self._partial_images()
        return Plan(
            sent, prompt, tuple(self.adjustments), planned_price(self.model, sent)
        )

    def _adjust(
        self, parameter: str, asked: Value, sent: Value | None, reason: str
    ) -> None:
        if self.strict:
            raise PlanError(parameter, refusal(reason), sent)
        self.adjustments.append(Adjustment(parameter, asked, sent, reason))

    # What cannot be adapted: another picture would be paid for than was wished.

    def _check_pictures(self) -> None:
        label, limit = self.model.label, self.model.max_input_images
        if self.ask.has_mask and not self.ask.n_images:
            raise PlanError("mask", "A mask needs the picture that it belongs to.")
        if not self.ask.n_images and "generate" not in self.model.operations:
            raise PlanError("image", f"{label} works on a picture. Add one.")
        if self.ask.n_images and "edit" not in self.model.operations:
            raise PlanError(
                "image", f"{label} cannot edit pictures. Choose a model that can."
            )
        if self.ask.n_images > limit:
            raise PlanError(
                "image",
                f"{label} takes at most {count(limit, 'picture')} at once;"
                f" {self.ask.n_images} were given.",
                limit,
            )
        if self.ask.has_mask and "mask" not in self.model.operations:
            raise PlanError("mask", f"{label} takes no mask. Leave it out.")

    def _check_count(self) -> None:
        limit = self.model.max_n
        if not 1 <= self.ask.n <= limit:
            offer = "one picture" if limit == 1 else f"1 to {limit} pictures"
            nearest = min(max(self.ask.n, 1), limit)
            raise PlanError(
                "n", f"{self.model.label} makes {offer} in one call.", nearest
            )

    def _prompt(self) -> str:
        wish = self.ask.prompt.strip()
        if self.model.prompt == "none":
            if wish:  # clients must send one, so even a strict plan goes on without
                reason = f"{self.model.label} takes no prompt{LEFT_OUT}"
                self.adjustments.append(Adjustment("prompt", wish, None, reason))
            return ""
        if not wish and self.model.prompt == "required":
            raise PlanError("prompt", "The prompt is empty. Say what to draw.")
        prompt = with_suffix(wish, self.ask.style_suffix)
        limit = self.model.prompt_limit
        if len(prompt) > limit:
            whole = (
                ""
                if prompt == wish
                else f" together with the style “{self.ask.style_name or 'unnamed'}”"
            )
            raise PlanError(
                "prompt",
                f"The prompt has {len(prompt):,} characters{whole};"
                f" {self.model.label} takes at most {limit:,}.",
                limit,
            )
        return prompt

    # Sizes.

    def _size(self) -> str | None:
        parameter = self._parameter("size")
        size, ratio = self.ask.size, self.ask.aspect_ratio
        if not isinstance(parameter, SizeParameter):
            for name, value in (("size", size), ("aspect_ratio", ratio)):
                if value is not None and value != AUTO:
                    self._leave_out(name, value)
            return None
        if size is not None and size.strip().lower() != AUTO:
            return self._from_size(parameter, size)
        if ratio is not None and ratio.strip().lower() != AUTO:
            return self._from_ratio(parameter, ratio)
        # "Choose yourself" is also what a model does that is sent no size.
        return AUTO if size is not None and AUTO in parameter.values else None

    def _from_size(self, parameter: SizeParameter, text: str) -> str:
        label = self.model.label
        box = parse_size(text)
        if box is None:
            raise PlanError(
                "size",
                f"“{text}” is not a size. {label} takes {parameter.rule()}.",
                parameter.default or parameter.values[0],
            )
        if self.ask.aspect_ratio is not None:
            self._compare_shapes(str(box), self.ask.aspect_ratio)
        if offers(parameter, box):
            return str(box)
        nearest = nearest_to_size(parameter, box)
        reason = f"{box} is not offered by {label}; nearest {nearest}"
        if parameter.free is not None:
            reason += f" (it takes {parameter.free.rule()})"
        self._adjust("size", str(box), str(nearest), reason)
        return str(nearest)

    def _from_ratio(self, parameter: SizeParameter, text: str) -> str:
        ratio = self._ratio(text)
        nearest = nearest_to_ratio(parameter, ratio)
        if not same_shape(nearest, ratio):
            reason = f"{text} is not offered by {self.model.label}; nearest {nearest}"
            self._adjust("aspect_ratio", text, str(nearest), reason)
        return str(nearest)

    def _compare_shapes(self, size: str, text: str) -> None:
        """The size is the more exact wish: a ratio beside it that differs is dropped."""
        box = parse_size(size)
        if text.strip().lower() == AUTO or box is None:
            return
        if not same_shape(box, self._ratio(text)):
            reason = f"{size} does not have the ratio {text}{SIZE_TAKEN}"
            self._adjust("aspect_ratio", text, size, reason)

    def _ratio(self, text: str) -> float:
        ratio = parse_ratio(text)
        if ratio is None:
            raise PlanError(
                "aspect_ratio",
                f"“{text}” is not a ratio. Write WIDTH:HEIGHT, such as 16:9.",
                "1:1",
            )
        return ratio

    # Words and numbers.

    def _word(self, name: str, value: str | None) -> str | None:
        if value is None:
            return None
        parameter = self._parameter(name)
        if not isinstance(parameter, EnumParameter):
            if value != AUTO:  # asking for nothing in particular
                self._leave_out(name, value)
            return None
        if value in parameter.values or parameter.open:
            return value
        if value == AUTO:
            return None
        return self._nearest_word(name, value, parameter)

    def _nearest_word(
        self, name: str, value: str, parameter: EnumParameter
    ) -> str | None:
        label, listed = self.model.label, ", ".join(parameter.values)
        if value not in STANDARD_WORDS.get(name, frozenset()):
            raise PlanError(
                name,
                f"“{value}” is not {one(name)}. {label} takes {listed}.",
                parameter.default or parameter.values[0],
            )
        nearest = nearest_quality(value, parameter) if name == "quality" else None
        nearest = nearest or parameter.default
        reason = f"{spoken(name)} {value} is not offered by {label}"
        reason += f"; nearest {nearest}" if nearest else LEFT_OUT
        self._adjust(name, value, nearest, reason[0].upper() + reason[1:])
        return nearest

    def _number(self, name: str, value: float | None) -> float | None:
        if value is None:
            return None
        parameter = self._parameter(name)
        if not isinstance(parameter, RangeParameter):
            self._leave_out(name, value)
            return None
        check_number(self.model, parameter, name, value)
        return value

    def _options(self) -> dict[str, Value]:
        """The model's own parameters that a request has no field for."""
        fitted: dict[str, Value] = {}
        for name, value in self.ask.options.items():
            parameter = None if name in FIELDS else self._parameter(name)
            if parameter is None:
                reason = f"{self.model.label} has no {spoken(name)} option{LEFT_OUT}"
                self._adjust(f"options.{name}", value, None, reason)
                continue
            try:
                sent = fit_option(self.model, parameter, name, value)
            except PlanError as exc:
                exc.is_option = True
                raise
            if sent is not None:
                fitted[name] = sent
        return fitted

    def _output_format(self) -> str | None:
        value = self.ask.output_format
        return self._word("output_format", "jpeg" if value == "jpg" else value)

    def _fit_format(self, fields: dict[str, Any]) -> None:
        """Options that are only understood together."""
        output = self._parameter("output_format")
        default = output.default if isinstance(output, EnumParameter) else None
        chosen = fields["output_format"] or default
        transparent = fields["background"] == "transparent"
        if transparent and chosen is not None and chosen not in TRANSPARENT_FORMATS:
            reason = f"A transparent background needs png or webp, not {chosen}"
            self._adjust("output_format", chosen, "png", reason)
            fields["output_format"] = chosen = "png"
        compression = fields["output_compression"]
        if compression is not None and chosen not in COMPRESSED_FORMATS:
            if compression != UNCOMPRESSED:
                reason = f"Compression is for jpeg and webp, not {chosen}{LEFT_OUT}"
                self._adjust("output_compression", compression, None, reason)
            fields["output_compression"] = None

    def _partial_images(self) -> int:
        asked, limit = self.ask.partial_images, self.model.partial_images
        if asked is None:
            return self.model.previews
        if asked < 0:
            raise PlanError("partial_images", "Ask for 0 or more previews.", 0)
        if asked > limit:
            offer = f"at most {count(limit, 'preview')}" if limit else "no previews"
            reason = f"{self.model.label} gives {offer}"
            self._adjust("partial_images", asked, limit, reason)
        return min(asked, limit)

    def _parameter(self, name: str) -> Parameter | None:
        if self.ask.n_images and name in self.model.generate_only:
            return None
        return self.model.parameters.get(name)

    def _leave_out(self, name: str, value: Value) -> None:
        where = "for edits " if name in self.model.generate_only else ""
        reason = f"{self.model.label} has no {spoken(name)} option {where}".rstrip()
        self._adjust(name, value, None, f"{reason}{LEFT_OUT}")
