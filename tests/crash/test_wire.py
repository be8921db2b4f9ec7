"""A worker can be cut off from PostgreSQL, and comes back to it."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa

from tests.crash.wire import Wire


def test_a_wire_that_is_cut_carries_nothing_until_it_is_mended(
    postgres_server: sa.URL,
) -> None:
    wire = Wire(postgres_server.render_as_string(hide_password=False))
    way = sa.make_url(wire.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(way, autocommit=True) as connection:
        connection.execute("SELECT 1")
        wire.cut()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(way)
    wire.mend()
    psycopg.connect(way).close()
    wire.close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(way)
