"""Conversations and messages: one for each contact, stored, paged and counted."""

from typing import Any


def search(api: Any, **query: str) -> Any:
    reply = api("GET", "/conversations/search", params={"locationId": api.location, **query})
    assert reply.status_code == 200, reply.text
    return reply.json()


def send(api: Any, contact: str, text: str, **more: Any) -> Any:
    body = {"type": "SMS", "contactId": contact, "message": text, **more}
    return api("POST", "/conversations/messages", json=body)


def test_a_new_contact_has_its_conversation(api: Any) -> None:
    body = {"locationId": api.location, "firstName": "Nuno"}
    contact = api("POST", "/contacts/", json=body).json()["contact"]["id"]
    known = search(api, contactId=contact)["conversations"]
    assert [one["fullName"] for one in known] == ["Nuno"]
    again = {"locationId": api.location, "contactId": contact}
    refused = api("POST", "/conversations/", json=again)
    assert refused.status_code == 400
    assert refused.json() == {
        "message": "Conversation already exists",
        "canonicalCode": "CONVERSATIONS_CONVERSATION_ALREADY_EXISTS",
        "conversationId": known[0]["id"],
    }
    assert api("DELETE", f"/conversations/{known[0]['id']}").json() == {"success": True}
    assert api("POST", "/conversations/", json=again).status_code == 201
    api("DELETE", f"/contacts/{contact}")
    assert search(api, contactId=contact)["conversations"] == []


def test_type_is_text_in_the_search_and_a_number_by_id(api: Any) -> None:
    one = search(api, limit="1")["conversations"][0]
    assert one["type"] == "TYPE_PHONE"
    assert isinstance(one["lastMessageDate"], int)
    assert api("GET", f"/conversations/{one['id']}").json()["type"] == 1


def test_what_comes_in_counts_as_unread_until_it_is_read(api: Any) -> None:
    conversation = api.info["examples"]["conversation"]
    path = f"/conversations/{conversation}"
    api("PUT", path, json={"locationId": api.location, "unreadCount": 0})
    assert conversation in [one["id"] for one in search(api, status="read")["conversations"]]
    came = {"type": "SMS", "conversationId": conversation, "message": "Hello?"}
    assert api("POST", "/conversations/messages/inbound", json=came).status_code == 200
    assert api("GET", path).json()["unreadCount"] == 1
    latest = search(api)["conversations"][0]
    assert (latest["id"], latest["lastMessageBody"]) == (conversation, "Hello?")
    refused = api("PUT", path, json={"locationId": api.location, "unread": 0})
    assert refused.status_code == 422


def test_pages_of_messages_and_of_conversations(api: Any) -> None:
    for number in range(25):
        assert send(api, api.contact, f"message {number}").status_code == 200
    path = f"/conversations/{api.info['examples']['conversation']}/messages"
    first = api("GET", path).json()
    assert (len(first["messages"]), first["nextPage"]) == (20, True)
    rest = api("GET", path, params={"lastMessageId": first["lastMessageId"]}).json()
    assert (len(rest["messages"]), rest["nextPage"]) == (10, False)
    seen = [one["id"] for one in (*first["messages"], *rest["messages"])]
    assert len(set(seen)) == 30
    mails = api("GET", path, params={"type": "TYPE_EMAIL"}).json()["messages"]
    assert [one["messageType"] for one in mails] == ["TYPE_EMAIL"]

    whole = [one["id"] for one in search(api, limit="100")["conversations"]]
    page = search(api, limit="2")["conversations"]
    after = str(page[-1]["lastMessageDate"])
    assert [one["id"] for one in search(api, startAfterDate=after)["conversations"]] == whole[2:]


def test_the_export_goes_through_all_by_cursor(api: Any) -> None:
    path, query = "/conversations/messages/export", {"locationId": api.location, "limit": "10"}
    for number in range(12):
        send(api, api.contact, f"message {number}")
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = api("GET", path, params={**query, **cursor}).json()
        seen += [one["id"] for one in page["messages"]]
        if page["nextCursor"] is None:
            break
        cursor = {"cursor": page["nextCursor"]}
    assert len(seen) == len(set(seen)) == page["total"] > 12
    assert api("GET", path, params={**query, "limit": "9"}).status_code == 422
    assert api("GET", path, params={**query, "cursor": "x"}).status_code == 400


def test_what_cannot_be_sent_or_cancelled(api: Any) -> None:
    assert send(api, api.contact, "").status_code == 400
    assert send(api, "nobody", "x").status_code == 400
    assert send(api, api.contact, "x", type="Pigeon").status_code == 422
    assert send(api, api.contact, "x", colour="red").status_code == 422
    assert send(api, api.contact, "x", scheduledTimestamp=1).status_code == 400
    sent = send(api, api.contact, "x").json()["messageId"]
    assert api("DELETE", f"/conversations/messages/{sent}/schedule").status_code == 400
    files = {"attachments": ["https://a.example/x"] * 6}
    call = api.info["examples"]["call_message"]
    path = f"/conversations/messages/{call}/attachments"
    assert api("PUT", path, json=files).status_code == 400
    path = f"/conversations/messages/{sent}/attachments"
    assert api("PUT", path, json={"attachments": []}).status_code == 400
    silent = f"/conversations/messages/{sent}/locations/{api.location}/recording"
    assert api("GET", silent).status_code == 400


def test_an_announced_upload_is_completed_once_and_in_time(api: Any) -> None:
    place = {"locationId": api.location, "conversationId": api.info["examples"]["conversation"]}
    begin = {**place, "filename": "a.mp4", "contentType": "video/mp4", "channel": "SMS"}
    path = "/conversations/messages/upload"
    heavy = api("POST", f"{path}/initiate", json={**begin, "fileSize": 6 * 1024 * 1024})
    assert heavy.status_code == 400
    begun = api("POST", f"{path}/initiate", json=begin).json()
    end = {**place, "filename": "a.mp4"}
    end |= {"uploadId": begun["uploadId"], "filePath": begun["filePath"]}
    elsewhere = api("POST", f"{path}/complete", json={**end, "filePath": "other"})
    assert elsewhere.status_code == 400
    assert api("POST", f"{path}/complete", json=end).status_code == 200
    assert api("POST", f"{path}/complete", json=end).status_code == 400
    late = api("POST", f"{path}/initiate", json=begin).json()
    api.control("POST", "clock", json={"shift_s": 1000})
    end |= {"uploadId": late["uploadId"], "filePath": late["filePath"]}
    assert api("POST", f"{path}/complete", json=end).status_code == 400
