"""other channels: notices on a public page, letters on paper, large files made by the worker"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'


def upgrade():
    # One by one and not as a batch: SQLite then leaves the table as it is.
    op.add_column(
        'notice', sa.Column('channel', sa.String(length=6), nullable=False, server_default='mail')
    )
    op.add_column('notice', sa.Column('public_id', sa.String(length=26), nullable=True))
    op.add_column('notice', sa.Column('shown_from', sa.DateTime(timezone=True), nullable=True))
    op.add_column('notice', sa.Column('shown_until', sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f('ix_notice_public_id'), 'notice', ['public_id'], unique=True)
    op.create_table(
        'paper_batch',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('notice_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('layout', sa.String(length=3), nullable=False),
        sa.Column('state', sa.String(length=8), nullable=False),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('posted_on', sa.Date(), nullable=True),
        sa.Column('posted_sealed', sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ['by_id'], ['user.id'], name=op.f('fk_paper_batch_by_id_user')
        ),
        sa.ForeignKeyConstraint(
            ['notice_id'], ['notice.id'], name=op.f('fk_paper_batch_notice_id_notice')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_batch')),
        sa.UniqueConstraint('notice_id', 'number', name=op.f('uq_paper_batch_notice_id')),
        sa.UniqueConstraint('uid', name=op.f('uq_paper_batch_uid')),
    )
    op.create_index(op.f('ix_paper_batch_notice_id'), 'paper_batch', ['notice_id'])
    op.create_table(
        'paper_letter',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('batch_id', sa.Integer(), nullable=False),
        sa.Column('recipient_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ['batch_id'], ['paper_batch.id'], name=op.f('fk_paper_letter_batch_id_paper_batch')
        ),
        sa.ForeignKeyConstraint(
            ['recipient_id'],
            ['recipient.id'],
            name=op.f('fk_paper_letter_recipient_id_recipient'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_letter')),
        sa.UniqueConstraint('batch_id', 'number', name=op.f('uq_paper_letter_batch_id')),
    )
    op.create_index(op.f('ix_paper_letter_recipient_id'), 'paper_letter', ['recipient_id'])
    op.create_table(
        'made_file',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('notice_id', sa.Integer(), nullable=False),
        sa.Column('batch_id', sa.Integer(), nullable=True),
        sa.Column('kind', sa.String(length=12), nullable=False),
        sa.Column('part', sa.Integer(), nullable=False),
        sa.Column('filename', sa.String(), nullable=False),
        sa.Column('state', sa.String(length=8), nullable=False),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('total', sa.Integer(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=True),
        sa.Column('wish_sealed', sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ['batch_id'], ['paper_batch.id'], name=op.f('fk_made_file_batch_id_paper_batch')
        ),
        sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_made_file_by_id_user')),
        sa.ForeignKeyConstraint(
            ['notice_id'], ['notice.id'], name=op.f('fk_made_file_notice_id_notice')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_made_file')),
        sa.UniqueConstraint('uid', name=op.f('uq_made_file_uid')),
    )
    op.create_index(op.f('ix_made_file_batch_id'), 'made_file', ['batch_id'])
    op.create_index(op.f('ix_made_file_notice_id'), 'made_file', ['notice_id'])
    op.create_table(
        'made_part',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('file_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ['file_id'], ['made_file.id'], name=op.f('fk_made_part_file_id_made_file')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_made_part')),
        sa.UniqueConstraint('file_id', 'number', name=op.f('uq_made_part_file_id')),
        sa.UniqueConstraint('uid', name=op.f('uq_made_part_uid')),
    )


def downgrade():
    for name in ('made_part', 'made_file', 'paper_letter', 'paper_batch'):
        op.drop_table(name)
    op.drop_index(op.f('ix_notice_public_id'), table_name='notice')
    for name in ('shown_until', 'shown_from', 'public_id', 'channel'):
        op.drop_column('notice', name)
