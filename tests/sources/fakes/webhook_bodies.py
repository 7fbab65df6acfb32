"""Bodies as senders document them, with made-up values."""

from typing import Any

FACEBOOK: dict[str, Any] = {
    "object": "page",
    "entry": [
        {
            "id": "4400",
            "time": 1795629300,
            "changes": [
                {
                    "field": "feed",
                    "value": {
                        "item": "comment",
                        "verb": "add",
                        "comment_id": "4400_10_77",
                        "post_id": "4400_10",
                        "parent_id": "4400_10",
                        "from": {"id": "9001", "name": "A. Customer"},
                        "message": "Still no signal in Lille",
                        "created_time": 1795629290,
                        "post": {"permalink_url": "https://social.example/4400/10"},
                    },
                },
                {"field": "feed", "value": {"item": "reaction", "verb": "add", "reaction_type": "angry"}},
                {"field": "feed", "value": {"item": "comment", "verb": "remove", "comment_id": "4400_10_78"}},
            ],
        },
        {
            "id": "4400",
            "time": 1795629301,
            "changes": [
                {
                    "field": "feed",
                    "value": {
                        "item": "photo",
                        "verb": "add",
                        "post_id": "4400_11",
                        "from": {"id": "9002", "name": "B. Customer"},
                        "created_time": 1795629295,
                    },
                }
            ],
        },
    ],
}

INSTAGRAM: dict[str, Any] = {
    "object": "instagram",
    "entry": [
        {
            "id": "5500",
            "time": 1795629300,
            "changes": [
                {
                    "field": "comments",
                    "value": {
                        "id": "88",
                        "from": {"id": "9003", "username": "c.customer"},
                        "media": {"id": "300", "media_product_type": "FEED"},
                        "text": "Answer your customers",
                    },
                }
            ],
        }
    ],
}


def _zendesk(kind: str, event: dict[str, Any]) -> dict[str, Any]:
    return {
        "account_id": 1,
        "id": "0b7c",
        "type": f"zen:event-type:ticket.{kind}",
        "subject": "zen:ticket:13",
        "time": "2026-11-25T17:55:05.254571515Z",
        "zendesk_event_version": "2022-06-20",
        "detail": {
            "id": "13",
            "created_at": "2026-11-25T17:55:00Z",
            "subject": "No signal",
            "description": "Since noon.",
            "requester_id": "9004",
            "via": {"channel": "web_service"},
        },
        "event": event,
    }


def _comment(is_public: bool, is_staff: bool) -> dict[str, Any]:
    author = {"id": "9005", "is_staff": is_staff, "name": "D."}
    return {"comment": {"id": "501", "body": "We look into it.", "is_public": is_public, "author": author}}


ZENDESK_TICKET = _zendesk("created", {"meta": {"sequence": {"id": "s", "position": 1, "total": 1}}})
ZENDESK_ANSWER = _zendesk("comment_added", _comment(is_public=True, is_staff=True))
ZENDESK_COMMENT = _zendesk("comment_added", _comment(is_public=True, is_staff=False))
ZENDESK_NOTE = _zendesk("comment_added", _comment(is_public=False, is_staff=True))


def chatwoot(
    message_type: str, private: bool = False, created_at: object = "2026-11-25 17:55:05 UTC"
) -> dict[str, Any]:
    return {
        "event": "message_created",
        "id": 41,
        "content": "No signal",
        "content_type": "text",
        "content_attributes": {"in_reply_to": 40},
        "created_at": created_at,
        "message_type": message_type,
        "private": private,
        "sender": {"id": 7, "name": "E."},
        "conversation": {"id": 12, "status": "open"},
        "account": {"id": 1, "name": "Acme"},
        "inbox": {"id": 2, "name": "Web"},
    }


def discourse(post_number: int = 1, **changed: object) -> dict[str, Any]:
    return {
        "post": {
            "id": 900,
            "username": "f_customer",
            "created_at": "2026-11-25T17:55:05.123Z",
            "cooked": '<aside class="quote"><p>all is well</p></aside><p>No <b>signal</b> &amp; no answer</p>',
            "raw": "[quote]all is well[/quote] No **signal** & no answer",
            "post_number": post_number,
            "post_type": 1,
            "reply_to_post_number": None,
            "topic_id": 30,
            "topic_slug": "outage",
            "topic_title": "Outage in Lille",
            "topic_archetype": "regular",
        }
        | changed
    }


MELTWATER: dict[str, Any] = {
    "request": {"company_id": "1", "hook_id": "2", "inputs": [{"id": "3", "name": "Acme", "type": "search"}]},
    "documents": [
        {
            "id": "d1",
            "content_type": "news",
            "url": "https://news.example/acme",
            "published_date": "2026-11-25T09:00:00.000Z",
            "indexed_date": "2026-11-25T17:50:00.000Z",
            "content": {"title": "Acme is down", "opening_text": "Customers complain."},
            "source": {"name": "The News", "type": "news"},
            "matched": {"hit_sentence": "the operator Acme"},
        },
        {
            "id": "d2",
            "content_type": "social comment",
            "url": "https://social.example/2",
            "published_date": "2026-11-25T17:51:00.000Z",
            "author": {"handle": "@g", "name": "G."},
            "content": {"opening_text": "Down again"},
            "metrics": {"views": 1200},
        },
        {"id": "d3", "content_type": "news", "content": {"title": "undated"}},
    ],
}
