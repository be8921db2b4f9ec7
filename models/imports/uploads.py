"""Uploaded files that wait to be applied; sealed, and kept for half an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core import sealed_columns
from models.core.base import Base, new_id

KEPT = timedelta(minutes=30)


class Upload(Base):
    """One file, and a hash of the roster and schedule that its preview was based on."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), index=True)
    name_sealed: Mapped[bytes]
    kind: Mapped[str] = mapped_column(sa.String(8))
    content_sealed: Mapped[bytes]
    columns: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON())
    """What its columns mean, if a person had to say it; places, never words of the file."""
    schedule_mark: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime]


def keep(
    session: Session, user_id: str, name: str, kind: str, content: bytes, now: datetime
) -> Upload:
    """Store a file until it is applied; it replaces an earlier upload by the same user."""
    old = sa.or_(Upload.user_id == user_id, Upload.at < now - KEPT)
    session.execute(sa.delete(Upload).where(old))
    upload = Upload(id=new_id(), user_id=user_id, kind=kind, at=now, schedule_mark="")
    sealed_columns.write(session, upload, "name_sealed", name)
    sealed_columns.write_bytes(session, upload, "content_sealed", content)
    session.add(upload)
    session.flush()
    return upload


def of_user(session: Session, upload_id: str, user_id: str, now: datetime) -> Upload | None:
    """The file with this id, if this user uploaded it within `KEPT`."""
    found = session.get(Upload, upload_id)
    if found is None or found.user_id != user_id or found.at < now - KEPT:
        return None
    return found


def name_of(session: Session, upload: Upload) -> str:
    """The name of the file."""
    return sealed_columns.text(session, upload, "name_sealed")


def content_of(session: Session, upload: Upload) -> bytes:
    """The content of the file."""
    return sealed_columns.read_bytes(session, upload, "content_sealed") or b""


def forget(session: Session, upload_id: str) -> None:
    """Delete a file that was applied or rejected."""
    session.execute(sa.delete(Upload).where(Upload.id == upload_id))


def forget_old(session: Session, now: datetime) -> None:
    """Delete files that were not applied in time."""
    session.execute(sa.delete(Upload).where(Upload.at < now - KEPT))
