"""The text that is stored of what files hold."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from seqauto_pipeline.core.verdict.file_contents import JsonText

SMALL_AND_LARGE = st.sampled_from([1e-4, 9.9e-5, 1e-5, 1.5e-7, 1e15, 1e16, 2.0**63, 1e22, 5e-324])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | SMALL_AND_LARGE
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(value=st.dictionaries(st.text(), VALUES, max_size=4))
@example({"a": [1, -2.5, 0.0, -0.0, 100.0], "b": {"c": None, "d": [], "e": {}}, "1e5": "é\x7f/\n"})
def test_content_is_written_as_the_standard_library_writes_it(value):
    assert JsonText.of(value) == json.dumps(value)
