"""Made-up exports in the form of each tool, newest first as the tools write them."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from streams.exports.importing import Form, Imported, import_export
from streams.exports.mention_reader import Options
from streams.settings.config import Config

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime.fromisoformat("2027-01-01T00:00:00+00:00")

BRANDWATCH_PREAMBLE = (
    'Report:,Bulk Mentions Download\nBrand:,Acme\nFrom:,Sun Nov 01 2026\nTo:,"Mon, Nov 30"\nLabel:,a\n\n'
)
BRANDWATCH = (
    "Query Id,Query Name,Date,Title,Snippet,Url,Domain,Sentiment,Page Type,Language,Author,Full Text,Resource Id,"
    "Twitter Followers,Twitter Reply to,Twitter Retweet of,Twitter Retweets,Twitter Likes,"
    "Reach (new),Impressions,Rating"
)
MELTWATER_OLD = (
    "Date,Headline,URL,Opening Text,Hit Sentence,Source,Influencer,Country,Language,Reach,Sentiment,Key Phrases,"
    "Input Name,Keywords,Twitter Authority,Tweet Id,Alternate Date Format,Time,State,City"
)
MELTWATER_NEW = (
    "Date,Time,Document ID,URL,Input Name,Keywords,Information Type,Source Type,Source Name,Content Type,Author Name,"
    "Author Handle,Title,Opening Text,Hit Sentence,Language,Sentiment,Reach,Engagement,Shares,Likes,Replies,"
    "Reposts,Views"
)
TALKWALKER = (
    "indexed,published,title,content,url,domain_url,lang,sentiment,source_type,post_type,extra_author_attributes.name,"
    "extra_author_attributes.short_name,engagement,reach,source_extended_attributes.twitter_followers,"
    "article_extended_attributes.twitter_retweets,article_extended_attributes.twitter_likes,"
    "article_extended_attributes.facebook_likes,article_extended_attributes.num_comments,extra_source_attributes.name"
)
SPROUT = "Timestamp,Network,Message Type,Author,Message,Permalink,Topic,Sentiment,Likes"


def export(
    header: str | Sequence[str],
    *rows: Mapping[str, object],
    encoding: str = "utf-8",
    delimiter: str = ",",
    preamble: str = "",
) -> bytes:
    """One export: a row has its values by the names of their columns, the others are empty."""
    header = header.split(",") if isinstance(header, str) else header
    out = io.StringIO(newline="")
    out.write(preamble)
    writer = csv.DictWriter(out, header, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def imported(
    data: bytes,
    *,
    zone: ZoneInfo = PARIS,
    brand: str = "",
    network: str = "",
    config: Config | None = None,
    mapping: Mapping[str, tuple[str, ...]] | None = None,
    tool: str = "",
    date_format: str = "",
) -> Imported:
    """Import an export as a user of Europe/Paris."""
    form = Form(zone, tool, mapping or {}, date_format)
    return import_export(data, "export.csv", form, config or Config(), Options(brand, network), NOW)
