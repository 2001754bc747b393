"""Custom values, templates, uploads, users and locations: stored, refused and guarded."""

from typing import Any


def test_custom_values_keep_their_key_and_refuse_what_they_do_not_know(api: Any) -> None:
    base = f"/locations/{api.location}/customValues"
    made = api("POST", base, json={"name": "Our Slogan", "value": "Sun"})
    assert made.status_code == 201
    value = made.json()["customValue"]
    assert value["fieldKey"] == "{{ custom_values.our_slogan }}"
    api("PUT", f"{base}/{value['id']}", json={"name": "Motto", "value": "Wind"})
    read = api("GET", f"{base}/{value['id']}").json()["customValue"]
    assert read == {**value, "name": "Motto", "value": "Wind"}
    strange = api("POST", base, json={"name": "x", "value": "y", "colour": "red"})
    assert strange.status_code == 422
    assert strange.json()["message"] == ["property colour should not exist"]
    assert api("DELETE", f"{base}/{value['id']}").json() == {"succeded": True}
    assert api("GET", f"{base}/{value['id']}").status_code == 400
    elsewhere = api("GET", f"/locations/{api.other_location}/customValues")
    assert elsewhere.status_code == 403


def test_templates_by_type_and_deleted(api: Any) -> None:
    base = f"/locations/{api.location}/templates"
    query = {"originId": api.location}
    assert api("GET", base).status_code == 422
    everything = api("GET", base, params=query).json()
    assert everything["totalCount"] == len(everything["templates"]) > 2
    mails = api("GET", base, params={**query, "type": "email"}).json()["templates"]
    assert [one["type"] for one in mails] == ["email"]
    assert api("DELETE", f"{base}/{mails[0]['id']}").status_code == 200
    left = api("GET", base, params={**query, "type": "email"}).json()
    assert left == {"templates": [], "totalCount": 0}
    gone = api("GET", base, params={**query, "deleted": "true"}).json()["templates"]
    assert [one["id"] for one in gone] == [mails[0]["id"]]


def test_an_upload_must_be_a_form_with_files_for_something_that_exists(api: Any) -> None:
    base = f"/locations/{api.location}/customFields/upload"
    files = {"f": ("a.pdf", b"%PDF", "application/pdf")}
    sent = api("POST", base, data={"id": api.contact, "maxFiles": "2"}, files=files)
    assert sent.status_code == 200
    assert sent.json()["meta"][0]["mimetype"] == "application/pdf"
    assert api("POST", base, json={"id": api.contact}).status_code == 400
    assert api("POST", base, data={"id": "nobody"}, files=files).status_code == 400
    heavy = {"f": ("a.bin", b"x" * (5 * 1024 * 1024 + 1), "application/octet-stream")}
    assert "larger" in api("POST", base, data={"id": api.contact}, files=heavy).json()["message"]
    broken = api(
        "POST",
        base,
        content=b"--x\r\nnonsense",
        headers={"Content-Type": "multipart/form-data; boundary=y"},
    )
    assert broken.status_code == 400


def test_what_only_an_agency_may_do(api: Any) -> None:
    company = {"companyId": api.info["company_id"]}
    refused = {"message": "Forbidden resource", "error": "Forbidden", "statusCode": 403}
    for method, path in (
        ("POST", "/locations/"),
        ("PUT", f"/locations/{api.location}"),
        ("DELETE", f"/locations/{api.location}"),
        ("POST", "/users/search/filter-by-email"),
    ):
        for token in (api.token, api.info["private_token"]):
            reply = api(method, path, json=company, token=token)
            assert (reply.status_code, reply.json()) == (403, refused)


def test_a_deleted_location_is_gone_with_everything(api: Any) -> None:
    agency = api.info["agency_token"]
    path = f"/locations/{api.location}"
    asked = api("DELETE", path, token=agency)
    assert asked.status_code == 422
    gone = api("DELETE", path, token=agency, params={"deleteTwilioAccount": "true"})
    assert gone.json()["message"] == f"Deleted location with id: {api.location}"
    assert api("GET", path).status_code == 403
    assert api("GET", path, token=agency).status_code == 403
    users = api("GET", "/users/search", token=agency, params={"companyId": api.info["company_id"]})
    for user in users.json()["users"]:
        assert api.location not in user["roles"]["locationIds"]


def test_users_are_made_changed_and_deleted(api: Any) -> None:
    body = {
        "companyId": api.info["company_id"],
        "firstName": "Olga",
        "lastName": "Reis",
        "email": "olga@lumensolar.example",
        "password": "a secret",
        "type": "account",
        "role": "user",
        "locationIds": [api.location],
    }
    made = api("POST", "/users/", json=body)
    assert made.status_code == 201
    assert "a secret" not in made.text
    path = f"/users/{made.json()['id']}"
    assert api("POST", "/users/", json=body).status_code == 400
    other = {**body, "email": "x@y.example", "locationIds": [api.other_location]}
    assert api("POST", "/users/", json=other).status_code == 403
    assert api("POST", "/users/", json={**other, "nick": "O"}).status_code == 422
    api("PUT", path, json={"role": "admin", "permissions": {"tagsEnabled": False}})
    read = api("GET", path).json()
    assert read["roles"]["role"] == "admin"
    assert read["permissions"]["tagsEnabled"] is False
    assert read["permissions"]["contactsEnabled"] is True
    assert api("DELETE", path).json()["succeded"] is True
    assert api("GET", path).status_code == 400
    assert api("POST", "/users/", json=body).status_code == 201
