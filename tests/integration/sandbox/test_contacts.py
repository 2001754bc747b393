"""Contacts as the live service answers."""

import re
from typing import Any

import pytest


def create(api: Any, **fields: Any) -> Any:
    return api("POST", "/contacts/", json={"locationId": api.location, **fields})


def test_get(api: Any) -> None:
    reply = api("GET", f"/contacts/{api.contact}")
    contact = reply.json()["contact"]
    assert reply.json()["traceId"]
    assert contact["firstName"] == "Ana"
    assert contact["lastName"] == "Pérez Ølgaard"
    assert contact["lastNameLowerCase"] == "pérez ølgaard"
    assert contact["tags"] == ["vip", "lead", "newsletter", "hot"]
    assert contact["address1"] == "Rua das Flores 214, 3.º"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", contact["dateUpdated"])


def test_an_unknown_contact_is_400(api: Any) -> None:
    for method in ("GET", "PUT", "DELETE"):
        reply = api(method, "/contacts/XYZ", json={} if method == "PUT" else None)
        assert reply.status_code == 400
        assert reply.json() == {"error": "Contact with id XYZ not found", "status": 400}


def test_create(api: Any) -> None:
    reply = create(
        api,
        firstName="Ægir",
        lastName="Nguyễn",
        email="Aegir@Example.com",
        phone="912 000 111",
        tags=["VIP", "vip ", "Brand New"],
        dateOfBirth="25/12/1990".replace("25/12", "12-25").replace("/", "-"),
        customFields=[{"key": "contact.role", "field_value": "Owner"}],
    )
    assert reply.status_code == 201
    contact = reply.json()["contact"]
    assert contact["email"] == "Aegir@Example.com"
    assert contact["emailLowerCase"] == "aegir@example.com"
    assert contact["phone"] == "+351912000111"  # the country of the location
    assert contact["tags"] == ["vip", "brand new"]
    assert contact["dateOfBirth"] == "1990-12-25"
    assert (contact["birthMonth"], contact["birthDay"]) == (12, 25)
    assert contact["deleted"] is False
    assert [field["value"] for field in contact["customFields"]] == ["Owner"]
    assert contact["dateAdded"] == contact["dateUpdated"]
    read = api("GET", f"/contacts/{contact['id']}").json()["contact"]
    assert read["firstName"] == "Ægir"
    tags = api("GET", f"/locations/{api.location}/tags").json()["tags"]
    assert "brand new" in [tag["name"] for tag in tags]


def test_create_with_nothing_but_the_location_claims_422(api: Any) -> None:
    reply = create(api)
    assert reply.status_code == 400
    assert reply.json()["statusCode"] == 422


def test_create_without_location_is_403(api: Any) -> None:
    assert api("POST", "/contacts/", json={"firstName": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"additionalEmails": []}, "property additionalEmails should not exist"),
        ({"priority": 1}, "property priority should not exist"),
        ({"firstName": 7}, "firstName must be a string"),
        ({"tags": "vip"}, "tags must be an array"),
        ({"tags": [1]}, "each value in tags must be a string"),
        ({"dnd": "true"}, "dnd must be a boolean value"),
        ({"email": "nobody"}, "email must be an email"),
        ({"phone": "abc"}, "phone must be a valid phone number"),
        ({"dateOfBirth": "1990-13-41"}, "dateOfBirth must be a valid date"),
        ({"customFields": {"a": "b"}}, "customFields must be an array"),
        ({"dndSettings": {"Fax": {"status": "active"}}}, "property Fax should not exist"),
    ],
)
def test_invalid_properties_are_422(api: Any, fields: Any, complaint: Any) -> None:
    reply = api("PUT", f"/contacts/{api.contact}", json=fields)
    assert reply.status_code == 422
    assert complaint in reply.text
    assert reply.json()["error"] == "Unprocessable Entity"


def test_update_has_no_company_name_gender_or_location(api: Any) -> None:
    for name in ("companyName", "gender", "locationId"):
        reply = api("PUT", f"/contacts/{api.contact}", json={name: "x"})
        assert reply.status_code == 422
        assert reply.json()["message"] == [f"property {name} should not exist"]


def test_update_changes_only_what_was_sent(api: Any) -> None:
    before = api("GET", f"/contacts/{api.contact}").json()["contact"]
    role = api.info["examples"]["custom_field"]
    reply = api(
        "PUT",
        f"/contacts/{api.contact}",
        json={"city": "Braga", "customFields": [{"id": role, "field_value": "Owner"}]},
    )
    assert reply.status_code == 200
    assert reply.json()["succeded"] is True
    after = reply.json()["contact"]
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"city", "customFields", "dateUpdated"}
    values = {field["id"]: field["value"] for field in after["customFields"]}
    assert values.pop(role) == "Owner"
    assert values == {
        field["id"]: field["value"] for field in before["customFields"] if field["id"] != role
    }


def test_update_replaces_all_tags_and_null_clears(api: Any) -> None:
    reply = api("PUT", f"/contacts/{api.contact}", json={"tags": ["One"], "email": None})
    assert reply.json()["contact"]["tags"] == ["one"]
    assert reply.json()["contact"]["email"] is None


