from tests.seen import labels_of, text_of, title_of

MAKERS_PATH = [
    "Attention Is All You Need",
    "Improving Language Understanding by Generative Pre-Training",
    "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
    "LoRA: Low-Rank Adaptation of Large Language Models",
    "PEFT 🤗",
    "GPT-2: Language Models are Unsupervised Multitask Learners",
    "GPT-3: Language Models are Few-Shot Learners",
    "Chain of Thought (CoT) : Chain-of-Thought Prompting Elicits Reasoning in Large Language Models",
    "LLM Course, chapter 7: Classical NLP tasks",
]


async def test_next_shows_the_first_step_and_why(alice, channel):
    card = await alice.slash(channel, "next")

    assert card.ephemeral
    assert "Attention Is All You Need" in text_of(card)
    assert "Here the list begins." in text_of(card)


async def test_saying_done_each_time_follows_the_makers_path(alice, channel):
    shown = []
    card = await alice.slash(channel, "next")
    while "Done" in labels_of(card):
        shown.append(title_of(card))
        card = await alice.click(card.response.message, label="Done")

    assert shown == MAKERS_PATH
    assert "You've read Jump into LLM" in text_of(card)
    assert "Go deeper" in labels_of(card)
