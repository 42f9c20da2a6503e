"""The small list that `nextread new` writes, for its keeper to make their own."""

from __future__ import annotations

import re

from bot.core.curriculum.shape import LONGEST_CURRICULUM_ID, SERVERS_NAMESPACE

_STARTER = """\
# A reading list for Nextread. Change what you like, then run: nextread check FILE
# Lines that begin with # are notes to you: the bot doesn't read them.

id: {id}  # a-z, 0-9 and hyphens. Choose it now: readers' progress hangs on it, so it never changes.
title: My reading list
introduction: What this list is about, in a sentence or two.

sections:
  - id: start
    title: Start here
    steps:
      - id: basics
        number: 1
        title: Basics
        resources:
          - id: attention  # each has an id of its own, which never changes either
            title: Attention Is All You Need
            url: https://arxiv.org/abs/1706.03762
            # kind: paper, article, video, docs, course or book. must_read: true marks the best.
            about: {{kind: paper, must_read: true, authors: Vaswani et al., minutes: 45}}
            notes: Why you might read it. You can leave this line out.

          - id: bert
            # Put a text in double quotes if it has a colon and a space in it, as this title has.
            title: "BERT: Pre-training of Deep Bidirectional Transformers"
            url: https://arxiv.org/abs/1810.04805
            about: {{kind: paper, authors: Devlin et al., year: 2018, minutes: 35}}
            prerequisites: [attention]  # the ids of what to have read first

      - id: further
        number: 2
        title: Further on
        resources:
          - id: illustrated-bert
            title: The Illustrated BERT
            url: https://jalammar.github.io/illustrated-bert/
            about: {{kind: article, minutes: 25}}
            questions: What would you explain differently?  # opens the thread under a week's paper
"""


def starter(name: str) -> str:
    """Return the text of a new list whose id is made of its file's name."""
    made = re.sub("[^a-z0-9]+", "-", name.casefold())[:LONGEST_CURRICULUM_ID].strip("-")
    is_usable = bool(made) and not re.fullmatch(SERVERS_NAMESPACE, made)
    return _STARTER.format(id=made if is_usable else "my-list")
