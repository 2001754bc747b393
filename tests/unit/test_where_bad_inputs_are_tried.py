"""Where each bad input of the network and of the sign-in is tried, one test or more each.

The numbers are those of the list of bad inputs in the design; ``e2e/test_bad_inputs.py`` tells of
those of the window.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

HOSTILE = "integration/api/test_hostile_server.py"
RESILIENCE = "integration/api/test_resilience.py"
CLIENT = "integration/api/test_client.py"
API_SIGN_IN = "integration/api/test_sign_in.py"
PUSH = "integration/sync/test_push.py"
PACING = "unit/api/test_pacing.py"
ERRORS = "unit/api/test_errors.py"
JSON = "unit/api/test_json_guard.py"
OAUTH = "unit/api/test_oauth.py"
SESSION = "unit/api/test_session.py"
GUARD = "ui/consent/test_guard.py"
SIGN_IN = "e2e/test_sign_in.py"

TRIED: dict[tuple[int, str], tuple[tuple[str, str], ...]] = {
    (3, "201 with truncated JSON: uncertain, adopted"): (
        (HOSTILE, "test_a_2xx_that_promises_nothing_leaves_a_write_uncertain"),
        (PUSH, "test_a_lost_reply_to_a_create_makes_no_second_record"),
    ),
    (4, "200 with a login page: offline, outbox untouched"): (
        (HOSTILE, "test_a_login_page_is_offline"),
        (PUSH, "test_a_networks_sign_in_page_is_offline_and_the_outbox_is_untouched"),
    ),
    (5, "200 with an error: not acknowledged"): (
        (HOSTILE, "test_a_2xx_that_promises_nothing_leaves_a_write_uncertain"),
        (PUSH, "test_a_200_that_tells_of_an_error_acknowledges_nothing"),
    ),
    (6, "422: parked, the server's words escaped"): (
        (PUSH, "test_a_refused_edit_is_parked_and_the_others_go"),
        (ERRORS, "test_details_hold_the_trace_id_and_the_words_of_the_server_without_markup"),
    ),
    (7, "409 on a create: looked up or asked"): (
        (ERRORS, "test_meaning"),
        (ERRORS, "test_duplicate_names_the_other"),
        (PUSH, "test_an_existing_contact_is_not_made_again"),
    ),
    (8, "404 on an edit: a conflict, the text kept"): (
        (PUSH, "test_an_edit_of_what_was_deleted_there_is_kept"),
    ),
    (9, "429 without Retry-After: an interval and jitter"): (
        (PACING, "test_429_without_retry_after_waits_an_interval_and_jitter"),
        (CLIENT, "test_a_429_is_waited_out"),
    ),
    (10, "absurd Retry-After: none to an hour, and told"): (
        (PACING, "test_retry_after"),
        (PACING, "test_an_absurd_retry_after_is_an_hour_and_is_told_at_once"),
        (RESILIENCE, "test_whatever_a_429_asks_for_is_an_hour_at_most_and_is_told"),
    ),
    (11, "X-RateLimit-Remaining: NaN: ignored"): (
        (PACING, "test_nan_and_negative_headers_are_ignored"),
    ),
    (12, "401 after a refresh: one refresh, then the gate"): (
        (API_SIGN_IN, "test_endless_401_is_one_refresh_and_then_the_gate"),
        (PUSH, "test_a_refused_sign_in_keeps_the_edits"),
    ),
    (13, "invalid_grant: sign-in, the same person goes on, another never replays"): (
        (SESSION, "test_invalid_grant_closes_the_gate_until_a_new_sign_in"),
        (API_SIGN_IN, "test_invalid_grant_ends_in_one_sentence_and_a_new_sign_in_goes_on"),
        (API_SIGN_IN, "test_reconnecting_never_brings_another_person"),
    ),
    (14, "a redirect to another host: refused, nothing goes there"): (
        (HOSTILE, "test_a_redirect_is_not_followed"),
    ),
    (15, "a gzip bomb: stopped at the cap"): ((HOSTILE, "test_a_gzip_bomb_stops_at_the_cap"),),
    (16, "JSON 200,000 deep"): (
        (HOSTILE, "test_a_2xx_that_promises_nothing_leaves_a_write_uncertain"),
        (JSON, "test_refuses_what_is_not"),
    ),
    (17, "integers of 5,000 digits or more than 63 bits: that field alone"): (
        (JSON, "test_integers_no_database_can_hold_stay_text"),
        (HOSTILE, "test_absurd_values_cost_only_themselves"),
    ),
    (18, "a lone surrogate: replaced"): (
        (JSON, "test_lone_surrogates_are_replaced_everywhere"),
        (HOSTILE, "test_absurd_values_cost_only_themselves"),
    ),
    (19, "NaN and duplicate keys: refused"): (
        (HOSTILE, "test_a_2xx_that_promises_nothing_leaves_a_write_uncertain"),
        (JSON, "test_refuses_what_is_not"),
    ),
    (27, "callback with a wrong, missing or repeated state: refused, the flow ends"): (
        (OAUTH, "test_forged_answers_end_the_flow"),
        (OAUTH, "test_an_answer_counts_once"),
        (SIGN_IN, "test_a_forged_callback_ends_it_and_the_port_is_free_again"),
    ),
    (28, "callback access_denied with markup: escaped"): (
        (OAUTH, "test_denial"),
        (OAUTH, "test_another_refusal_is_quoted_without_markup"),
        (SIGN_IN, "test_denial_is_one_sentence"),
    ),
    (29, "callback with a similar host, user name or port: refused"): (
        (OAUTH, "test_forged_answers_end_the_flow"),
        (GUARD, "test_nothing_near_the_callback_is_one"),
    ),
    (30, "a second sign-in: the first is cancelled"): (
        (SIGN_IN, "test_a_second_sign_in_ends_the_first"),
    ),
}


@cache
def names_in(file: str) -> set[str]:
    return set(re.findall(r"^(?:async )?def (test_\w+)", (TESTS / file).read_text("utf-8"), re.M))


@pytest.mark.parametrize("which", TRIED, ids=lambda which: f"{which[0]} {which[1]}")
def test_it_is_tried_there(which: tuple[int, str]) -> None:
    for file, name in TRIED[which]:
        assert name in names_in(file), f"{file} has no {name}"


def test_none_is_left_out() -> None:
    assert [number for number, _ in TRIED] == [*range(3, 20), *range(27, 31)]
