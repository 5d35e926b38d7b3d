"""The answer core: validates a request and turns it into the events of an answer. No framework, no I/O.

In the order of an answer: request -> pipeline -> query_rewriting -> answer_round (retrieval through
ports, retrieval_events) -> generation (context_budget, prompt, provider through ports) -> events.
Errors and their sentences: errors, messages.
"""
