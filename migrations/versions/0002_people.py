"""One lean row a person, sealed once under the key of the incident's lists; groups of people.

Who stands on a list already is unsealed and sealed anew; nobody is lost either way. Letters get
new Message-IDs: those of letters that left before are not known any more when they come back.
"""

import json
import secrets

import sqlalchemy as sa
from alembic import op
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KEPT = ('notice_id', 'language', 'state', 'attempts', 'next_try_at', 'lease_by', 'lease_until',
        'sent_at', 'told_at')


class Vault:
    """The keys of this installation, as they are used at this revision."""

    def __init__(self):
        keys = current_app.config['DATA_KEYS']
        self.ciphers = {number: AESGCM(key) for number, key in keys}
        self.current = keys[-1][0]

    def seal(self, plain, place):
        nonce = secrets.token_bytes(12)
        cipher = self.ciphers[self.current].encrypt(nonce, plain, place.encode())
        return bytes([self.current]) + nonce + cipher

    def open(self, sealed, place):
        """What was sealed there, or None where it does not open: damaged before, and kept so."""
        try:
            return self.ciphers[sealed[0]].decrypt(sealed[1:13], sealed[13:], place.encode())
        except (KeyError, IndexError, TypeError, InvalidTag):
            return None

    def moved(self, sealed, column, was, now):
        """A value of the row `was`, sealed for the row `now`."""
        plain = None if sealed is None else self.open(sealed, f'recipient.{column}.{was}')
        return None if plain is None else self.seal(plain, f'recipient.{column}.{now}')


def rows(query, **values):
    """All rows of a query, a thousand at a time by `:after` and `id`."""
    after = 0
    while found := op.get_bind().execute(
        sa.text(query + ' AND r.id > :after ORDER BY r.id LIMIT 1000'), {**values, 'after': after}
    ).mappings().all():
        yield from found
        after = found[-1]['id']


