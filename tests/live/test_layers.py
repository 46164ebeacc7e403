"""Every layer that torch has too: random arguments and shapes, the same verdict."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.live.differences import explanation
from tests.live.drawing import DRAWN, cases
from tests.live.framework import EXAMPLES, ask_nnlint, ask_torch, difference

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("name", DRAWN)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_layer_is_what_torch_makes_of_it(name: str, data: st.DataObject) -> None:
    case = data.draw(cases(name))
    truth, said = ask_torch(case), ask_nnlint(case)
    found = difference(case, truth, said)
    why = found and explanation(case, truth, said)
    event(why or ("refused by both" if truth.refusal else "taken by both"))
    assert why or not found, found
