"""What search promises for any list."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.search import search
from bot.core.search.index import Document, SearchIndex

GPT_3 = Document(
    "gpt-3",
    "Language Models are Few-Shot Learners",
    aliases=("GPT-3", "ICL"),
    links=("arxiv:2005.14165",),
    fields=("Brown et al.", "2020", "paper", "arxiv.org", "prompting", "In-Context Learning"),
    favoured=True,
)
IA3 = Document(
    "ia3",
    "Few-Shot Parameter-Efficient Fine-Tuning is Better and Cheaper than In-Context Learning",
    aliases=("IA3", "T-Few"),
    fields=("Liu et al.", "2022", "paper", "arxiv.org"),
)
GPT_2 = Document(
    "gpt-2",
    "Language Models are Unsupervised Multitask Learners",
    aliases=("GPT-2",),
    links=("insightcivic.s3.us-east-1.amazonaws.com/language-models.pdf",),
    fields=("Radford et al.", "2019", "paper"),
    favoured=True,
)
ATTENTION = Document(
    "attention",
    "Attention Is All You Need",
    aliases=("Transformer",),
    links=("arxiv:1706.03762",),
    fields=("Vaswani et al.", "2017", "paper", "arxiv.org", "encoder-decoder"),
    favoured=True,
)
VISUAL = Document(
    "visual", "What is GPT?", fields=("3Blue1Brown", "2024", "video", "youtube.com"), favoured=True
)
LIST = SearchIndex([ATTENTION, VISUAL, GPT_2, GPT_3, IA3])


def found(query, *indexes, **options):
    return [hit.key for hit in search(indexes or (LIST,), query, **options)]


def first(query, *indexes, **options):
    return next(iter(found(query, *indexes, **options)), None)


def test_words_are_found_in_any_order():
    assert first("learners shot few") == "gpt-3"


def test_a_tie_goes_to_the_list():
    assert found("few shot")[:2] == ["gpt-3", "ia3"]


def test_a_clearly_better_addition_beats_the_list():
    assert first("few shot param") == "ia3"


def test_typos_are_forgiven():
    assert first("atention") == "attention"
    assert first("trasformer") == "attention"
    assert first("langauge modles unsuprvised") == "gpt-2"


def test_letters_and_numbers_may_be_joined_and_split():
    for query in ("gpt2", "gpt 2", "GPT-2", "Gpt_2"):
        assert first(query) == "gpt-2"


def test_words_may_be_joined_and_split():
    assert first("fewshot learners") == "gpt-3"
    assert first("multi task learners") == "gpt-2"
    assert first("allyou need") == "attention"


def test_initials_of_a_title_find_it():
    assert first("aiayn") == "attention"


def test_other_endings_are_forgiven():
    assert first("language model learner") in {"gpt-2", "gpt-3"}
    assert first("attentions") == "attention"


def test_other_fields_are_found():
    assert first("vaswani") == "attention"
    assert first("vaswni") == "attention"
    assert first("2017 attention") == "attention"
    assert first("video") == "visual"
    assert first("3blue1brown") == "visual"


def test_an_extra_word_does_no_harm():
    assert first("few-shot learners pdf") == "gpt-3"
    assert first("transformer explained") == "attention"


TOPICS = SearchIndex(
    [
        Document("qlora", "QLoRA", topics=("4-bit", "one GPU"), fields=("2023",)),
        Document("rag", "RAG", topics=("how to stop hallucinations", "chat with documents")),
        Document("dpo", "Direct Preference Optimization", aliases=("DPO",), topics=("alignment",)),
        Document("ppo", "Proximal Policy Optimization", aliases=("PPO",), fields=("clipping",)),
        Document(":rlhf", "RLHF & Beyond", aliases=("Alignment",), leads=True),
    ]
)


def test_what_a_question_is_about_is_found_by_topics():
    assert first("how do I get a model onto one gpu?", TOPICS) == "qlora"
    assert first("why does it hallucinate", TOPICS) == "rag"
    assert first("can I chat with my documents", TOPICS) == "rag"
    assert first("what do kangaroos think of qlora?", TOPICS) == "qlora"


def test_a_question_may_be_long():
    asked = "could you please tell me what it is that I need to know so that a model fits one gpu"

    assert first(asked, TOPICS) == "qlora"


def test_both_of_what_is_compared_are_found():
    assert {*found("dpo vs ppo", TOPICS)[:2]} == {"dpo", "ppo"}
    assert {*found("what's the difference between ppo and dpo", TOPICS)[:2]} == {"dpo", "ppo"}


def test_a_document_that_leads_goes_first_where_it_is_named():
    assert found("alignment", TOPICS)[:2] == [":rlhf", "dpo"]
    assert found("what is rlhf", TOPICS) == [":rlhf"]


def test_a_part_of_a_question_is_enough_if_nothing_else_is_found():
    assert found("4 bit weights versus kangaroo pouch size", TOPICS) == ["qlora"]


def test_a_name_is_never_guessed_from_a_topic():
    assert found("alignment", TOPICS, by_topic=False) == [":rlhf"]
    assert found("one gpu", TOPICS, by_topic=False) == []
    assert first("what is gpt", by_topic=False) == "visual"


def test_a_title_made_of_question_words_is_found_by_them():
    titles = SearchIndex([Document("why", "Why We Do It"), Document("tell", "Tell, Not Show")])

    assert first("why we do it", titles) == "why"
    assert first("why w", titles) == "why"


def test_nonsense_finds_nothing():
    for query in ("xqzv blorf", "chocolate cake recipe", "zzzzzz", "?!", "", "   "):
        assert found(query) == []


def test_without_documents_nothing_is_found():
    assert search([], "attention") == []
    assert search([SearchIndex([])], "attention") == []
    assert search([], "", link="arxiv:1706.03762") == []


def test_a_link_finds_its_document_only():
    assert found("see arxiv", link="arxiv:1706.03762") == ["attention"]
    assert found("attention", link="arxiv:0000.00000") == []


def test_a_name_typed_whole_is_exact():
    (hit, *_) = search([LIST], "gpt 3")
    (half, *_) = search([LIST], "few-shot learn")

    assert hit.exact
    assert not half.exact


def test_keys_preferred_go_first_among_comparable_hits_only():
    assert first("language models are", first={"gpt-2"}) == "gpt-2"
    assert first("language models are", first={"gpt-3"}) == "gpt-3"
    assert first("unsupervised", first={"gpt-3"}) == "gpt-2"


def test_an_addition_is_found_at_once_and_by_its_server_alone():
    server = SearchIndex([Document("g1:moe", "Mixture of Experts Explained")])

    assert first("mixture expert", LIST, server) == "g1:moe"
    assert found("mixture expert", LIST) == []


def test_what_a_server_changed_is_found_as_it_reads_now():
    server = SearchIndex([Document("attention", "The Transformer Paper")])

    assert found("transformer pape", LIST, server, without={"attention"}) == ["attention"]
    assert found("vaswani", LIST, server, without={"attention"}) == []


def test_a_hidden_hit_does_not_hide_what_a_typo_would_find():
    server = SearchIndex([Document("g1:atten", "Attenuation")])

    assert first("attention", LIST, server, without={"attention"}) == "g1:atten"


def test_a_long_title_is_found_by_all_its_words():
    title = " ".join(f"word{number}" for number in range(40))
    long = SearchIndex([Document("long", title), Document("other", title + " more")])

    assert first(title, long) == "long"


def test_a_name_is_found_among_hundreds_with_the_same_word():
    many = [Document(f"d{n}", f"Gan {n} in a row") for n in range(300)]
    nets = Document("gan", "Generative Adversarial Nets: a title much longer", aliases=("GAN",))

    assert first("gan", SearchIndex([*many, nets])) == "gan"


SCRIPTS = SearchIndex(
    [
        Document("ko", "트랜스포머로 배우는 자연어처리"),
        Document("ko-2", "언어 모델의 이해"),
        Document("zh", "注意力机制综述"),
        Document("ja", "大規模言語モデル入門"),
        Document("ru", "Внимание — это всё, что вам нужно"),
        Document("fr", "Réseaux de neurones à mémoire"),
        Document("wide", "ＢＥＲＴ入門"),
        Document("hi", "हिन्दी भाषा मॉडल"),
        Document("el", "Βαθιά Μάθηση"),
    ]
)


def test_hangul_is_found_while_its_syllables_are_typed():
    for query in ("트랜", "트래", "트랜스포멀", "트랜스포머", "트랜ㅅ"):
        assert first(query, SCRIPTS) == "ko"
    assert first("트렌스포머", SCRIPTS) == "ko"
    assert first("언어모델", SCRIPTS) == "ko-2"
    assert first("자연어 처리", SCRIPTS) == "ko"


def test_scripts_without_spaces_are_found_by_any_part():
    assert first("机制", SCRIPTS) == "zh"
    assert first("注意力", SCRIPTS) == "zh"
    assert first("言語モデル", SCRIPTS) == "ja"
    assert first("モデル", SCRIPTS) == "ja"


def test_cyrillic_greek_and_devanagari_are_found():
    assert first("внимание", SCRIPTS) == "ru"
    assert first("вниманье", SCRIPTS) == "ru"
    assert first("ВСЕ ЧТО ВАМ", SCRIPTS) == "ru"
    assert first("μαθηση", SCRIPTS) == "el"
    assert first("हिन्दी", SCRIPTS) == "hi"


def test_accents_and_width_do_not_matter():
    assert first("reseaux memoire", SCRIPTS) == "fr"
    assert first("bert", SCRIPTS) == "wide"
    assert first("ｂｅｒｔ", SCRIPTS) == "wide"


def test_nonsense_in_other_scripts_finds_nothing():
    for query in ("뷁뷁뷁", "蟹料理", "щщщщ"):
        assert found(query, SCRIPTS) == []


TEXT = st.text(max_size=40)
DOCUMENTS = st.lists(
    st.builds(
        Document,
        key=TEXT,
        title=TEXT,
        aliases=st.tuples(TEXT),
        fields=st.tuples(TEXT),
        favoured=st.booleans(),
    ),
    unique_by=lambda document: document.key,
    max_size=8,
)


@given(DOCUMENTS, TEXT, st.integers(0, 25))
def test_any_query_on_any_list_gives_unique_sorted_hits(documents, query, limit):
    hits = search([SearchIndex(documents)], query, limit)

    assert len(hits) <= limit
    assert len({hit.key for hit in hits}) == len(hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@given(DOCUMENTS, st.data())
def test_a_title_typed_exactly_is_first_or_as_good_as_the_first(documents, data):
    title = data.draw(st.sampled_from([d.title for d in documents] or [""]))
    unfavoured = [Document(d.key, d.title, d.aliases, (), d.fields) for d in documents]

    hits = search([SearchIndex(unfavoured)], title)

    same = {d.key for d in documents if d.title == title}
    best = [hit.key for hit in hits if hit.score == hits[0].score]
    assert not hits or same & set(best)


@given(DOCUMENTS, DOCUMENTS, TEXT)
def test_what_a_server_adds_changes_nothing_for_others(base, additions, query):
    shared = SearchIndex(base)
    before = search([shared], query)

    search([shared, SearchIndex(additions)], query)

    assert search([shared], query) == before
