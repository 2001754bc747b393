"""What a calendar is written with."""

from rapport.sandbox.wire import (
    FILLED,
    FLAG,
    TEXT,
    Field,
    number,
    numbers,
    one_of,
    one_of_numbers,
    shape,
    shapes,
)

_MINUTES = one_of("mins", "hours")
_KIND = one_of(
    *("custom", "zoom_conference", "google_conference", "inbound_call", "outbound_call"),
    *("physical", "booker", "ms_teams_conference"),
)
_PLACES = shapes({"kind": _KIND.must, "location": TEXT, "meetingId": TEXT})
_HOURS = shapes(
    {
        "openHour": number(0, 23).must,
        "openMinute": number(0, 60).must,
        "closeHour": number(0, 23).must,
        "closeMinute": number(0, 60).must,
    }
)

UPDATE: dict[str, Field] = {
    **dict.fromkeys(
        (
            *("groupId", "description", "slug", "widgetSlug", "eventTitle", "eventColor"),
            *("meetingLocation", "formId", "alertEmail", "notes", "pixelId"),
            *("formSubmitRedirectURL", "formSubmitThanksMessage", "consentLabel"),
            "calendarCoverImage",
        ),
        TEXT,
    ),
    **dict.fromkeys(
        (
            *("isActive", "enableRecurring", "stickyContact", "isLivePaymentMode", "autoConfirm"),
            *("shouldSendAlertEmailsToAssignedMember", "googleInvitationEmails"),
            *("allowReschedule", "allowCancellation", "shouldAssignContactToTeamMember"),
            "shouldSkipAssigningContactForExisting",
        ),
        FLAG,
    ),
    **dict.fromkeys(("slotDuration", "slotInterval", "appoinmentPerSlot"), number(1, 1440)),
    **dict.fromkeys(
        ("slotBuffer", "preBuffer", "appoinmentPerDay", "allowBookingAfter", "allowBookingFor"),
        number(0),
    ),
    **dict.fromkeys(("slotDurationUnit", "slotIntervalUnit", "preBufferUnit"), _MINUTES),
    "allowBookingAfterUnit": one_of("hours", "days", "weeks", "months"),
    "allowBookingForUnit": one_of("days", "weeks", "months"),
    "name": FILLED,
    "eventType": one_of(
        "RoundRobin_OptimizeForAvailability", "RoundRobin_OptimizeForEqualDistribution"
    ),
    "widgetType": one_of("default", "classic"),
    "formSubmitType": one_of("RedirectURL", "ThankYouMessage"),
    "guestType": one_of("count_only", "collect_detail"),
    "availabilityType": one_of_numbers(0, 1),
    "locationConfigurations": _PLACES,
    "notifications": shapes(
        {
            "type": one_of("email"),
            **dict.fromkeys(
                (
                    *("shouldSendToContact", "shouldSendToGuest", "shouldSendToUser"),
                    "shouldSendToSelectedUsers",
                ),
                FLAG.must,
            ),
            "selectedUsers": TEXT.must,
        }
    ),
    "teamMembers": shapes(
        {
            "userId": FILLED.must,
            "priority": one_of_numbers(0, 0.5, 1),
            "meetingLocationType": one_of(
                "custom", "zoom", "gmeet", "phone", "address", "teams", "booker"
            ),
            "meetingLocation": TEXT,
            "isPrimary": FLAG,
            "locationConfigurations": _PLACES,
        }
    ),
    "openHours": shapes({"daysOfTheWeek": numbers(0, 6).must, "hours": _HOURS.must}),
    "recurring": shape(
        {
            "freq": one_of("DAILY", "WEEKLY", "MONTHLY"),
            "count": number(1, 24),
            "bookingOption": one_of("skip", "continue", "book_next"),
            "bookingOverlapDefaultStatus": one_of("confirmed", "new"),
        }
    ),
    "availabilities": shapes(
        {"date": TEXT.must, "hours": _HOURS.must, "deleted": FLAG, "id": TEXT}
    ),
    "lookBusyConfig": shape({"enabled": FLAG.must, "LookBusyPercentage": number(0, 100).must}),
}
CREATE = {
    **UPDATE,
    "locationId": FILLED.must,
    "name": FILLED.must,
    "slotBufferUnit": _MINUTES,
    "calendarType": one_of(
        "round_robin", "event", "class_booking", "collective", "service_booking", "personal"
    ),
}
