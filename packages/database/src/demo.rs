//! Dating back what the demo's people said, so that their chats look lived in. Nothing else may rewrite a time.

use balloond_shared::{BalloonId, ChatId};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::schema::{balloons, messages};

/// When the message at `seq` was sent.
pub async fn date_message(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    seq: i64,
    sent_at: DateTime<Utc>,
) -> QueryResult<usize> {
    let message = messages::table.filter(messages::chat_id.eq(chat)).filter(messages::seq.eq(seq));
    diesel::update(message).set(messages::sent_at.eq(sent_at)).execute(conn).await
}

/// When a balloon was sent, and until when it waits.
pub async fn date_balloon(
    conn: &mut AsyncPgConnection,
    id: BalloonId,
    sent_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> QueryResult<usize> {
    let times = (balloons::sent_at.eq(sent_at), balloons::expires_at.eq(expires_at));
    diesel::update(balloons::table.find(id)).set(times).execute(conn).await
}
