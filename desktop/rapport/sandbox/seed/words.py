"""What seeded tasks, notes, tags and appointments say."""

#: With the share of contacts that carry each; the tail is rarer than all of these.
COMMON_TAGS = (
    ("newsletter", 0.25),
    ("lead", 0.10),
    ("vip", 0.05),
    ("installer", 0.035),
    ("hot", 0.03),
)

_SUBJECTS = (
    "quote", "battery", "heat pump", "roof", "permit", "referral", "webinar", "expo", "warranty",
    "financing", "subsidy", "façade", "café", "farm", "school", "hotel", "storage", "wall box",
)  # fmt: skip
_STATES = (
    "sent", "open", "2024", "2025", "2026", "asked", "declined", "renewal", "priority", "follow-up",
)  # fmt: skip
TAIL_TAGS = tuple(f"{subject} {state}" for state in _STATES for subject in _SUBJECTS)

TASK_TITLES = (
    "Call {name} back", "Send quote to {name}", "Ask {name} for the electricity bills",
    "Book site visit with {name}", "Check permit of {name}", "Send warranty papers",
    "Agree on installation date", "Follow up on the offer", "Chase signature",
    "Confirm address", "Prepare contract", "Enviar orçamento", "Rückruf vereinbaren",
    "Relancer pour le devis", "Llamar después de las cinco", "Ring tilbake", "电话回访",
)  # fmt: skip
TASK_BODIES = (
    "", "", "", "Best before noon.", "Has two small children; not after six.",
    "The offer is valid until the end of the month.", "See the note of last week.",
)  # fmt: skip
PLAIN_NOTES = (
    "Called, no answer. Left a message.",
    "Wants the offer by e-mail, not on paper.",
    "Neighbour has panels from us and is happy with them.",
    "Asked about the subsidy; explained that the window closes in spring.",
    "Roof was renewed in 2019.\nFuse box is original and will have to be replaced.",
    "Prefere falar à tarde. A sócia decide.",
    "Möchte erst mit der Hausverwaltung sprechen.",
    "Quiere dos presupuestos: con y sin batería.",
    "Spoke for ten minutes. Price is fine, timing is not.",
    "下个月再联系，现在装修。",
)
HTML_NOTES = (
    "<p>Spoke about <strong>price</strong> and delivery. Sends the bills <em>this week</em>.</p>",
    "<p>Next steps:</p><ol><li>site visit</li><li>yield estimate</li><li>offer</li></ol>",
    '<p>Found us through <a href="https://example.org/solar?ref=news">this article</a>.</p>',
    "<div>Decision maker is the brother.<br>He is back on Monday.</div>",
    "<ul><li>south roof 60&nbsp;m²</li><li>east roof 25&nbsp;m²</li></ul><p>No shade.</p>",
)
VISIT_TITLES = ("Site visit", "Roof survey", "Contract signing", "Video call", "Handover")
VISIT_STATES = ("new", "confirmed", "confirmed", "showed", "noshow", "cancelled")
SOURCES = (
    "Website form", "Referral", "Solar Expo 2026", "Newsletter", "Phone", "LinkedIn", "Partner",
)  # fmt: skip
ROLES = ("Owner", "Office manager", "Facilities director", "Buyer", "Chef", "Head teacher")
SITE_TEXTS = (
    "Two-storey building, flat roof, access through the courtyard.",
    "Pitched roof towards the south, chimney in the middle.",
    "Barn with fibre cement sheets; must be checked.",
)
