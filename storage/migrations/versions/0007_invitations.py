"""What became of invitations, and calls that go on after they were ended by mistake."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table; calls of before have no invitations that are followed, and cannot go on."""
    op.add_column("calls", sa.Column("invited_told", sa.Text, nullable=False, server_default=""))
    op.add_column("calls", sa.Column("invited_tell_at", sa.BigInteger))
    for name in ("sequel_of", "sequel_asked_by", "sequel_room_of"):
        op.add_column("calls", sa.Column(name, sa.Text))
    for name in ("sequel_is_offered", "sequel_is_begun"):
        op.add_column("calls", sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("calls_sequel_once", "calls", ["sequel_of"], unique=True)
    op.create_table(
        "invitations",
        sa.Column("call_id", sa.Text, sa.ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("user_id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("invited_by", "state")),
        sa.Column("rung_at", sa.BigInteger),
        sa.Column("rings", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("dm_channel_id", "dm_ts", "shown")),
    )
    op.create_index("invitations_of_person", "invitations", ["user_id"])
    _ring_nobody_late()


def _ring_nobody_late() -> None:
    """Note of everybody who was invited to a call that is still running that they are not to be rung now."""
    calls = sa.table(
        "calls", *(sa.column(name) for name in ("id", "started_by", "state")), sa.column("invited", sa.JSON)
    )
    running = sa.select(calls).where(calls.c.state.not_in(["ending", "ended", "failed"]))
    names = ("call_id", "user_id", "invited_by", "state", "rings")
    invitations = sa.table("invitations", *(sa.column(name) for name in names))
    for call in op.get_bind().execute(running).all():
        for user_id in dict.fromkeys(call.invited):
            values = dict(zip(names, (call.id, user_id, call.started_by, "quiet", 0), strict=True))
            op.execute(sa.insert(invitations).values(values))
