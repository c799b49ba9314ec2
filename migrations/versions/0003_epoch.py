"""the epoch: how far a database has come, outside which it is compared"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'


def upgrade():
    epoch = op.create_table(
        'epoch',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.BigInteger(), nullable=False),
        sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('held_why', sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_epoch')),
    )
    op.bulk_insert(epoch, [{'id': 1, 'number': 0}])


def downgrade():
    op.drop_table('epoch')
