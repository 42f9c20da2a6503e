"""Search beside what a Python bot could take off the shelf."""

from bot.core.search import Document, SearchIndex, search


class Engine:
    """Our search behind the yardstick's interface: rows in, ``[(id, score), ...]`` out."""

    def build(self, rows):
        self.index = SearchIndex(map(_document, rows))

    def search(self, query):
        return [(hit.key, hit.score) for hit in search((self.index,), query)]


def _document(row):
    tags = " ".join(row.get("tags") or [])
    return Document(
        key=row["id"],
        title=row["title"],
        aliases=tuple(row.get("aliases", [])),
        fields=(*row["section"], tags, row["note"], row["url"]),
    )
