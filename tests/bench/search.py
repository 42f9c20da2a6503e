"""Our search, with the interface that all measured engines have."""

from bot.core.search import search
from bot.core.search.index import Document, SearchIndex


class Engine:
    """Rows in, ``[(id, score), ...]`` out, best first; all fields of a row are searched."""

    def build(self, rows):
        self.index = SearchIndex(map(_document, rows))

    def search(self, query):
        return [(hit.key, hit.score) for hit in search((self.index,), query)]


def _document(row):
    other = (
        row.get("section", ()),
        row.get("tags") or (),
        (row.get("note", ""), row.get("url", "")),
    )
    return Document(
        key=row["id"],
        title=row["title"],
        aliases=tuple(row.get("aliases", ())),
        fields=tuple(text for texts in other for text in texts),
    )
