"""The built-in painter: draws pictures from words, with no network and no key."""

from .compose import PaintingStopped, paint
from .edit import repaint

__all__ = ["PaintingStopped", "paint", "repaint"]
