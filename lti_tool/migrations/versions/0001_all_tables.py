"""all tables

Revision ID: 0001
Revises: 
"""

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None


def upgrade() -> None:
    op.create_table('registrations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('issuer', sa.String(length=1000), nullable=False),
    sa.Column('client_id', sa.String(length=255), nullable=False),
    sa.Column('auth_url', sa.String(length=2000), nullable=False),
    sa.Column('token_url', sa.String(length=2000), nullable=False),
    sa.Column('jwks_url', sa.String(length=2000), nullable=False),
    sa.Column('token_audience', sa.String(length=2000), nullable=True),
    sa.Column('product', sa.String(length=64), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('hold_deployments', sa.Boolean(), nullable=False),
    sa.Column('allow_anonymous', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registrations')),
    sa.UniqueConstraint('issuer', 'client_id', name=op.f('uq_registrations_issuer_client_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_registrations_public_id'))
    )
    op.create_table('signing_keys',
    sa.Column('kid', sa.String(length=64), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('public_pem', sa.Text(), nullable=False),
    sa.Column('private_encrypted', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retires_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('kid', name=op.f('pk_signing_keys')),
    sa.UniqueConstraint('serial', name=op.f('uq_signing_keys_serial'))
    )
    op.create_table('unit_versions',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('course_id', sa.String(length=100), nullable=False),
    sa.Column('unit_id', sa.String(length=100), nullable=False),
    sa.Column('snapshot', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_unit_versions'))
    )
    op.create_table('consumed_nonces',
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('nonce_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_consumed_nonces_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('registration_id', 'nonce_hash', name=op.f('pk_consumed_nonces'))
    )
    with op.batch_alter_table('consumed_nonces', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consumed_nonces_expires_at'), ['expires_at'], unique=False)

    op.create_table('deployments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('deployment_id', sa.String(length=255), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_deployments_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deployments')),
    sa.UniqueConstraint('registration_id', 'deployment_id', name=op.f('uq_deployments_registration_id_deployment_id'))
    )
    op.create_table('invites',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hold', sa.Boolean(), nullable=False),
    sa.Column('auto', sa.Boolean(), nullable=False),
    sa.Column('request', sa.JSON(), nullable=True),
    sa.Column('registration_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_invites_registration_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invites')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invites_token_hash'))
    )
    op.create_table('login_states',
    sa.Column('state_hash', sa.String(length=64), nullable=False),
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('browser_hash', sa.String(length=64), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('target_link_uri', sa.String(length=2000), nullable=False),
    sa.Column('request', sa.JSON(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_login_states_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('state_hash', name=op.f('pk_login_states'))
    )
    with op.batch_alter_table('login_states', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_states_expires_at'), ['expires_at'], unique=False)

    op.create_table('users',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('sub', sa.String(length=255), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_users_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('registration_id', 'sub', name=op.f('uq_users_registration_id_sub'))
    )
    op.create_table('contexts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('deployment_pk', sa.Integer(), nullable=False),
    sa.Column('context_id', sa.String(length=255), nullable=False),
    sa.Column('title', sa.String(length=500), nullable=True),
    sa.ForeignKeyConstraint(['deployment_pk'], ['deployments.id'], name=op.f('fk_contexts_deployment_pk'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contexts')),
    sa.UniqueConstraint('deployment_pk', 'context_id', name=op.f('uq_contexts_deployment_pk_context_id'))
    )
    op.create_table('enrolments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('context_pk', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('is_instructor', sa.Boolean(), nullable=False),
    sa.Column('last_launch_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['context_pk'], ['contexts.id'], name=op.f('fk_enrolments_context_pk'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_enrolments_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolments')),
    sa.UniqueConstraint('context_pk', 'user_id', name=op.f('uq_enrolments_context_pk_user_id'))
    )
    with op.batch_alter_table('enrolments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enrolments_user_id'), ['user_id'], unique=False)

    op.create_table('resource_links',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('context_pk', sa.Integer(), nullable=False),
    sa.Column('resource_link_id', sa.String(length=255), nullable=False),
    sa.Column('title', sa.String(length=500), nullable=True),
    sa.Column('course_id', sa.String(length=100), nullable=True),
    sa.Column('unit_id', sa.String(length=100), nullable=True),
    sa.Column('line_item_url', sa.String(length=2000), nullable=True),
    sa.Column('line_items_url', sa.String(length=2000), nullable=True),
    sa.Column('ags_scopes', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['context_pk'], ['contexts.id'], name=op.f('fk_resource_links_context_pk'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource_links')),
    sa.UniqueConstraint('context_pk', 'resource_link_id', name=op.f('uq_resource_links_context_pk_resource_link_id'))
    )
    op.create_table('launch_sessions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('handle_hash', sa.String(length=64), nullable=False),
    sa.Column('cookie_hash', sa.String(length=64), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('is_instructor', sa.Boolean(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('context_pk', sa.Integer(), nullable=True),
    sa.Column('link_pk', sa.Integer(), nullable=True),
    sa.Column('deployment_pk', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=35), nullable=True),
    sa.Column('return_url', sa.String(length=2000), nullable=True),
    sa.Column('deep_linking', sa.JSON(), nullable=True),
    sa.Column('version_digest', sa.String(length=64), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['context_pk'], ['contexts.id'], name=op.f('fk_launch_sessions_context_pk'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['deployment_pk'], ['deployments.id'], name=op.f('fk_launch_sessions_deployment_pk'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['link_pk'], ['resource_links.id'], name=op.f('fk_launch_sessions_link_pk'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_launch_sessions_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_launch_sessions')),
    sa.UniqueConstraint('handle_hash', name=op.f('uq_launch_sessions_handle_hash'))
    )
    with op.batch_alter_table('launch_sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_launch_sessions_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_launch_sessions_user_id'), ['user_id'], unique=False)

    op.create_table('score_deliveries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('link_pk', sa.Integer(), nullable=False),
    sa.Column('value', sa.String(length=8), nullable=False),
    sa.Column('completed', sa.Boolean(), nullable=False),
    sa.Column('timestamp', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(length=500), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['link_pk'], ['resource_links.id'], name=op.f('fk_score_deliveries_link_pk'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_score_deliveries_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_score_deliveries')),
    sa.UniqueConstraint('user_id', 'link_pk', 'timestamp', name=op.f('uq_score_deliveries_user_id_link_pk_timestamp'))
    )
    with op.batch_alter_table('score_deliveries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_score_deliveries_link_pk'), ['link_pk'], unique=False)
        batch_op.create_index('ix_score_deliveries_state_due', ['state', 'due_at'], unique=False)

    op.create_table('unit_progress',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('link_pk', sa.Integer(), nullable=False),
    sa.Column('page', sa.String(length=100), nullable=True),
    sa.Column('seen', sa.JSON(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['link_pk'], ['resource_links.id'], name=op.f('fk_unit_progress_link_pk'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_unit_progress_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_progress')),
    sa.UniqueConstraint('user_id', 'link_pk', name=op.f('uq_unit_progress_user_id_link_pk'))
    )
    with op.batch_alter_table('unit_progress', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_progress_link_pk'), ['link_pk'], unique=False)

    op.create_table('attempts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('progress_pk', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('version_digest', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=35), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('earned', sa.String(length=40), nullable=True),
    sa.Column('possible', sa.String(length=40), nullable=True),
    sa.Column('value', sa.String(length=8), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handed_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['progress_pk'], ['unit_progress.id'], name=op.f('fk_attempts_progress_pk'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['version_digest'], ['unit_versions.digest'], name=op.f('fk_attempts_version_digest')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempts')),
    sa.UniqueConstraint('progress_pk', 'number', name=op.f('uq_attempts_progress_pk_number'))
    )


def downgrade() -> None:
    op.drop_table('attempts')
    with op.batch_alter_table('unit_progress', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_progress_link_pk'))

    op.drop_table('unit_progress')
    with op.batch_alter_table('score_deliveries', schema=None) as batch_op:
        batch_op.drop_index('ix_score_deliveries_state_due')
        batch_op.drop_index(batch_op.f('ix_score_deliveries_link_pk'))

    op.drop_table('score_deliveries')
    with op.batch_alter_table('launch_sessions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_launch_sessions_user_id'))
        batch_op.drop_index(batch_op.f('ix_launch_sessions_expires_at'))

    op.drop_table('launch_sessions')
    op.drop_table('resource_links')
    with op.batch_alter_table('enrolments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_enrolments_user_id'))

    op.drop_table('enrolments')
    op.drop_table('contexts')
    op.drop_table('users')
    with op.batch_alter_table('login_states', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_login_states_expires_at'))

    op.drop_table('login_states')
    op.drop_table('invites')
    op.drop_table('deployments')
    with op.batch_alter_table('consumed_nonces', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consumed_nonces_expires_at'))

    op.drop_table('consumed_nonces')
    op.drop_table('unit_versions')
    op.drop_table('signing_keys')
    op.drop_table('registrations')
