"""Where the list of a letter ends while a large file is being written behind it.

No row is under way in this manner before: files that wait are begun by the next worker.
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade():
    # Not in a batch, which would make the table anew under the rows that point at it.
    op.add_column('notice', sa.Column('listed_to', sa.Integer(), nullable=True))


def downgrade():
    # What was only written and does not count goes, and its file waits to be begun anew.
    op.execute(
        'DELETE FROM recipient WHERE id > (SELECT listed_to FROM notice'
        ' WHERE notice.id = recipient.notice_id)'
    )
    op.execute("UPDATE list_import SET state = 'importing' WHERE state = 'writing'")
    op.drop_column('notice', 'listed_to')
