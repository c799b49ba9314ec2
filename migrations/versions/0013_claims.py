"""Claims of letters, and what servers said of those they took over, in rows of their own for some
thousands of letters each.

What was under way is claimed letter by letter: its journal, if it can be read, still settles it.
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'

MOMENT = sa.DateTime(timezone=True)
UNDER_WAY = sa.text("state = 'sending'")


def upgrade():
    op.create_table(
        'claim',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('notice_id', sa.Integer(), nullable=False),
        sa.Column('first', sa.Integer(), nullable=False),
        sa.Column('last', sa.Integer(), nullable=False),
        sa.Column('lease', sa.String(80), nullable=False),
        sa.Column('until', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name='fk_claim_notice_id_notice'),
        sa.PrimaryKeyConstraint('id', name='pk_claim'),
    )
    op.create_index('ix_claim_notice_id', 'claim', ['notice_id'])
    op.create_index('ix_claim_lease', 'claim', ['lease'])
    op.create_table(
        'taken',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('uid', sa.String(16), nullable=False),
        sa.Column('notice_id', sa.Integer(), nullable=False),
        sa.Column('block', sa.Integer(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('worker', sa.String(80), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.Column('answers_sealed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name='fk_taken_notice_id_notice'),
        sa.PrimaryKeyConstraint('id', name='pk_taken'),
    )
    op.create_index('ix_taken_notice_block', 'taken', ['notice_id', 'block'])
    op.execute(
        'INSERT INTO claim (notice_id, first, last, lease, until) '
        'SELECT notice_id, id, id, lease_by, lease_until FROM recipient '
        "WHERE state = 'sending' AND lease_by IS NOT NULL AND lease_until IS NOT NULL"
    )
    op.execute(
        "UPDATE recipient SET attempts = attempts - 1, lease_by = NULL, state = CASE WHEN EXISTS "
        "(SELECT 1 FROM notice WHERE notice.id = notice_id AND notice.state = 'cancelled') "
        "THEN 'cancelled' ELSE 'queued' END "
        "WHERE state = 'sending'"
    )
    op.drop_index('ix_recipient_under_way', 'recipient')
    op.drop_column('recipient', 'lease_until')


def downgrade():
    op.add_column('recipient', sa.Column('lease_until', MOMENT, nullable=True))
    held = (
        'SELECT {} FROM claim WHERE claim.notice_id = recipient.notice_id '
        'AND recipient.id BETWEEN claim.first AND claim.last'
    )
    op.execute(
        f"UPDATE recipient SET state = 'sending', attempts = attempts + 1, "
        f"lease_by = ({held.format('max(lease)')}), lease_until = ({held.format('max(until)')}) "
        f"WHERE state IN ('queued', 'cancelled') AND EXISTS ({held.format('1')})"
    )
    op.create_index(
        'ix_recipient_under_way', 'recipient', ['lease_until'],
        sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY,
    )
    op.drop_table('claim')
    # When they were sent is known still; the words of the servers are not.
    op.execute(
        'INSERT INTO attempt (uid, recipient_id, at, worker, outcome) '
        "SELECT CAST(id AS VARCHAR(16)), id, sent_at, '', 'sent' FROM recipient "
        "WHERE sent_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attempt "
        "WHERE attempt.recipient_id = recipient.id AND attempt.outcome = 'sent')"
    )
    op.drop_table('taken')
