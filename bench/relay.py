"""The least a chat server can do: one embeddings call, then the model's stream passed on with the typed client.

python -m bench.relay DESCRIPTOR MODEL_URL: the first is that of a listening socket handed over.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys

import openai
import websockets


async def main(descriptor: int, url: str) -> None:
    client = openai.AsyncOpenAI(api_key="sk-test", base_url=url)

    async def handle(socket: websockets.ServerConnection) -> None:
        request = json.loads(await socket.recv())
        await client.embeddings.create(model="fake", input=[request["messages"][-1]["content"]])
        stream = await client.chat.completions.create(model=request["model"], messages=request["messages"], stream=True)
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                await socket.send(chunk.choices[0].delta.content)
        await socket.close()

    async with websockets.serve(handle, sock=socket.socket(fileno=descriptor), compression=None):
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
