"""Any JSON as the list of a service."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.providers.model_lists import FORMATS, newest_first

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                "data models id name created context_length pricing prompt completion details"
                " family type capabilities architecture top_provider status model".split()
            ),
            children,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@pytest.mark.fuzz
@pytest.mark.parametrize("list_format", FORMATS)
@given(body=JSON)
def test_any_reply_is_a_list_or_none(list_format, body):
    try:
        models = newest_first(FORMATS[list_format].entries(body))
    except ValueError:
        return
    for model in models:
        assert model["id"].isprintable()