def test_duplicates_are_refused_by_email_then_phone(api: Any) -> None:
    first = create(api, firstName="Uma", email="uma@example.org", phone="+351912000222")
    contact_id = first.json()["contact"]["id"]
    by_email = create(api, firstName="Other", email="UMA@example.org")
    assert by_email.status_code == 400
    body = by_email.json()
    assert body["message"] == "This location does not allow duplicated contacts."
    assert body["meta"] == {
        "contactId": contact_id,
        "contactName": "Uma",
        "matchingField": "email",
    }
    by_phone = create(api, firstName="Other", phone="+351 912 000 222")
    assert by_phone.json()["meta"]["matchingField"] == "phone"
    moved = api("PUT", f"/contacts/{api.contact}", json={"email": "uma@example.org"})
    assert moved.status_code == 400
    unchanged = api("GET", f"/contacts/{api.contact}").json()["contact"]
    assert unchanged["email"] == "ana@fjordvale.pt"


def test_a_location_may_allow_duplicates(api: Any) -> None:
    api.control(
        "POST", f"locations/{api.location}", json={"settings": {"allowDuplicateContact": True}}
    )
    assert create(api, firstName="A", email="same@example.org").status_code == 201
    assert create(api, firstName="B", email="same@example.org").status_code == 201


def test_duplicate_search(api: Any) -> None:
    params = {"locationId": api.location}
    by_email = api(
        "GET", "/contacts/search/duplicate", params={**params, "email": "ANA@fjordvale.pt"}
    )
    assert by_email.json()["contact"]["id"] == api.contact
    by_phone = api(
        "GET", "/contacts/search/duplicate", params={**params, "number": "+351912345678"}
    )
    assert by_phone.json()["contact"]["id"] == api.contact
    miss = api("GET", "/contacts/search/duplicate", params={**params, "email": "no@example.org"})
    assert miss.status_code == 200
    assert miss.json()["contact"] is None


def test_upsert(api: Any) -> None:
    body = {"locationId": api.location, "email": "new@example.org", "firstName": "Nia"}
    made = api("POST", "/contacts/upsert", json=body)
    assert made.status_code == 200
    assert made.json()["new"] is True
    again = api("POST", "/contacts/upsert", json={**body, "firstName": "Nina", "tags": ["T"]})
    assert again.json()["new"] is False
    assert again.json()["contact"]["id"] == made.json()["contact"]["id"]
    assert again.json()["contact"]["firstName"] == "Nina"
    assert again.json()["contact"]["tags"] == ["t"]


def test_upsert_that_matches_two_contacts_keeps_the_first(
    api: Any,
) -> None:
    other = create(api, firstName="Phone", phone="+351912000333").json()["contact"]
    body = {
        "locationId": api.location,
        "email": "ana@fjordvale.pt",
        "phone": "+351912000333",
    }
    reply = api("POST", "/contacts/upsert", json=body).json()
    assert reply["contact"]["id"] == api.contact
    assert reply["contact"]["phone"] == "+351912345678"
    assert api("GET", f"/contacts/{other['id']}").json()["contact"]["phone"] == "+351912000333"


def test_delete_takes_everything_with_it(api: Any) -> None:
    task = api.info["examples"]["task"]
    reply = api("DELETE", f"/contacts/{api.contact}")
    assert reply.status_code == 200
    assert reply.json() == {"succeded": True}
    assert api("GET", f"/contacts/{api.contact}").status_code == 400
    assert api("GET", f"/contacts/{api.contact}/tasks").status_code == 400
    found = api("POST", f"/locations/{api.location}/tasks/search", json={"limit": 100}).json()
    assert task not in [one["_id"] for one in found["tasks"]]


def test_list_is_lower_cased_and_pages_by_cursor(api: Any) -> None:
    seen, params = [], {"locationId": api.location, "limit": 15}
    for _ in range(10):
        body = api("GET", "/contacts/", params=params).json()
        contacts, meta = body["contacts"], body["meta"]
        seen += [contact["id"] for contact in contacts]
        assert meta["total"] == 40
        assert body["traceId"]
        assert [meta["startAfter"], meta["startAfterId"]] == contacts[-1]["startAfter"]
        assert meta["nextPageUrl"].startswith(f"{api.info['base_url']}/contacts/?locationId=")
        if len(contacts) < 15:
            break
        params |= {"startAfter": meta["startAfter"], "startAfterId": meta["startAfterId"]}
    assert len(seen) == len(set(seen)) == 40
    ana = next(
        c
        for c in api("GET", "/contacts/", params={"locationId": api.location, "limit": 100}).json()[
            "contacts"
        ]
        if c["id"] == api.contact
    )
    assert (ana["firstName"], ana["lastName"]) == ("ana", "pérez ølgaard")
    assert (ana["firstNameRaw"], ana["lastNameRaw"]) == ("Ana", "Pérez Ølgaard")


def test_list_limits(api: Any) -> None:
    params = {"locationId": api.location}
    assert api("GET", "/contacts/", params={**params, "limit": 101}).status_code == 400
    assert api("GET", "/contacts/", params={**params, "limit": "ten"}).status_code == 422
    found = api("GET", "/contacts/", params={**params, "query": "ØLGAARD"}).json()
    assert [contact["id"] for contact in found["contacts"]] == [api.contact]


def test_contacts_of_a_business(api: Any) -> None:
    business = api.info["examples"]["business"]
    reply = api(
        "GET", f"/contacts/business/{business}", params={"locationId": api.location, "limit": "5"}
    )
    assert reply.status_code == 200
    assert api.contact in [contact["id"] for contact in reply.json()["contacts"]]
