"""mail in: who sent a mail, and what a scanner said of a file"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'


def upgrade():
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sender_check', sa.String(length=10), nullable=True))
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sender_check', sa.String(length=10), nullable=True))
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('scan', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('scanned_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        'server', sa.Column('authserv', sa.String(), nullable=False, server_default='')
    )


def downgrade():
    with op.batch_alter_table('server', schema=None) as batch_op:
        batch_op.drop_column('authserv')
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_column('scanned_at')
        batch_op.drop_column('scan')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_column('sender_check')
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.drop_column('sender_check')
