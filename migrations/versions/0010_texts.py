"""Who wrote a letter and made its list, and the first of two approvals of it.

Letters that are drafts now have no part of their own for each group and no code by which they can
be checked: their checklist says so.
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


MOMENT = sa.DateTime(timezone=True)


def upgrade():
    # Not in a batch, which would make the table anew under the rows that point at it.
    op.add_column('notice', sa.Column('written_in', sa.String(5), nullable=False, server_default='en'))
    op.add_column('notice', sa.Column('authors', sa.JSON(), nullable=False, server_default='[]'))
    op.add_column('notice', sa.Column('first_approval', sa.String(64), nullable=True))
    op.add_column('notice', sa.Column('first_at', MOMENT, nullable=True))
    op.execute(
        'ALTER TABLE notice ADD COLUMN first_by_id INTEGER '
        'CONSTRAINT fk_notice_first_by_id_user REFERENCES "user" (id)'
    )


def downgrade():
    if op.get_bind().dialect.name == 'postgresql':
        op.drop_constraint('fk_notice_first_by_id_user', 'notice', type_='foreignkey')
    for name in ('first_by_id', 'first_at', 'first_approval', 'authors', 'written_in'):
        op.drop_column('notice', name)
