"""the front door: receipts with their codes, news for reporters, what was asked and is unread"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        'receipt',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('report_id', sa.Integer(), nullable=False),
        sa.Column('code_hash', sa.String(length=120), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.Column('shown_at', MOMENT, nullable=True),
        sa.Column('kept_at', MOMENT, nullable=True),
        sa.Column('visit', sa.String(length=32), nullable=True),
        sa.Column('visit_until', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ['report_id'], ['report.id'], name=op.f('fk_receipt_report_id_report')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt')),
        sa.UniqueConstraint('uid', name=op.f('uq_receipt_uid')),
        sa.UniqueConstraint('report_id', name=op.f('uq_receipt_report_id')),
        sa.UniqueConstraint('code_hash', name=op.f('uq_receipt_code_hash')),
    )
    with op.batch_alter_table('receipt') as table:
        table.create_index(table.f('ix_receipt_visit'), ['visit'])
    op.create_table(
        'news',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('report_id', sa.Integer(), nullable=False),
        sa.Column('incident_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.Column('goes_at', MOMENT, nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('text_sealed', sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ['report_id'], ['report.id'], name=op.f('fk_news_report_id_report')
        ),
        sa.ForeignKeyConstraint(
            ['incident_id'], ['incident.id'], name=op.f('fk_news_incident_id_incident')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_news')),
        sa.UniqueConstraint('uid', name=op.f('uq_news_uid')),
        sa.UniqueConstraint('report_id', 'incident_id', 'kind', name=op.f('uq_news_report_id')),
    )
    with op.batch_alter_table('news') as table:
        table.create_index(table.f('ix_news_incident_id'), ['incident_id'])
        table.create_index('ix_news_state_goes_at', ['state', 'goes_at'])
    with op.batch_alter_table('report') as table:
        table.add_column(sa.Column('unread', sa.Integer(), nullable=False, server_default='0'))
        table.add_column(sa.Column('answers_sealed', sa.LargeBinary(), nullable=True))
    with op.batch_alter_table('message') as table:
        table.add_column(
            sa.Column('by_code', sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table('held_file') as table:
        table.add_column(sa.Column('report_id', sa.Integer(), nullable=True))
        table.create_foreign_key(
            table.f('fk_held_file_report_id_report'), 'report', ['report_id'], ['id']
        )


def downgrade():
    with op.batch_alter_table('held_file') as table:
        table.drop_constraint(table.f('fk_held_file_report_id_report'), type_='foreignkey')
        table.drop_column('report_id')
    with op.batch_alter_table('message') as table:
        table.drop_column('by_code')
    with op.batch_alter_table('report') as table:
        table.drop_column('answers_sealed')
        table.drop_column('unread')
    op.drop_table('news')
    op.drop_table('receipt')
