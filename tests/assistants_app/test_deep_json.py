"""JSON inside texts may be nested without end: it is then a text like any other."""

from __future__ import annotations

import pytest

from assistants_app.items import laid_out
from assistants_app.providers.offline_model.report import report_function
from assistants_app.providers.offline_model.schema import parse_object
from assistants_app.tools.image_generation import _arguments
from images_app.services.plan import PlanError


def deep(levels):
    return '{"a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize("levels", [400, 900, 990, 100_000])
def test_a_page_shows_it_as_it_is_written_or_laid_out(levels):
    text, is_json = laid_out(deep(levels))
    assert is_json or text == deep(levels)


@pytest.mark.parametrize("levels", [400, 900, 990, 100_000])
def test_the_offline_model_reports_it(levels):
    assert "look_up" in report_function("look_up", deep(levels))


def test_arguments_that_are_too_deep_are_none():
    assert parse_object(deep(100_000)) is None
    with pytest.raises(PlanError, match="no JSON object"):
        _arguments(deep(100_000))
