"""From a request to a planned generation: rules of the model, rows.

Everything that can be refused is refused here, before anything is paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from images_app.api.schemas_images import DrawingOptions, Options
from images_app.api.targets import Target, find_target, older_targets
from images_app.catalog.load import ImageModel
from images_app.models import File
from images_app.services.generate import create_generation
from images_app.services.plan import Adjustment, ImageAsk, Plan, PlanError, plan
from images_app.services.retired import check_pictures, others_words, plan_retired
from images_app.services.sizes import parse_ratio, parse_size
from images_app.services.wording import STANDARD_WORDS, one, refusal
from playground.api.callers import Caller
from playground.api.errors import ApiError, translates
from playground.organizations.kinds import get_kind

VARIATION = (
    "Make a variation of this picture: keep its subject, mood and technique, and vary"
    " the composition and the details."
)
# What even the free painter takes as it is, or refuses.
EXACT = frozenset({"output_format", "output_compression"})
# What tells a request that names no model, but was written for an older one.
OLDER_WORDS = frozenset({"size", "quality", "style"})
FAR_AREA, FAR_SHAPE = 4.0, 1.5
"""What differs by these factors is not near any more."""


def planned(target: Target, ask: ImageAsk, *, strict: bool = True) -> Plan:
    """What will be sent.

    A model of the catalog gets exactly what was asked for or refuses it. The retired
    names are served as near as it goes; so is the free painter, but for what nobody
    would take for the same picture.
    """
    if target.old is not None:
        return plan_retired(ask, target.old, target.route)
    is_free = get_kind(target.route.connection.kind).is_free
    if is_free or not strict:
        _check_words(ask, target.route.model)
    made = plan(ask, target.route.model, strict=strict and not is_free)
    if strict:
        check_near(made)
        for change in made.adjustments:
            if change.parameter in EXACT or _contradicts(ask, change):
                raise _refusal(change)
    return made


def _contradicts(ask: ImageAsk, change: Adjustment) -> bool:
    """Whether a ratio was asked for beside a size that does not have it."""
    has_size = parse_size(ask.size or "") is not None
    return change.parameter == "aspect_ratio" and has_size


def check_near(made: Plan) -> None:
    """PlanError where a size was met by one that nobody would take for it."""
    for change in filter(_is_far, made.adjustments):
        raise _refusal(change)


def _refusal(change: Adjustment) -> PlanError:
    """A difference that is refused; it names the nearest that would do."""
    return PlanError(change.parameter, refusal(change.reason), change.sent)


def _is_far(change: Adjustment) -> bool:
    """Whether a size or ratio was met by quite another shape or area."""
    sent = parse_size(str(change.sent or ""))
    if sent is None:
        return False
    if change.parameter == "aspect_ratio":
        ratio = parse_ratio(str(change.asked))
        return ratio is not None and not _near(ratio / sent.ratio, FAR_SHAPE)
    asked = parse_size(str(change.asked))
    if change.parameter != "size" or asked is None:
        return False
    is_shape_near = _near(asked.ratio / sent.ratio, FAR_SHAPE)
    return not (is_shape_near and _near(asked.pixels / sent.pixels, FAR_AREA))


def _near(factor: float, bound: float) -> bool:
    return 1 / bound <= factor <= bound


def _check_words(ask: ImageAsk, model: ImageModel) -> None:
    """A word that no model knows is a mistake, not a wish to be adapted.

    Where the model offers words, the plan itself looks at them.
    """
    for name, words in STANDARD_WORDS.items():
        value = getattr(ask, name)
        known = words | {"auto", "jpg"}
        if value is not None and name not in model.parameters and value not in known:
            offered = ", ".join(sorted(words | {"auto"}))
            raise PlanError(name, f"“{value}” is not {one(name)}: {offered}.")


def begin_drawing(
    caller: Caller,
    options: DrawingOptions,
    *,
    sources: Sequence[File] = (),
    mask: File | None = None,
) -> str:
    """Write down a generation or edit; its public id."""
    target = find_target(caller, options.model)
    ask = _drawing_ask(options, target, len(sources), mask is not None)
    _check_answer_form(options, target)
    try:
        made = planned(target, ask)
    except PlanError as exc:
        may_be_older = not options.model and not options.stream
        older = _older(caller, target, ask) if may_be_older else None
        if older is None or exc.parameter not in OLDER_WORDS:
            raise
        target, made = older
    if target.old is not None:
        check_pictures(target.old, sources)
    return create(caller, target, ask, made, sources, mask)


def _older(caller: Caller, target: Target, ask: ImageAsk) -> tuple[Target, Plan] | None:
    """Without a model, `size=512x512` or `quality=hd` are of a time with other defaults.

    The retired model that took all of it, else the most; and what is sent for that.
    None where not even that one did.
    """

    def unknown_words(older: Target) -> int:
        return len(others_words(ask, older.old)) if older.old else 0

    for older in sorted(older_targets(caller, target), key=unknown_words):
        try:
            return older, planned(older, ask)
        except PlanError:
            continue
    return None


def begin_variation(caller: Caller, options: Options, source: File) -> str:
    """The same for a variation, which is made as an edit with a fixed instruction."""
    target = find_target(caller, options.model or "dall-e-2")
    _check_answer_form(options, target)
    model = target.route.model
    if "edit" not in model.operations:
        raise ApiError(
            400,
            f"{model.label}, which would serve this, cannot start from a picture.",
            "model",
            "unsupported_operation",
        )
    if target.old is not None and "edit" not in target.old.operations:
        raise ApiError(
            400,
            f"{target.old.label} makes no variations.",
            "model",
            "unsupported_operation",
        )
    ask = ImageAsk(
        prompt=VARIATION,
        model=model.id,
        n=options.n or 1,
        size=options.size,
        partial_images=0,
        n_images=1,
        user=options.user,
    )
    if target.old is not None:
        check_pictures(target.old, [source])
    told = _with_instruction(planned(target, ask))
    return create(caller, target, ask, told, [source], None)


def _with_instruction(made: Plan) -> Plan:
    """The plan, with a word on the prompt that nobody wrote."""
    note = Adjustment(
        "prompt", "", made.sent_prompt, "A variation is an edit with this instruction"
    )
    return replace(made, adjustments=(*made.adjustments, note))


def _drawing_ask(
    options: DrawingOptions, target: Target, n_images: int, has_mask: bool
) -> ImageAsk:
    return ImageAsk(
        prompt=options.prompt,
        model=target.route.model.id,
        n=options.n or 1,
        size=options.size,
        aspect_ratio=options.aspect_ratio,
        quality=options.quality,
        background=options.background,
        output_format=options.output_format,
        output_compression=options.output_compression,
        moderation=options.moderation,
        style=options.style,
        input_fidelity=getattr(options, "input_fidelity", None),
        options=getattr(options, "options", None) or {},
        seed=options.seed,
        user=options.user,
        safety_identifier=options.safety_identifier,
        # A preview costs, so nobody gets one who did not ask.
        partial_images=options.partial_images or 0,
        n_images=n_images,
        has_mask=has_mask,
    )


def create(
    caller: Caller,
    target: Target,
    ask: ImageAsk,
    made: Plan,
    sources: Sequence[File],
    mask: File | None,
) -> str:
    """The rows of a planned generation; its public id."""
    return create_generation(
        organization=caller.organization,
        route=target.route,
        ask=ask,
        plan=made,
        user=caller.user,
        api_key=caller.api_key,
        sources=sources,
        mask=mask,
    ).public_id


def _check_answer_form(options: Options, target: Target) -> None:
    """How the answer may be asked for depends on the model that was named."""
    if isinstance(options, DrawingOptions):
        _check_stream(options, target)
    always_base64 = (
        options.model is not None
        and target.old is None
        and target.route.model.known
        and target.route.model.response == "b64_json"
    )
    if options.response_format is not None and always_base64:
        raise ApiError(
            400,
            "Unknown parameter: 'response_format'."
            f" {target.route.model.label} always answers base64.",
            "response_format",
            "unknown_parameter",
        )


def _check_stream(options: DrawingOptions, target: Target) -> None:
    if options.partial_images and not options.stream:
        raise ApiError(
            400,
            "Invalid 'partial_images': previews need 'stream' to be true.",
            "partial_images",
            "invalid_value",
        )
    if not options.stream:
        return
    if target.old is not None:
        raise ApiError(
            400,
            f"Invalid 'stream': {target.old.label} does not stream.",
            "stream",
            "unsupported_parameter",
        )
    if options.response_format == "url":
        raise ApiError(
            400,
            "Invalid 'response_format': a stream carries base64 only.",
            "response_format",
            "invalid_value",
        )


_TOO_MANY = {
    "prompt": "string_above_max_length",
    "n": "integer_above_max_value",
    "image": "array_above_max_length",
    "partial_images": "integer_above_max_value",
}


@translates(PlanError)
def plan_error(exc: PlanError) -> ApiError:
    """A wish that its model does not take."""
    is_number = isinstance(exc.nearest, int)
    code = _TOO_MANY.get(exc.parameter, "") if is_number else ""
    name = exc.parameter
    if exc.is_option and not name.startswith("options."):
        name = f"options.{name}"
    return ApiError(
        400, f"Invalid '{name}': {exc.message}", name, code or "invalid_value"
    )