def replace_recipients(make, convert, query):
    """Make the table anew from what `convert` says of each row, with the same ids."""
    bind = op.get_bind()
    postgres = bind.dialect.name == 'postgresql'
    make('recipient_new')
    for row in rows(query):
        values = convert(row)
        names = ', '.join(values)
        marks = ', '.join(f':{name}' for name in values)
        bind.execute(sa.text(f'INSERT INTO recipient_new ({names}) VALUES ({marks})'), values)
    # The tries point at the table that is replaced.
    bind.execute(sa.text('CREATE TEMPORARY TABLE tries AS SELECT * FROM attempt'))
    bind.execute(sa.text('DELETE FROM attempt'))
    if postgres:
        op.drop_constraint('fk_attempt_recipient_id_recipient', 'attempt', type_='foreignkey')
    op.drop_table('recipient')
    make('recipient')
    bind.execute(sa.text('INSERT INTO recipient SELECT * FROM recipient_new'))
    op.drop_table('recipient_new')
    if postgres:
        op.create_foreign_key(
            'fk_attempt_recipient_id_recipient', 'attempt', 'recipient', ['recipient_id'], ['id']
        )
        bind.execute(sa.text(
            "SELECT setval('recipient_id_seq', coalesce(max(id), 0) + 1, false) FROM recipient"
        ))
    names = ', '.join(column['name'] for column in sa.inspect(bind).get_columns('attempt'))
    bind.execute(sa.text(f'INSERT INTO attempt ({names}) SELECT {names} FROM tries'))
    bind.execute(sa.text('DROP TABLE tries'))
    with op.batch_alter_table('recipient', schema=None) as batch_op:
        batch_op.create_index('ix_recipient_notice', ['notice_id', 'id'], unique=False)
        batch_op.create_index('ix_recipient_notice_state', ['notice_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_recipient_under_way', ['lease_until'], unique=False, sqlite_where=sa.text("state = 'sending'"), postgresql_where=sa.text("state = 'sending'"))


def columns(*own):
    return [
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('notice_id', sa.Integer(), nullable=False),
        sa.Column('language', sa.String(length=5), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('next_try_at', MOMENT, nullable=True),
        sa.Column('lease_by', sa.String(length=80), nullable=True),
        sa.Column('lease_until', MOMENT, nullable=True),
        sa.Column('sent_at', MOMENT, nullable=True),
        sa.Column('told_at', MOMENT, nullable=True),
        sa.Column('answer_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('told_sealed', sa.LargeBinary(), nullable=True),
        *own,
    ]


def rules(*own):
    return [
        sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name='fk_recipient_notice_id_notice'),
        sa.PrimaryKeyConstraint('id', name='pk_recipient'),
        sa.UniqueConstraint('notice_id', 'address_key', name='uq_recipient_notice_id'),
        *own,
    ]


def lean(name):
    own = (
        sa.Column('address_key', sa.LargeBinary(length=16), nullable=False),
        sa.Column('group_number', sa.Integer(), nullable=False),
        sa.Column('person_sealed', sa.LargeBinary(), nullable=False),
    )
    op.create_table(name, *columns(*own), *(rules() if name == 'recipient' else ()))


def wide(name):
    own = (
        sa.Column('uid', sa.String(length=16), nullable=False),
        sa.Column('address_key', sa.String(length=32), nullable=False),
        sa.Column('message_id', sa.String(length=200), nullable=False),
        sa.Column('address_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('name_sealed', sa.LargeBinary(), nullable=True),
    )
    unique = (
        sa.UniqueConstraint('message_id', name='uq_recipient_message_id'),
        sa.UniqueConstraint('uid', name='uq_recipient_uid'),
    )
    op.create_table(name, *columns(*own), *(rules(*unique) if name == 'recipient' else ()))


def upgrade():
    op.create_table('list_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=16), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('made_at', MOMENT, nullable=False),
    sa.Column('destroyed_at', MOMENT, nullable=True),
    sa.Column('key_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_list_key_incident_id_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_key')),
    sa.UniqueConstraint('uid', name=op.f('uq_list_key_uid'))
    )
    with op.batch_alter_table('list_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_list_key_incident_id'), ['incident_id'], unique=False)
    op.create_table('notice_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=16), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_group_notice_id_notice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_group')),
    sa.UniqueConstraint('notice_id', 'number', name=op.f('uq_notice_group_notice_id')),
    sa.UniqueConstraint('uid', name=op.f('uq_notice_group_uid'))
    )
    op.create_table('notice_group_text',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=16), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('body_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['notice_group.id'], name=op.f('fk_notice_group_text_group_id_notice_group')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_group_text')),
    sa.UniqueConstraint('group_id', 'language', name=op.f('uq_notice_group_text_group_id')),
    sa.UniqueConstraint('uid', name=op.f('uq_notice_group_text_uid'))
    )
    op.add_column('notice', sa.Column('domain', sa.String(length=255), nullable=False, server_default='localhost'))
    # Not in a batch, which would make the table anew under the rows that point at it.
    op.execute(
        'ALTER TABLE notice ADD COLUMN list_key_id INTEGER '
        'CONSTRAINT fk_notice_list_key_id_list_key REFERENCES list_key (id)'
    )
    seal_people()


