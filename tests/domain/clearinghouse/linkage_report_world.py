"""What a linkage report is about, and a reader of the tables on its page."""

from html.parser import HTMLParser

from credential_pipeline.clearinghouse.linkage_report.about import About

ABOUT = About("Manufacturing", "0123456789abcdef", certifiers={"mssc": "Standards Council", "nims": "Metalworking"})
DECLARED = {"mssc": ("last_name", "sex", "phone"), "nims": ("last_name", "ssn_last4", "block_flag")}


class Cells(HTMLParser):
    """Rows of tables as lists of texts, by the table's key."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables, self._key, self._text = {}, "", None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "caption":
            self._key = attrs["id"]
            self.tables[self._key] = []
        elif tag == "tr":
            self.tables[self._key].append([])
        elif tag in {"td", "th"}:
            self._text = ""

    def handle_data(self, data):
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag):
        if tag in {"td", "th"}:
            self.tables[self._key][-1].append(self._text)
            self._text = None
