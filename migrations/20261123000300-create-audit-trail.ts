import type { QueryInterface } from 'sequelize'

/**
 * One row for each change of security and each refused attempt, in partitions of a month each (UTC), which the server
 * makes ahead and drops by age. The time is the database's, so that months and order do not depend on a node's clock.
 * Whoever is named may be gone, so there are no foreign keys. `seal` names the row of audit_seals that vouches for it,
 * see docs/decisions/0010-audit-trail.md.
 */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    CREATE TABLE audit_events (
      id          uuid           NOT NULL,
      occurred_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
      action      text           NOT NULL,
      actor_id    uuid,
      subject_id  uuid,
      ip          inet,
      user_agent  text,
      request_id  text,
      details     jsonb          NOT NULL DEFAULT '{}',
      seal        bigint,
      CONSTRAINT audit_events_pkey PRIMARY KEY (occurred_at, id),
      CONSTRAINT audit_events_action_format CHECK (action ~ '^[a-z_]{1,64}$'),
      CONSTRAINT audit_events_user_agent_length CHECK (char_length(user_agent) <= 500),
      CONSTRAINT audit_events_request_id_length CHECK (char_length(request_id) <= 64),
      CONSTRAINT audit_events_details_object CHECK (jsonb_typeof(details) = 'object')
    ) PARTITION BY RANGE (occurred_at);
    CREATE INDEX audit_events_subject_id_idx ON audit_events (subject_id, occurred_at, id);
    CREATE INDEX audit_events_actor_id_idx ON audit_events (actor_id, occurred_at, id);
    CREATE INDEX audit_events_action_idx ON audit_events (action, occurred_at, id);
    CREATE INDEX audit_events_seal_idx ON audit_events (seal, occurred_at, id);

    CREATE TABLE audit_seals (
      number        bigint         CONSTRAINT audit_seals_pkey PRIMARY KEY,
      month         date           NOT NULL,
      sealed_at     timestamptz(3) NOT NULL,
      event_ids     uuid[]         NOT NULL,
      digests       bytea          NOT NULL,
      previous_hash bytea          NOT NULL,
      hash          bytea          NOT NULL,
      CONSTRAINT audit_seals_number_positive CHECK (number > 0),
      CONSTRAINT audit_seals_month_begins CHECK (extract(day FROM month) = 1),
      CONSTRAINT audit_seals_one_digest_an_event CHECK (octet_length(digests) = 32 * cardinality(event_ids)),
      CONSTRAINT audit_seals_hash_length CHECK (octet_length(hash) = 32 AND octet_length(previous_hash) = 32)
    );
    CREATE INDEX audit_seals_month_idx ON audit_seals (month)`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('DROP TABLE audit_seals; DROP TABLE audit_events')
}
