"""What templates of the wiki ask for beside those of chat."""

from django import template

from deepwiki.wiki.web.stored_errors import translated_error

register = template.Library()
register.filter("translated_error", translated_error)
