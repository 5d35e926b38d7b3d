#!/bin/sh
# ask.sh owner/repo "question": the answer as text, while it is written.
curl --no-buffer --fail-with-body --silent --show-error "$DEEPWIKI_SERVER/chat/completions/stream" \
  --header "Authorization: Bearer $DEEPWIKI_TOKEN" --header "Content-Type: application/json" \
  --data "{\"repo_url\": \"$1\", \"messages\": [{\"role\": \"user\", \"content\": \"$2\"}]}"
