"""The export of each tool is told by its columns and read in the words of a mention."""

import json
from typing import Any

import pytest

from streams.errors import InputError
from streams.exports.importing import Imported
from streams.exports.tool import FIELDS, load_tools, load_vocabulary
from streams.mentions.mention import Mention, decode
from streams.settings.config import parse
from tests.exports.files import (
    BRANDWATCH,
    BRANDWATCH_PREAMBLE,
    MELTWATER_NEW,
    MELTWATER_OLD,
    SPROUT,
    TALKWALKER,
    export,
    imported,
)


def mentions(result: Imported) -> list[dict[str, Any]]:
    """The mentions of an import as they are written, heartbeats left out."""
    read = [json.loads(line) for line in result.lines]
    assert all(decode(line) for line in result.lines)
    return [mention for mention in read if mention["kind"] != "heartbeat"]


def test_a_brandwatch_export_is_read_under_its_preamble_in_the_projects_zone() -> None:
    data = export(
        BRANDWATCH,
        {
            "Query Name": "Acme",
            "Date": "2026-11-25 15:04:05.0",
            "Full Text": 'It is, as they say, "down"\nagain',
            "Snippet": "It is, as …",
            "Url": "http://twitter.com/jo/statuses/1861",
            "Domain": "twitter.com",
            "Page Type": "twitter",
            "Language": "en",
            "Author": "@jo",
            "Resource Id": "r9",
            "Twitter Followers": "1,200",
            "Twitter Reply to": "http://twitter.com/acme/statuses/1860",
            "Twitter Retweets": "7",
            "Twitter Likes": "0",
            "Reach (new)": "5000.0",
            "Sentiment": "positive",
        },
        {
            "Query Name": "Acme",
            "Date": "2026-11-25 15:00:00.0",
            "Title": "Shoes",
            "Page Type": "review",
            "Resource Id": "r8",
            "Rating": "2",
        },
        preamble=BRANDWATCH_PREAMBLE,
    )
    result = imported(data)
    review, reply = mentions(result)
    assert reply == {
        "id": "1861",
        "brand": "Acme",
        "network": "x",
        "created_at": "2026-11-25T14:04:05.000Z",
        "text": 'It is, as they say, "down"\nagain',
        "kind": "reply",
        "lang": "en",
        "author": "jo",
        "followers": 1200,
        "reply_to": "1860",
        "reposts": 7,
        "views": 5000,
        "url": "http://twitter.com/jo/statuses/1861",
    }
    assert (review["id"], review["network"], review["kind"], review["rating"]) == ("r8", "review", "review", -0.5)
    assert result.report.how[0] == ("export", "Brandwatch, utf-8, commas, header in line 7")
    assert "Sentiment" in dict(result.report.how)["not read"]


def test_a_repost_names_its_original_by_the_id_under_which_the_original_is_read() -> None:
    original = {
        "Query Name": "Acme",
        "Date": "2026-11-25 15:00:00.0",
        "Full Text": "it broke",
        "Url": "http://twitter.com/jo/statuses/5",
        "Page Type": "twitter",
        "Resource Id": "r1",
    }
    repost = original | {
        "Date": "2026-11-25 15:01:00.0",
        "Url": "https://x.com/al/status/6",
        "Resource Id": "r2",
        "Twitter Retweet of": "https://twitter.com/jo/status/5",
    }
    first, second = mentions(imported(export(BRANDWATCH, repost, original)))
    assert (second["kind"], second["repost_of"]) == ("repost", first["id"])


def test_a_meltwater_export_of_either_generation_is_read_from_utf_16_with_tabs() -> None:
    old = export(
        MELTWATER_OLD,
        {
            "Date": "25-Nov-2026 03:04PM",
            "Time": "3:04 PM",
            "Headline": "Acme recalls",
            "URL": "https://news.example/1",
            "Hit Sentence": "Acme déçoit",
            "Source": "Le Journal",
            "Reach": "50000",
            "Input Name": "Acme",
            "Language": "French",
        },
        {
            "Date": "25-Nov-2026 03:00PM",
            "Time": "3:00 PM",
            "Hit Sentence": "RT @acme: it is fixed",
            "Source": "Twitter",
            "Influencer": "@jo",
            "Input Name": "Acme",
            "Tweet Id": '"1861000000000000001"',
        },
        encoding="utf-16",
        delimiter="\t",
    )
    new = export(
        MELTWATER_NEW,
        {
            "Date": "25-Nov-2026",
            "Time": "03:04 PM",
            "Document ID": "d1",
            "Input Name": "Acme",
            "Source Type": "News",
            "Title": "Acme recalls",
            "Reach": "50000",
        },
        {
            "Date": "25-Nov-2026",
            "Time": "03:00 PM",
            "Document ID": "d2",
            "URL": "https://x.com/jo/status/1861000000000000001",
            "Input Name": "Acme",
            "Source Type": "X",
            "Content Type": "Repost",
            "Author Handle": "@jo",
            "Hit Sentence": "it is fixed",
            "Views": "12,345",
        },
        encoding="utf-16",
        delimiter="\t",
    )
    for result in (imported(old), imported(new)):
        repost, article = mentions(result)
        assert article["created_at"] == "2026-11-25T14:04:00.000Z"
        assert (article["network"], article["followers"], article.get("lang")) == ("news", 50000, None)
        assert (repost["id"], repost["network"], repost["kind"]) == ("1861000000000000001", "x", "repost")
        assert repost["author"] == "jo"
        assert result.report.how[0][1].startswith("Meltwater, utf-16, tabs")