def seal_people():
    bind, vault = op.get_bind(), Vault()
    seals = {}
    notices = bind.execute(sa.text(
        'SELECT n.id, n.uid, n.incident_id, n.made_at, i.erased_at, '
        '(SELECT max(message_id) FROM recipient r WHERE r.notice_id = n.id) AS letter '
        'FROM notice n JOIN incident i ON i.id = n.incident_id ORDER BY n.id'
    )).mappings().all()
    keys = {}
    for notice in notices:
        incident = notice['incident_id']
        if incident not in keys:
            uid, key = secrets.token_hex(8), secrets.token_bytes(32)
            gone = notice['erased_at']
            bind.execute(
                sa.text('INSERT INTO list_key (uid, incident_id, made_at, destroyed_at, key_sealed)'
                        ' VALUES (:uid, :incident, :made_at, :gone, :sealed)'),
                {'uid': uid, 'incident': incident, 'made_at': notice['made_at'], 'gone': gone,
                 'sealed': None if gone else vault.seal(key, f'list_key.key.{uid}')},
            )
            number = bind.scalar(sa.text('SELECT id FROM list_key WHERE uid = :uid'), {'uid': uid})
            keys[incident] = number, None if gone else AESGCM(key)
        domain = (notice['letter'] or '').rpartition('@')[2].rstrip('>') or 'localhost'
        bind.execute(
            sa.text('UPDATE notice SET domain = :domain, list_key_id = :key WHERE id = :id'),
            {'domain': domain, 'key': keys[incident][0], 'id': notice['id']},
        )
        seals[notice['id']] = notice['uid'].encode(), keys[incident][1]

    def convert(row):
        place, cipher = seals[row['notice_id']]
        key = bytes.fromhex(row['address_key'])
        address = vault.open(row['address_sealed'], f"recipient.address.{row['uid']}")
        name = vault.open(row['name_sealed'], f"recipient.name.{row['uid']}")
        sealed = b''
        if cipher and address is not None:
            person = {'a': address.decode(), **({'n': name.decode()} if name else {})}
            plain = json.dumps(person, ensure_ascii=False, separators=(',', ':')).encode()
            nonce = secrets.token_bytes(12)
            sealed = nonce + cipher.encrypt(nonce, plain, place + key)
        uid = f"{row['id']:016x}"
        return {
            'id': row['id'],
            **{column: row[column] for column in KEPT},
            'address_key': key,
            'group_number': 0,
            'person_sealed': sealed,
            'answer_sealed': vault.moved(row['answer_sealed'], 'answer', row['uid'], uid),
            'told_sealed': vault.moved(row['told_sealed'], 'told', row['uid'], uid),
        }

    replace_recipients(lean, convert, 'SELECT * FROM recipient r WHERE 1 = 1')


def open_people():
    vault = Vault()

    def convert(row):
        uid, key = f"{row['id']:016x}", bytes(row['address_key'])
        person = {}
        secret = vault.open(row['key_sealed'], f"list_key.key.{row['key_uid']}")
        if secret:
            try:
                sealed = bytes(row['person_sealed'])
                place = row['notice_uid'].encode() + key
                person = json.loads(AESGCM(secret).decrypt(sealed[:12], sealed[12:], place))
            except (InvalidTag, ValueError):
                person = {}
        name = person.get('n')
        return {
            'id': row['id'],
            **{column: row[column] for column in KEPT},
            'state': 'failed' if row['state'] == 'paper' else row['state'],
            'uid': uid,
            'address_key': key.hex(),
            'message_id': f"<l-{uid}-0@{row['domain']}>",
            'address_sealed': vault.seal(
                (person.get('a') or '-').encode(), f'recipient.address.{uid}'
            ),
            'name_sealed': vault.seal(name.encode(), f'recipient.name.{uid}') if name else None,
            'answer_sealed': row['answer_sealed'],
            'told_sealed': row['told_sealed'],
        }

    replace_recipients(
        wide,
        convert,
        'SELECT r.*, n.uid AS notice_uid, n.domain, k.uid AS key_uid, k.key_sealed FROM recipient r '
        'JOIN notice n ON n.id = r.notice_id LEFT JOIN list_key k ON k.id = n.list_key_id '
        'WHERE 1 = 1',
    )


def downgrade():
    open_people()
    op.drop_column('notice', 'list_key_id')
    op.drop_column('notice', 'domain')
    op.drop_table('notice_group_text')
    op.drop_table('notice_group')
    with op.batch_alter_table('list_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_list_key_incident_id'))
    op.drop_table('list_key')
