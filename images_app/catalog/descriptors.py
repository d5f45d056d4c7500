"""Typed descriptions of what a model's parameters take.

One declaration feeds the form, the check before a call, the tool schema and the
documentation. They are plain values: what to do about a wish that does not fit is
decided by the plan.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EnumParameter:
    """One of a few words. When `open`, other words are passed on unchecked."""

    values: tuple[str, ...]
    default: str | None = None
    open: bool = False


@dataclass(frozen=True)
class RangeParameter:
    """A number from `minimum` to `maximum`, both included."""

    minimum: float
    maximum: float
    default: float | None = None
    integer: bool = True


@dataclass(frozen=True)
class BooleanParameter:
    """Yes or no."""

    default: bool = False


@dataclass(frozen=True)
class TextParameter:
    """A text of the user's own, of so many characters at most."""

    max_length: int
    default: str | None = None


@dataclass(frozen=True)
class FreeSize:
    """The rule for models that take any width and height within bounds.

    Edges and multiples are in pixels. `max_ratio` is the long edge over the short one.
    `usual_pixels` is the area that is chosen when only a ratio is asked for. Above
    `experimental_above` pixels the provider promises less.
    """

    multiple_of: int
    max_edge: int
    max_ratio: float
    min_pixels: int
    max_pixels: int
    min_edge: int = 1
    usual_pixels: int = 1024 * 1024
    experimental_above: int | None = None

    def allows(self, width: int, height: int) -> bool:
        """Whether a picture of this size can be asked for."""
        short, long = sorted((width, height))
        return (
            short >= max(1, self.min_edge)
            and long <= self.max_edge
            and long <= short * self.max_ratio
            and self.min_pixels <= width * height <= self.max_pixels
            and width % self.multiple_of == 0
            and height % self.multiple_of == 0
        )

    def rule(self) -> str:
        """The rule as the end of a sentence: "WIDTHxHEIGHT with ..."."""
        parts = []
        if self.multiple_of > 1:
            parts.append(f"both edges a multiple of {self.multiple_of}")
        if self.min_edge > self.multiple_of:
            parts.append(f"no edge under {self.min_edge}")
        parts.append(f"no edge over {self.max_edge}")
        parts.append(f"a ratio of {self.max_ratio:g}:1 at most")
        if self.min_pixels > self.min_edge**2:
            parts.append(f"at least {self.min_pixels:,} pixels")
        if self.max_pixels < self.max_edge**2:
            parts.append(f"at most {self.max_pixels:,} pixels")
        return "WIDTHxHEIGHT with " + ", ".join(parts)


@dataclass(frozen=True)
class SizeParameter:
    """The sizes that are offered by name, and the rule for others, if there is one."""

    values: tuple[str, ...]
    default: str | None = None
    free: FreeSize | None = None

    def rule(self) -> str:
        """What may be asked for, as the end of a sentence."""
        if self.free is None:
            return ", ".join(self.values)
        sizes = [value for value in self.values if value != "auto"]
        auto = "auto or " if len(sizes) < len(self.values) else ""
        return f"{auto}{self.free.rule()}; for example {', '.join(sizes[:3])}"


Parameter = (
    EnumParameter | RangeParameter | BooleanParameter | TextParameter | SizeParameter
)
