"""Runs migrations on the connection from `migrations.upgrade`."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=True,
)
if connection.dialect.name == "postgresql":
    # For the steps outside a transaction; the others have it from `migrations.LOCK_PATIENCE`.
    connection.exec_driver_sql("SET lock_timeout = '500ms'")
    connection.commit()
with context.begin_transaction():
    context.run_migrations()
