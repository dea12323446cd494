//! The tables, as `migrations/` makes them.

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    idempotency_keys (user_id, key) {
        user_id -> Uuid,
        key -> Text,
        request -> Binary,
        claimed_at -> Timestamptz,
        status -> Nullable<SmallInt>,
        content_type -> Nullable<Text>,
        body -> Nullable<Binary>,
    }
}

table! {
    users (id) {
        id -> Uuid,
        email -> Text,
        password_hash -> Text,
        name -> Text,
        age -> SmallInt,
        age_given_on -> Date,
        bio -> Text,
        interests -> Array<Text>,
        version -> Integer,
        created_at -> Timestamptz,
        paused_at -> Nullable<Timestamptz>,
        hidden_words -> Array<Text>,
        erased_at -> Nullable<Timestamptz>,
        shares_presence -> Bool,
        shares_typing -> Bool,
        shares_reading -> Bool,
        verified_at -> Nullable<Timestamptz>,
        role -> Nullable<Text>,
        suspended_until -> Nullable<Timestamptz>,
    }
}

table! {
    photos (id) {
        id -> Uuid,
        user_id -> Uuid,
        position -> SmallInt,
        width -> Integer,
        height -> Integer,
        placeholder -> Text,
        created_at -> Timestamptz,
    }
}

table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        address -> Text,
        user_agent -> Text,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}

table! {
    api_tokens (id) {
        id -> Uuid,
        user_id -> Uuid,
        name -> Text,
        token_hash -> Binary,
        scopes -> Array<Text>,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

table! {
    passkeys (id) {
        id -> Uuid,
        user_id -> Uuid,
        name -> Text,
        credential_id -> Binary,
        fixed -> Binary,
        changing -> Binary,
        created_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
    }
}

table! {
    refresh_tokens (token_hash) {
        token_hash -> Binary,
        session_id -> Uuid,
        created_at -> Timestamptz,
        replaced_at -> Nullable<Timestamptz>,
    }
}

table! {
    chats (id) {
        id -> Uuid,
        kind -> Text,
        title -> Nullable<Text>,
        direct_low -> Nullable<Uuid>,
        direct_high -> Nullable<Uuid>,
        head -> BigInt,
        last_message_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        photo_id -> Nullable<Uuid>,
    }
}

table! {
    chat_members (chat_id, user_id) {
        chat_id -> Uuid,
        user_id -> Uuid,
        role -> Text,
        read_seq -> BigInt,
        joined_at -> Timestamptz,
        muted_at -> Nullable<Timestamptz>,
        called_seq -> Nullable<BigInt>,
    }
}

table! {
    push_subscriptions (session_id) {
        session_id -> Uuid,
        user_id -> Uuid,
        endpoint -> Text,
        public_key -> Text,
        auth -> Text,
        created_at -> Timestamptz,
    }
}

table! {
    notification_settings (user_id) {
        user_id -> Uuid,
        shows_text -> Bool,
        quiet_from -> Nullable<SmallInt>,
        quiet_until -> Nullable<SmallInt>,
        time_zone -> Nullable<Text>,
        digest -> Bool,
        digested_at -> Nullable<Timestamptz>,
    }
}

table! {
    messages (id) {
        id -> Uuid,
        chat_id -> Uuid,
        sender_id -> Uuid,
        client_id -> Uuid,
        seq -> BigInt,
        changed_seq -> BigInt,
        body -> Text,
        sent_at -> Timestamptz,
        edited_at -> Nullable<Timestamptz>,
        deleted_at -> Nullable<Timestamptz>,
        reply_to -> Nullable<Uuid>,
        reactions -> Nullable<Jsonb>,
        photo -> Nullable<Jsonb>,
        line -> Nullable<Jsonb>,
    }
}

table! {
    balloons (id) {
        id -> Uuid,
        from_id -> Uuid,
        to_id -> Uuid,
        note -> Text,
        state -> Text,
        sent_at -> Timestamptz,
        expires_at -> Timestamptz,
        answered_at -> Nullable<Timestamptz>,
        chat_id -> Nullable<Uuid>,
        group_id -> Nullable<Uuid>,
    }
}

table! {
    blocks (id) {
        id -> Uuid,
        blocker_id -> Uuid,
        blocked_id -> Uuid,
        created_at -> Timestamptz,
        is_known -> Bool,
    }
}

table! {
    reports (id) {
        id -> Uuid,
        reporter_id -> Uuid,
        reported_id -> Nullable<Uuid>,
        about -> Text,
        about_id -> Uuid,
        reason -> Text,
        words -> Text,
        evidence -> Jsonb,
        created_at -> Timestamptz,
        state -> Text,
        taken_by -> Nullable<Uuid>,
        closed_at -> Nullable<Timestamptz>,
        decision -> Nullable<Text>,
        note -> Text,
    }
}

table! {
    suspensions (id) {
        id -> Uuid,
        user_id -> Uuid,
        by_id -> Uuid,
        reason -> Text,
        began_at -> Timestamptz,
        ends_at -> Nullable<Timestamptz>,
        lifted_at -> Nullable<Timestamptz>,
        appeal -> Nullable<Text>,
        appealed_at -> Nullable<Timestamptz>,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        is_granted -> Nullable<Bool>,
        note -> Nullable<Text>,
    }
}

table! {
    erasures (id) {
        id -> Uuid,
        requested_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        removed -> Jsonb,
    }
}

table! {
    exports (id) {
        id -> Uuid,
        user_id -> Uuid,
        percent -> SmallInt,
        requested_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        expires_at -> Timestamptz,
    }
}

table! {
    mail_codes (user_id, purpose) {
        user_id -> Uuid,
        purpose -> Text,
        code_hash -> Binary,
        expires_at -> Timestamptz,
        tries -> SmallInt,
    }
}

table! {
    totp_secrets (user_id) {
        user_id -> Uuid,
        sealed -> Binary,
        confirmed_at -> Nullable<Timestamptz>,
        last_step -> BigInt,
    }
}

table! {
    recovery_codes (user_id, code_hash) {
        user_id -> Uuid,
        code_hash -> Binary,
    }
}

table! {
    audit_log (id) {
        id -> Uuid,
        actor_id -> Nullable<Uuid>,
        subject_id -> Nullable<Uuid>,
        deed -> Text,
        details -> Text,
        reason -> Text,
        done_at -> Timestamptz,
    }
}

table! {
    switches (name) {
        name -> Text,
        is_on -> Bool,
        changed_at -> Timestamptz,
    }
}

joinable!(totp_secrets -> users (user_id));
joinable!(photos -> users (user_id));
joinable!(sessions -> users (user_id));
joinable!(refresh_tokens -> sessions (session_id));
joinable!(chat_members -> chats (chat_id));
joinable!(messages -> chats (chat_id));

allow_tables_to_appear_in_same_query!(
    users,
    photos,
    sessions,
    refresh_tokens,
    chats,
    chat_members,
    messages,
    balloons,
    blocks
);
allow_tables_to_appear_in_same_query!(users, totp_secrets);
allow_tables_to_appear_in_same_query!(users, passkeys);
