"""The least a chat server can do: one embeddings call, then the model's stream passed on with
the typed client.

    python -m bench.relay DESCRIPTOR MODEL_URL

DESCRIPTOR is that of an inherited listening socket.
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

    async def relay(connection: websockets.ServerConnection) -> None:
        request = json.loads(await connection.recv())
        question = request["messages"][-1]["content"]
        await client.embeddings.create(model="fake", input=[question])
        stream = await client.chat.completions.create(
            model=request["model"], messages=request["messages"], stream=True
        )
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                await connection.send(chunk.choices[0].delta.content)
        await connection.close()

    listener = socket.socket(fileno=descriptor)
    async with websockets.serve(relay, sock=listener, compression=None):
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
