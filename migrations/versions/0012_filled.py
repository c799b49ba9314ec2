"""How many people have something in each free column of a list.

Of lists that are there already it is not known by numbers: their people are opened for it.
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade():
    # Not in a batch, which would make the table anew under the rows that point at it.
    op.add_column('notice', sa.Column('filled', sa.JSON(), nullable=True))


def downgrade():
    op.drop_column('notice', 'filled')
