"""What a Python bot could take off the shelf, using only our own dependencies."""

import sqlite3

from rapidfuzz import fuzz, process

from bot.core.search.words import words

LIMIT = 25


def _text(row):
    return " ".join(words(" ".join([row["title"], *row.get("aliases", [])])))


class WRatio:
    """rapidfuzz.process.extract over titles and aliases."""

    def build(self, rows):
        names = [
            (row["id"], name) for row in rows for name in (row["title"], *row.get("aliases", []))
        ]
        self.ids = [key for key, _ in names]
        self.texts = [" ".join(words(name)) for _, name in names]

    def search(self, query):
        text = " ".join(words(query))
        hits = process.extract(text, self.texts, scorer=fuzz.WRatio, limit=LIMIT)
        best = {}
        for _, score, at in hits:
            best.setdefault(self.ids[at], score)
        return list(best.items())


class Fts5:
    """SQLite's full-text search: all words, the last as a beginning; else any of them."""

    tokenizer = "unicode61 remove_diacritics 2"
    options = ", prefix='2 3 4'"

    def build(self, rows):
        self.ids = [row["id"] for row in rows]
        self.texts = [_text(row) for row in rows]
        self.db = sqlite3.connect(":memory:")
        made = f"fts5(name, tokenize='{self.tokenizer}'{self.options})"
        self.db.execute(f"CREATE VIRTUAL TABLE names USING {made}")
        self.db.executemany("INSERT INTO names(rowid, name) VALUES (?, ?)", enumerate(self.texts))
        self.db.execute("INSERT INTO names(names) VALUES ('optimize')")

    def search(self, query):
        terms = [f'"{word}"' for word in words(query)]
        if not terms:
            return []
        terms[-1] += "*"
        return self.match(" ".join(terms)) or self.match(" OR ".join(terms))

    def match(self, expression, limit=LIMIT):
        sql = "SELECT rowid, -bm25(names) FROM names WHERE names MATCH ? ORDER BY 2 DESC LIMIT ?"
        return [(self.ids[at], score) for at, score in self.db.execute(sql, (expression, limit))]


class Trigrams(Fts5):
    tokenizer = "trigram"
    options = ""

    def search(self, query, limit=LIMIT):
        text = " ".join(words(query))
        grams = dict.fromkeys(text[at : at + 3] for at in range(len(text) - 2))
        return self.match(" OR ".join(f'"{gram}"' for gram in grams), limit) if grams else []


class Combined:
    """A careful combination: FTS5; if it finds nothing, trigrams; the best 100 by rapidfuzz."""

    def build(self, rows):
        self.exact, self.loose = Fts5(), Trigrams()
        self.exact.build(rows)
        self.loose.build(rows)
        self.texts = dict(zip(self.exact.ids, self.exact.texts, strict=True))

    def search(self, query):
        text = " ".join(words(query))
        terms = [f'"{word}"' for word in text.split()]
        if not terms:
            return []
        if hits := self.exact.match(" ".join(terms) + "*"):
            return hits
        scored = [(key, self.score(text, key)) for key, _ in self.loose.search(query, 100)]
        return sorted((hit for hit in scored if hit[1] >= 72), key=lambda hit: -hit[1])[:LIMIT]

    def score(self, text, key):
        name = self.texts[key]
        similar = max(fuzz.partial_ratio(text, name), 0.98 * fuzz.token_set_ratio(text, name))
        return similar + 0.1 * fuzz.ratio(text, name[: len(text) + 1])


PEERS = {
    "FTS5 + trigram + rapidfuzz": Combined,
    "SQLite FTS5": Fts5,
    "SQLite FTS5 trigram": Trigrams,
    "rapidfuzz WRatio": WRatio,
}
