"""Pipelines, and opportunities of the people who are known by name."""

import random

from rapport.sandbox import ids
from rapport.sandbox.filling import Filling
from rapport.sandbox.store import Doc

from .agency import DAY_MS, Place

_PIPELINES = (
    ("Sales", ("New", "Visited", "Quote sent", "Negotiating", "Signed")),
    ("Aftercare", ("Installed", "First check", "Review asked")),
)
_REASONS = ("Too expensive", "Chose somebody else", "No answer")
_STATUSES = ("open", "open", "won", "open", "lost", "abandoned")


def build(fill: Filling, rng: random.Random, now_ms: int, place: Place) -> dict[str, str | None]:
    """Nobody is the subject of two; the first person by name of none."""
    pipelines = [_pipeline(fill, rng, place, *one, n) for n, one in enumerate(_PIPELINES)]
    reasons = _reasons(fill, rng, now_ms, place)
    sales, first = pipelines[0], None
    for number, contact in enumerate(place.people[1:]):
        status = _STATUSES[number % len(_STATUSES)]
        created = now_ms - (4 + 6 * number) * DAY_MS
        changed = created + 2 * DAY_MS
        doc: Doc = {
            "id": ids.firestore_id(rng),
            "locationId": place.id,
            "name": f"{contact['firstName']} {contact['lastName']}".strip(),
            "monetaryValue": rng.randrange(20, 240) * 100,
            "pipelineId": sales["id"],
            "pipelineStageId": rng.choice(sales["stages"])["id"],
            "assignedTo": contact.get("assignedTo"),
            "source": contact.get("source"),
            "status": status,
            "lostReasonId": reasons[0] if status == "lost" else None,
            "contactId": contact["id"],
            "customFields": [],
            "followers": [],
            "createdAt": created,
            "updatedAt": changed,
            "lastStatusChangeAt": created if status == "open" else changed,
            "lastStageChangeAt": changed,
        }
        fill.record("opportunity", doc, location=place.id, parent=contact["id"], position=-created)
        first = first or doc["id"]
    return {
        "pipeline": sales["id"],
        "pipeline_stage": sales["stages"][0]["id"],
        "lost_reason": reasons[0],
        "opportunity": first,
    }


def _pipeline(
    fill: Filling,
    rng: random.Random,
    place: Place,
    name: str,
    stages: tuple[str, ...],
    position: int,
) -> Doc:
    doc: Doc = {
        "id": ids.firestore_id(rng),
        "name": name,
        "stages": [
            {
                "id": ids.uuid_id(rng),
                "name": stage,
                "position": number,
                "showInFunnel": True,
                "showInPieChart": True,
            }
            for number, stage in enumerate(stages)
        ],
        "showInFunnel": True,
        "showInPieChart": True,
        "locationId": place.id,
    }
    fill.record("pipeline", doc, location=place.id, position=position)
    return doc


def _reasons(fill: Filling, rng: random.Random, now_ms: int, place: Place) -> list[str]:
    made = []
    for position, name in enumerate(_REASONS):
        doc: Doc = {
            "id": ids.mongo_id(rng),
            "name": name,
            "locationId": place.id,
            "createdAt": now_ms - 400 * DAY_MS,
            "updatedAt": now_ms - 400 * DAY_MS,
        }
        fill.record("lostReason", doc, location=place.id, position=position)
        made.append(str(doc["id"]))
    return made
