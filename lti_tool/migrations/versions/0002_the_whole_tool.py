"""the whole tool: rosters, groups, options, results, jobs, refusals, requests, audit

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.drop_table('login_states')
    op.create_table('audit_log',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=320), nullable=False),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_log'))
    )
    with op.batch_alter_table('audit_log', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_log_at'), ['at'], unique=False)

    op.create_table('package_builds',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('course_id', sa.String(length=100), nullable=False),
    sa.Column('unit_id', sa.String(length=100), nullable=False),
    sa.Column('format', sa.String(length=32), nullable=False),
    sa.Column('language', sa.String(length=35), nullable=False),
    sa.Column('file', sa.String(length=255), nullable=True),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('error', sa.String(length=2000), nullable=True),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_package_builds'))
    )
    op.create_table('data_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('user_number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('asked_by', sa.String(length=16), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_data_requests_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_requests'))
    )
    with op.batch_alter_table('data_requests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_data_requests_registration_id'), ['registration_id'], unique=False)

    op.create_table('jobs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('key', sa.String(length=255), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=True),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(length=500), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_jobs_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs')),
    sa.UniqueConstraint('kind', 'key', name=op.f('uq_jobs_kind_key'))
    )
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.create_index('ix_jobs_state_due', ['state', 'due_at'], unique=False)

    op.create_table('launch_refusals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=True),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('detail', sa.String(length=500), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_launch_refusals_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_launch_refusals'))
    )
    with op.batch_alter_table('launch_refusals', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_launch_refusals_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_launch_refusals_registration_id'), ['registration_id'], unique=False)

    op.create_table('legacy_consumers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=255), nullable=False),
    sa.Column('secret_encrypted', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_legacy_consumers_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legacy_consumers')),
    sa.UniqueConstraint('registration_id', 'key', name=op.f('uq_legacy_consumers_registration_id_key'))
    )
    op.create_table('notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.String(length=255), nullable=False),
    sa.Column('type', sa.String(length=64), nullable=False),
    sa.Column('context_id', sa.String(length=255), nullable=True),
    sa.Column('origin_contexts', sa.JSON(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_notices_registration_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('registration_id', 'notice_id', name=op.f('uq_notices_registration_id_notice_id'))
    )
    op.create_table('groups',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('context_pk', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.String(length=255), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('set_name', sa.String(length=255), nullable=True),
    sa.ForeignKeyConstraint(['context_pk'], ['contexts.id'], name=op.f('fk_groups_context_pk'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_groups')),
    sa.UniqueConstraint('context_pk', 'group_id', name=op.f('uq_groups_context_pk_group_id'))
    )
    op.create_table('group_members',
    sa.Column('group_pk', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['group_pk'], ['groups.id'], name=op.f('fk_group_members_group_pk'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_group_members_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('group_pk', 'user_id', name=op.f('pk_group_members'))
    )
    with op.batch_alter_table('group_members', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_members_user_id'), ['user_id'], unique=False)

    op.create_table('line_item_results',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('link_pk', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('score', sa.String(length=32), nullable=True),
    sa.Column('maximum', sa.String(length=32), nullable=True),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['link_pk'], ['resource_links.id'], name=op.f('fk_line_item_results_link_pk'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_line_item_results_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_line_item_results')),
    sa.UniqueConstraint('link_pk', 'user_id', name=op.f('uq_line_item_results_link_pk_user_id'))
    )
    with op.batch_alter_table('line_item_results', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_line_item_results_user_id'), ['user_id'], unique=False)

    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('set_aside_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_attempts_progress_pk_number'), type_='unique')
        batch_op.create_index(batch_op.f('ix_attempts_progress_pk'), ['progress_pk'], unique=False)
        batch_op.create_index('uq_attempts_counted', ['progress_pk', 'number'], unique=True, sqlite_where=sa.text('set_aside_at IS NULL'), postgresql_where=sa.text('set_aside_at IS NULL'))

    with op.batch_alter_table('contexts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('copied_from_pk', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('memberships_url', sa.String(length=2000), nullable=True))
        batch_op.add_column(sa.Column('groups_url', sa.String(length=2000), nullable=True))
        batch_op.add_column(sa.Column('group_sets_url', sa.String(length=2000), nullable=True))
        batch_op.add_column(sa.Column('roster_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('roster_error', sa.String(length=500), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_contexts_copied_from_pk'), 'contexts', ['copied_from_pk'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('deployments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('notices_url', sa.String(length=2000), nullable=True))
        batch_op.add_column(sa.Column('notices', sa.JSON(), nullable=False, server_default='[]'))

    with op.batch_alter_table('enrolments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('left_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column('last_launch_at',
               existing_type=sa.DateTime(timezone=True),
               nullable=True)

    with op.batch_alter_table('invites', schema=None) as batch_op:
        batch_op.add_column(sa.Column('replaces_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_invites_replaces_id'), 'registrations', ['replaces_id'], ['id'], ondelete='CASCADE')

    with op.batch_alter_table('launch_sessions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('for_user_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('as_learner', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_foreign_key(batch_op.f('fk_launch_sessions_for_user_id'), 'users', ['for_user_id'], ['id'], ondelete='CASCADE')
        batch_op.create_index('ix_launch_sessions_for_user', ['for_user_id'], unique=False, sqlite_where=sa.text('for_user_id IS NOT NULL'), postgresql_where=sa.text('for_user_id IS NOT NULL'))

    with op.batch_alter_table('registrations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('paused_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('skew_seconds', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('skew_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('resource_links', schema=None) as batch_op:
        batch_op.add_column(sa.Column('line_item_locked_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('part', sa.String(length=16), nullable=False, server_default='unit'))
        batch_op.add_column(sa.Column('options', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('copied_from_pk', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('results_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_resource_links_copied_from_pk'), 'resource_links', ['copied_from_pk'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('score_deliveries', schema=None) as batch_op:
        batch_op.add_column(sa.Column('registration_id', sa.Integer(), nullable=True))

    op.execute("""
        UPDATE score_deliveries SET registration_id = (
            SELECT deployments.registration_id FROM resource_links
            JOIN contexts ON contexts.id = resource_links.context_pk
            JOIN deployments ON deployments.id = contexts.deployment_pk
            WHERE resource_links.id = score_deliveries.link_pk)
    """)
    with op.batch_alter_table('score_deliveries', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.alter_column('registration_id', existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column('value',
               existing_type=sa.VARCHAR(length=8),
               nullable=True)
        batch_op.drop_index('ix_score_deliveries_state_due')
        batch_op.create_index('ix_score_deliveries_state_due', ['state', 'registration_id', 'due_at'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_score_deliveries_registration_id'), 'registrations', ['registration_id'], ['id'], ondelete='CASCADE')

    # On SQLite, numbers of deleted rows never come again (on PostgreSQL they never did).
    with op.batch_alter_table('users', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.drop_column('email')

    with op.batch_alter_table('unit_progress', schema=None) as batch_op:
        batch_op.add_column(sa.Column('extra_attempts', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('reset_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('cleared', sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
