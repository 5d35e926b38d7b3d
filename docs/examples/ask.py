"""ask.py owner/repo "question": the answer as it is written, then the lines it rests on."""

import json
import os
import sys
from urllib.request import Request, urlopen

repository, question = sys.argv[1:3]
request = Request(
    f"{os.environ['DEEPWIKI_SERVER']}/chat/completions/stream?events=1",
    data=json.dumps(
        {"repo_url": repository, "messages": [{"role": "user", "content": question}]}
    ).encode(),
    headers={
        "Authorization": f"Bearer {os.environ['DEEPWIKI_TOKEN']}",
        "Content-Type": "application/json",
        "Accept": "text/event-stream",
    },
)
sources = []
with urlopen(request) as reply:
    for line in reply:
        if not line.startswith(b"data: "):
            continue
        event = json.loads(line.removeprefix(b"data: "))
        match event["event"]:
            case "delta":
                print(event["text"], end="", flush=True)
            case "sources":
                sources = event["items"]
            case "error":
                sys.exit(event["message"])
print()
for source in sources:
    print(f"{source['path']}:{source['start']}-{source['end']}")
