"""Runs migrations over a connection that `migrations.upgrade` hands in."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=True,
)
if connection.dialect.name == "postgresql":
    # A lock that is waited for longer makes every caller's webhook wait behind it.
    connection.exec_driver_sql("SET lock_timeout = '500ms'")
    connection.commit()
with context.begin_transaction():
    context.run_migrations()
