"""Template tags and filters (`{% load chat_tags %}`)."""
