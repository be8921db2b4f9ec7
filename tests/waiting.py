"""How long a test waits for something that must come."""

from __future__ import annotations

PATIENCE_SECONDS = 180.0
"""The longest wait for another process, thread or page. The machine may be slow or busy, so the
end of this wait means only that it never comes."""
