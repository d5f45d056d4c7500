from __future__ import annotations

import pytest
from django.urls import Resolver404, resolve


def test_a_rows_number_is_found():
    assert resolve("/settings/budget/12/").kwargs == {"number": 12}


@pytest.mark.parametrize("number", ["9" * 19, "-1", "1.5", "x"])
def test_what_no_row_can_have_is_no_address(number):
    with pytest.raises(Resolver404):
        resolve(f"/settings/budget/{number}/")
