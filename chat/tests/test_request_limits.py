"""Bodies without a bound, in size or in time, at the real server."""

import asyncio
import json

import httpx2
import psutil
import pytest

pytestmark = [pytest.mark.acceptance, pytest.mark.django_db(transaction=True)]
LIMIT = 5_000_000  # of a request, settings.REQUEST_BYTES
PATHS = [
    "/",
    "/chat/completions/stream",
    "/no/such/path",
    "/static/x",
    "/accounts/login/",
    "/ws/chat",
]
TOO_LARGE = "The request is too large. Send a shorter question or less history."


@pytest.fixture
def server(live):
    return live()


async def send(server, head, pieces):
    """Send a request in pieces until the server answers or closes; the response and the bytes sent."""
    reader, writer = await asyncio.open_connection("localhost", server.port)
    answer = asyncio.ensure_future(reader.read())
    writer.write(head)
    sent = 0
    try:
        for piece in pieces:
            if answer.done():
                break
            writer.write(piece)
            sent += len(piece)
            await writer.drain()
            await asyncio.sleep(0)  # `drain` alone does not let the reader run
    except ConnectionError:
        pass
    response = await asyncio.wait_for(answer, 30)
    writer.close()
    return response, sent


def chunked(total, size=100_000):
    piece = f"{size:x}\r\n".encode() + b"x" * size + b"\r\n"
    return (piece for _ in range(total // size))


def is_refused(response):
    head, _, body = response.partition(b"\r\n\r\n")
    return head.startswith(b"HTTP/1.1 413 ") and json.loads(body)["detail"] == TOO_LARGE


@pytest.mark.parametrize("path", PATHS)
async def test_a_chunked_body_is_refused_as_soon_as_it_exceeds_the_limit(server, path):
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    response, sent = await send(server, head.encode(), chunked(200 * LIMIT))
    assert is_refused(response)
    assert sent < 20 * LIMIT


async def test_people_get_a_page_in_their_language(server):
    head = (
        "POST /accounts/profile/ HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n"
        f"Accept-Language: ru\r\nContent-Length: {LIMIT + 1}\r\n\r\n"
    )
    response, _ = await send(server, head.encode(), [])
    assert response.startswith(b"HTTP/1.1 413 ")
    assert "Это слишком много" in response.decode() and "5 МБ" in response.decode()


async def test_a_wiki_over_the_limit_is_refused_in_words_about_a_wiki(server):
    head = (
        f"POST /api/wiki_cache?x HTTP/1.1\r\nHost: localhost\r\nContent-Length: {LIMIT + 1}\r\n\r\n"
    )
    response, _ = await send(server, head.encode(), [])
    assert b"The wiki is too large: a request may have 5 MB" in response


async def test_a_declared_length_over_the_limit_is_refused_before_the_body(server):
    head = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {LIMIT * 400}\r\n\r\n"
    response, _ = await send(server, head.encode(), [])
    assert is_refused(response)


async def test_bodies_without_end_leave_no_memory_behind(server):
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    process = psutil.Process(server.process.pid)
    await send(server, head, chunked(20 * LIMIT))
    before = process.memory_info().rss
    await asyncio.gather(*(send(server, head, chunked(100 * LIMIT)) for _ in range(8)))
    assert process.memory_info().rss - before < 8 * LIMIT


async def test_a_body_of_the_largest_size_is_read(server):
    content = b"x" * LIMIT
    async with httpx2.AsyncClient() as client:
        url = f"http://localhost:{server.port}/no/such/path"
        assert (await client.post(url, content=content, timeout=30)).status_code in (403, 404)


async def test_a_body_that_drips_is_ended_in_time(live):
    server = live(DEEPWIKI_BODY_SECONDS="1")
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
    reader, writer = await asyncio.open_connection("localhost", server.port)
    writer.write(head + b"x")
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1), 30)


async def test_the_headers_of_a_second_request_have_a_deadline_too(live):
    server = live(DEEPWIKI_HEADER_SECONDS="1")
    reader, writer = await asyncio.open_connection("localhost", server.port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    await reader.readexactly(int(length.split(b":")[1]))
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1), 30)
