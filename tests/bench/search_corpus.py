"""Titles and queries with known answers, made from the list that comes with the bot."""

import random
from collections import defaultdict

from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from bot.core.search.index import documents_of
from bot.core.search.words import words

PER_CLASS = 150


def corpus(size, seed):
    """Return the list's resources and, up to the size, titles that recombine its words.

    A made-up title follows pairs of words that follow each other in real titles, so that the
    words' frequencies, and the confusion among titles, are like the list's own.
    """
    curriculum = read_curriculum(default_curriculum_path().read_bytes())
    documents = list(documents_of(curriculum))[:size]
    rows = [
        {"id": d.key, "title": d.title, "aliases": list(d.aliases), "note": " ".join(d.fields)}
        for d in documents
    ]
    rng = random.Random(f"corpus {seed}")  # noqa: S311 - the same corpus each time
    following = defaultdict(list)
    for document in documents:
        title = document.title.split()
        for word, after in zip(["", *title], [*title, ""], strict=True):
            following[word].append(after)
    titles = {row["title"] for row in rows}
    while len(rows) < size:
        title = _made_up(following, rng)
        if title not in titles:
            titles.add(title)
            rows.append({"id": f"made-up:{len(rows)}", "title": title, "note": ""})
    return rows


def _made_up(following, rng):
    """Return two random walks from word to word: a title and its subtitle."""
    title = []
    for _ in range(2):
        word = rng.choice(following[""])
        while word and len(title) < 14:
            title.append(word)
            word = rng.choice(following[word])
    return " ".join(title)


def queries(rows, seed):
    """Return ``(class, query, ids that are right)``; none are right for nonsense."""
    rng = random.Random(f"queries {seed}")  # noqa: S311 - the same queries each time
    titles = [(row["id"], words(row["title"])) for row in rows]
    names = titles + [(row["id"], words(name)) for row in rows for name in row.get("aliases", ())]
    made = {
        "typo": lambda title: _misspelt(_part(title, rng), 1, rng),
        "two typos": lambda title: _misspelt(_part(title, rng), 2, rng),
        "begun": lambda title: _begun(title, rng),
        "begun, typo": lambda title: _begun(title, rng, typos=1),
        "any order": lambda title: _shuffled(title, rng),
        "extra word": lambda title: _extra(_part(title, rng), rng),
    }
    out = []
    for name, make in made.items():
        tried = 0
        while sum(query[0] == name for query in out) < PER_CLASS and tried < 40 * PER_CLASS:
            tried += 1
            asked = make(rng.choice(titles)[1])
            if asked and 0 < len(right := _right(name, asked[1], names)) <= 5:
                out.append((name, asked[0], right))
    letters = "qwxzvkjpgbfmt"
    for _ in range(PER_CLASS):
        typed = (rng.choices(letters, k=rng.randint(5, 9)) for _ in range(rng.choice([1, 2])))
        out.append(("nonsense", " ".join(map("".join, typed)), frozenset()))
    return out


def _right(name, clean, names):
    if name.startswith("begun"):
        return {key for key, title in names if " ".join(title).startswith(clean)}
    if name == "any order":
        return {key for key, title in names if set(clean.split()) <= set(title)}
    return {key for key, title in names if f" {clean} " in f" {' '.join(title)} "}


def _part(title, rng):
    """Return two to five successive words of a title."""
    size = rng.randint(2, 5)
    start = rng.randint(0, max(0, len(title) - size))
    return title[start : start + size]


def _misspelt(part, typos, rng):
    long = [at for at, word in enumerate(part) if len(word) > 3]
    if len(long) < typos:
        return None
    typed = list(part)
    for at in rng.sample(long, typos):
        typed[at] = _typo(typed[at], rng)
    return " ".join(typed), " ".join(part)


def _typo(word, rng):
    at = rng.randrange(1, len(word) - 1)
    letter = rng.choice("etaoinshrdlucm")
    return rng.choice(
        [
            word[:at] + letter + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def _begun(title, rng, typos=0):
    clean = " ".join(title)[: rng.randint(5, 16)].strip()
    if typos:
        return _misspelt(clean.split(), typos, rng)
    return clean, clean


def _shuffled(title, rng):
    long = sorted({word for word in title if len(word) > 3})
    if len(long) < 3:
        return None
    asked = " ".join(rng.sample(long, 3))
    return asked, asked


def _extra(part, rng):
    clean = " ".join(part)
    return f"{clean} {rng.choice(['paper', 'pdf', 'explained', 'tutorial', '2023'])}", clean
