"""The question that a web process asks the database now and then."""

import pytest

from deepwiki.foundation.database_watch import DatabaseWatch
from deepwiki.runtime.database_ping import DatabasePing
from deepwiki.testing.waiting import wait_until_async

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_connection_of_a_watch_that_stops_is_closed():
    watch, ping = DatabaseWatch(), DatabasePing()
    watch.start(ping, ping.close)
    connection = await wait_until_async(lambda: ping._connection)
    watch.stop()
    await wait_until_async(lambda: connection.closed)
