"""What is made of a question is not kept: a web process answers for months."""

import sys

from repos.graph.name_keys import name_key
from repos.indexing.code_tokens import question_terms, term_id

QUESTIONS = 3_000
MAX_BLOCKS = QUESTIONS // 10


def test_the_words_of_questions_leave_nothing_behind():
    def ask(number):
        terms = question_terms(f"Where is handleRequest{number} of module_{number} called?")
        return [term_id(term) for term in terms], name_key(1, f"handleRequest{number}")

    ask(0)
    before = sys.getallocatedblocks()
    for number in range(1, QUESTIONS):
        ask(number)
    assert sys.getallocatedblocks() - before < MAX_BLOCKS
