"""Objects of the CRM, both ways."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.api.codec import Codec
from rapport.api.grains import Malformed
from rapport.api.resources.calendars import BLOCKED_SLOT
from rapport.api.resources.conversations import CONVERSATION, MESSAGE
from rapport.api.resources.location import CUSTOM_FIELD
from rapport.api.resources.opportunities import OPPORTUNITY, PIPELINE
from rapport.api.resources.tasks import RECURRING_TASK
from rapport.domain.errors import InvalidError

CODECS: list[Codec[Any]] = [
    *(OPPORTUNITY, PIPELINE, CONVERSATION, MESSAGE, CUSTOM_FIELD, RECURRING_TASK, BLOCKED_SLOT),
]
NAMES = sorted({name for codec in CODECS for name in codec._known} | {"id", "new"})
ANY = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.sampled_from(CODECS), st.dictionaries(st.sampled_from(NAMES), ANY))
def test_whatever_comes_is_read_or_malformed(codec: Codec[Any], raw: dict[str, Any]) -> None:
    try:
        read = codec.read(raw)
    except Malformed:
        return
    assert read.id in (raw.get("id"), raw.get("_id"))
    for name in read.extra:
        assert read.extra[name] == raw[name]


def test_what_is_not_known_is_kept_aside_and_the_empty_is_not() -> None:
    read = OPPORTUNITY.read(
        {
            "id": "o",
            "monetaryValue": 500,
            "customFields": [{"id": "f", "fieldValue": ["x"]}],
            "createdAt": "2021-08-03T04:55:17.355Z",
            "contact": {"name": "John"},
            "effectiveProbability": 0.5,
            "relations": [],
            "traceId": "t",
        }
    )
    assert read.extra == {"contact": {"name": "John"}, "effectiveProbability": 0.5}
    assert read.custom == {"f": ["x"]}
    assert read.added_at == datetime(2021, 8, 3, 4, 55, 17, 355000, UTC)


def test_a_write_holds_the_given_fields_alone_under_their_own_names() -> None:
    body = OPPORTUNITY.body({"assigned_to": "", "custom": {"f": 1}, "monetary_value": 5})
    assert body == {
        "assignedTo": None,
        "customFields": [{"id": "f", "field_value": 1}],
        "monetaryValue": 5,
    }
    assert CUSTOM_FIELD.body({"options": ("a",), "many_files": True}) == {
        "textBoxListOptions": [{"label": "a"}],
        "isMultipleFile": True,
    }
    at = datetime(2030, 1, 1, tzinfo=UTC)
    assert BLOCKED_SLOT.body({"start_at": at}) == {"startTime": "2030-01-01T00:00:00.000Z"}


@pytest.mark.parametrize("field", ["extra", "added_at", "nonsense"])
def test_what_the_crm_alone_sets_is_refused(field: str) -> None:
    with pytest.raises(InvalidError, match=f"takes no “{field}” from this program"):
        OPPORTUNITY.body({field: "x"})
