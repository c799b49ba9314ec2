"""Lists of people: read and imported by the worker, and purged some time after the last return."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'


def upgrade():
    with op.batch_alter_table('list_import', schema=None) as batch_op:
        batch_op.add_column(sa.Column('progress', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('confirmed_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('problem', sa.JSON(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_list_import_confirmed_by_id_user'), 'user', ['confirmed_by_id'], ['id'])
    op.add_column('organisation', sa.Column('list_days', sa.Integer(), nullable=False, server_default='30'))
    # Files that waited to be confirmed are read in another way now: they are to be uploaded again.
    op.execute("UPDATE list_import SET state = 'dropped', filename_sealed = NULL, header_sealed = NULL WHERE state = 'preview'")
    op.execute("DELETE FROM list_part")


def downgrade():
    op.execute("UPDATE list_import SET state = 'dropped', filename_sealed = NULL, header_sealed = NULL WHERE state <> 'done'")
    op.execute("DELETE FROM list_part")
    op.drop_column('organisation', 'list_days')
    with op.batch_alter_table('list_import', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_list_import_confirmed_by_id_user'), type_='foreignkey')
        batch_op.drop_column('problem')
        batch_op.drop_column('confirmed_by_id')
        batch_op.drop_column('lease_until')
        batch_op.drop_column('progress')
