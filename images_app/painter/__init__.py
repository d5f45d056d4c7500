"""The built-in painter: draws pictures from words, with no network and no key."""

from .compose import PaintingStopped, paint
from .edit import repaint
from .telling import tell_not_drawn

__all__ = ["PaintingStopped", "paint", "repaint", "tell_not_drawn"]
