"""Several connections to the outgoing server; attempts found by their letter only."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    with op.batch_alter_table('server') as table:
        table.add_column(sa.Column('connections', sa.Integer(), nullable=False, server_default='8'))
    with op.batch_alter_table('server') as table:
        table.alter_column('connections', server_default=None)
    with op.batch_alter_table('attempt') as table:
        table.drop_constraint('uq_attempt_uid', type_='unique')


def downgrade() -> None:
    with op.batch_alter_table('attempt') as table:
        table.create_unique_constraint('uq_attempt_uid', ['uid'])
    with op.batch_alter_table('server') as table:
        table.drop_column('connections')
