//! What a token that somebody made for a program may be used for: one table, from which both the check and the specification
//! come. A route that stands nowhere in it takes no such token, and fails the tests.

use balloond_shared::api_token::Scope;

/// The routes of each scope; of none: those that take a session and no token.
const ROUTES: &[(Option<Scope>, &[&str])] = &[
    (Some(Scope::ProfileRead), &["GET /api/v1/me", "GET /api/v1/me/badges"]),
    (
        Some(Scope::ProfileWrite),
        &["PATCH /api/v1/me", "POST /api/v1/me/photos", "PUT /api/v1/me/photos/order", "DELETE /api/v1/me/photos/{id}"],
    ),
    (Some(Scope::PeopleRead), &["GET /api/v1/people", "GET /api/v1/users/{id}"]),
    (
        Some(Scope::Balloons),
        &[
            "GET /api/v1/balloons",
            "POST /api/v1/balloons",
            "DELETE /api/v1/balloons/{id}",
            "POST /api/v1/balloons/{id}/catch",
            "POST /api/v1/balloons/{id}/pop",
        ],
    ),
    (
        Some(Scope::ChatsRead),
        &[
            "GET /api/v1/chats",
            "GET /api/v1/chats/{id}",
            "GET /api/v1/chats/{id}/messages",
            "GET /api/v1/chats/{id}/messages/{message}/photo/{size}",
            "GET /api/v1/chats/{id}/photo/{size}",
            "GET /api/v1/search",
        ],
    ),
    (
        Some(Scope::ChatsWrite),
        &[
            "POST /api/v1/chats",
            "PATCH /api/v1/chats/{id}",
            "POST /api/v1/chats/{id}/invitations",
            "PUT /api/v1/chats/{id}/members/{user}",
            "DELETE /api/v1/chats/{id}/members/{user}",
            "POST /api/v1/chats/{id}/messages",
            "PATCH /api/v1/chats/{id}/messages/{message}",
            "DELETE /api/v1/chats/{id}/messages/{message}",
            "PUT /api/v1/chats/{id}/messages/{message}/reactions/{emoji}",
            "DELETE /api/v1/chats/{id}/messages/{message}/reactions/{emoji}",
            "POST /api/v1/chats/{id}/photos",
            "PUT /api/v1/chats/{id}/photo",
            "DELETE /api/v1/chats/{id}/photo",
            "PUT /api/v1/chats/{id}/mute",
            "PUT /api/v1/chats/{id}/read",
        ],
    ),
    (
        Some(Scope::Safety),
        &[
            "GET /api/v1/blocks",
            "POST /api/v1/blocks",
            "DELETE /api/v1/blocks/{id}",
            "GET /api/v1/me/privacy",
            "PATCH /api/v1/me/privacy",
            "GET /api/v1/me/safety",
            "PATCH /api/v1/me/safety",
            "GET /api/v1/reports",
            "POST /api/v1/reports",
            "GET /api/v1/reports/{id}",
        ],
    ),
    (Some(Scope::Realtime), &["GET /api/v1/realtime"]),
    (
        None,
        &[
            "DELETE /api/v1/me",
            "GET /api/v1/me/export",
            "POST /api/v1/me/export",
            "GET /api/v1/me/passkeys",
            "POST /api/v1/me/passkeys",
            "POST /api/v1/me/passkeys/begin",
            "DELETE /api/v1/me/passkeys/{id}",
            "GET /api/v1/me/notifications",
            "PUT /api/v1/me/notifications",
            // A browser is woken for its session.
            "POST /api/v1/me/push",
            "DELETE /api/v1/me/push",
            "POST /api/v1/me/password",
            "GET /api/v1/me/second-step",
            "POST /api/v1/me/second-step",
            "DELETE /api/v1/me/second-step",
            "POST /api/v1/me/second-step/confirm",
            "POST /api/v1/me/second-step/recovery-codes",
            "GET /api/v1/me/sessions",
            "DELETE /api/v1/me/sessions",
            "DELETE /api/v1/me/sessions/{id}",
            "GET /api/v1/me/tokens",
            "POST /api/v1/me/tokens",
            "DELETE /api/v1/me/tokens/{id}",
            "POST /api/v1/me/verify",
            "POST /api/v1/me/verify/resend",
            "POST /api/v1/auth/logout",
            "GET /api/v1/me/record",
            "GET /api/v1/admin/audit",
            "GET /api/v1/admin/jobs",
            "POST /api/v1/admin/jobs/retry",
            "GET /api/v1/admin/switches",
            "PUT /api/v1/admin/switches/{id}",
            "GET /api/v1/admin/people",
            "GET /api/v1/admin/people/{id}",
            "POST /api/v1/admin/people/{id}/suspend",
            "POST /api/v1/admin/people/{id}/lift",
            "POST /api/v1/admin/people/{id}/end-sessions",
            "DELETE /api/v1/admin/people/{id}",
            "GET /api/v1/admin/reports",
            "GET /api/v1/admin/reports/{id}",
            "POST /api/v1/admin/reports/{id}/take",
            "POST /api/v1/admin/reports/{id}/close",
            "GET /api/v1/admin/appeals",
            "POST /api/v1/admin/appeals/{id}/decide",
            "GET /api/v1/me/suspension",
            "POST /api/v1/me/suspension/appeal",
        ],
    ),
];

/// The scope that a route asks of a token; `None` where no token will do.
pub fn of(method: &str, pattern: &str) -> Option<Scope> {
    ROUTES.iter().find(|(_, routes)| is_among(routes, method, pattern)).and_then(|(scope, _)| *scope)
}

fn is_among(routes: &[&str], method: &str, pattern: &str) -> bool {
    routes.iter().any(|route| route.split_once(' ') == Some((method, pattern)))
}

/// Whether it was decided what a route asks of a token.
#[cfg(test)]
pub fn is_decided(method: &str, pattern: &str) -> bool {
    ROUTES.iter().any(|(_, routes)| is_among(routes, method, pattern))
}