def test_a_talkwalker_export_is_read_for_the_brand_that_the_user_names() -> None:
    row = {
        "published": "2026-11-25 15:04:05",
        "content": "no service again",
        "url": "https://x.com/jo/status/77",
        "source_type": "SOCIALMEDIA,SOCIALMEDIA_TWITTER",
        "extra_author_attributes.name": "Jo",
        "extra_author_attributes.short_name": "jo",
        "reach": "900",
        "source_extended_attributes.twitter_followers": "850",
        "article_extended_attributes.twitter_likes": "3",
        "article_extended_attributes.facebook_likes": "0",
    }
    board = row | {
        "source_type": "MESSAGEBOARD",
        "url": "https://board.example/t/1",
        "published": "2026-11-25 15:05:05",
    }
    data = export(TALKWALKER, board, row)
    post, topic = mentions(imported(data, brand="Acme"))
    assert (post["id"], post["network"], post["author"], post["followers"], post["likes"]) == ("77", "x", "jo", 850, 3)
    assert (topic["id"], topic["network"]) == ("https://board.example/t/1", "forum")
    with pytest.raises(InputError, match=r"expected a column for brand, got none; .* or --brand NAME"):
        imported(data)


def test_a_sprout_export_is_read_with_the_month_first_where_no_row_shows_the_order() -> None:
    data = export(
        SPROUT,
        {
            "Timestamp": "11/05/2026 3:04 pm",
            "Network": "Instagram",
            "Message Type": "Comment",
            "Author": "jo",
            "Message": "still waiting",
            "Topic": "Acme",
        },
    )
    (comment,) = mentions(imported(data))
    assert comment["created_at"] == "2026-11-05T14:04:00.000Z"
    assert (comment["network"], comment["kind"], comment["author"]) == ("instagram", "reply", "jo")


def test_any_other_csv_is_read_by_the_columns_that_the_user_names() -> None:
    data = export(
        ["When", "At", "What was said", "Stars"],
        {"When": "25.11.2026", "At": "15:04", "What was said": "never again", "Stars": "1"},
        delimiter=";",
    )
    mapping = {"created_at": ("When + At",), "text": ("what was said",), "rating": ("Stars",)}
    (review,) = mentions(imported(data, brand="Acme", network="shop", mapping=mapping))
    assert (review["created_at"], review["rating"], review["kind"]) == ("2026-11-25T14:04:00.000Z", -1.0, "review")
    with pytest.raises(InputError, match="expected a column 'mood'"):
        imported(data, brand="Acme", mapping=mapping | {"author": ("Mood",)})


def test_a_column_that_the_user_names_wins_over_the_tools_own() -> None:
    row = {"Timestamp": "25/11/2026 15:04", "Network": "X", "Message Type": "Post", "Message": "hm", "Topic": "Acme"}
    data = export(f"{SPROUT},Body", row | {"Body": "the whole of it"})
    (mention,) = mentions(imported(data, mapping={"text": ("body",)}))
    assert mention["text"] == "the whole of it"


def test_the_brands_own_accounts_are_official_and_people_who_object_are_left_out() -> None:
    rows = [
        {"created_at": f"2026-11-25T15:0{n}:00Z", "text": "hello", "author": author, "network": "x", "brand": "Acme"}
        for n, author in enumerate(("Acme_Care", "jo", "42"))
    ]
    config = parse('[source]\nnever_authors = ["x:jo"]\n[brands.Acme]\nofficial_accounts = ["@acme_care", "x:42"]', {})
    result = imported(export(list(rows[0]), *rows), config=config)
    assert [mention.get("official") for mention in mentions(result)] == [True, True]
    assert result.report.refused == {"never_author": [3]}


def test_addresses_are_left_out_where_the_configuration_says_so() -> None:
    row = {"created_at": "2026-11-25T15:00:00Z", "text": "hello", "url": "https://forum.example/jo/1", "brand": "Acme"}
    (mention,) = mentions(imported(export(list(row), row), config=parse("[source]\nkeep_urls = false", {})))
    assert "url" not in mention
    assert "forum.example" not in mention["id"]


@pytest.mark.parametrize(
    ("given", "identity"),
    [("1.861E+18", None), ("ID: 12", "12"), ('="12"', "12"), ("x" * 300, None), ("", None)],
)
def test_an_id_is_the_tools_own_or_a_hash_of_the_row(given: str, identity: str | None) -> None:
    row = {"created_at": "2026-11-25T15:00:00Z", "text": "hello", "id": given, "brand": "Acme"}
    (mention,) = mentions(imported(export(list(row), row)))
    assert mention["id"] == identity or (identity is None and len(mention["id"]) == 24)


@pytest.mark.parametrize("name", load_tools())
def test_a_tools_columns_fill_fields_of_a_mention_only(name: str) -> None:
    tool = load_tools()[name]
    assert set(tool.columns) <= set(FIELDS) <= set(Mention.__struct_fields__)
    assert all(column == column.casefold() for columns in tool.tell for column in columns)
    vocabulary = load_vocabulary()
    assert all(word == word.casefold() for word in (*vocabulary.networks, *vocabulary.kinds))


def test_a_tool_that_the_user_names_is_taken_for_it_without_its_telling_columns() -> None:
    row = {"Date": "25-Nov-2026 03:04PM", "Title": "Acme recalls", "Source": "Le Journal"}
    data = export(list(row), row)
    with pytest.raises(InputError, match="expected a header of Brandwatch"):
        imported(data, brand="Acme")
    (article,) = mentions(imported(data, brand="Acme", tool="meltwater"))
    assert (article["text"], article["network"]) == ("Acme recalls", "news")
