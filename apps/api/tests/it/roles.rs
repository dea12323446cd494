//! Every route against everybody who may ask: what each is answered. A route without a row fails.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use balloond_domain::{chat, group, staff};
use balloond_shared::{
    ChatId, ClientId,
    chat::{Chat, SendPhoto},
    staff::StaffRole,
};
use balloond_testing::{Browser, photo};
use futures_util::future::try_join_all;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::TestApp,
    client::{Client, User},
    spec::described,
};

/// Who asks, in the order of a row's answers. All of them ask about what is the owner's: their group, a message of theirs in it, their
/// balloons, photo, report, session.
const ROLES: [&str; 8] =
    ["anonymous", "owner", "member", "former member", "blocked", "stranger", "moderator", "administrator"];

/// What each role is answered to a route; to the owner's things moderators and administrators are strangers. Where nothing on the
/// route is anybody's, all who are signed in are answered alike.
pub const ROWS: &[(&str, [u16; 8])] = &[
    ("DELETE /api/v1/balloons/{sent}", [401, 204, 404, 404, 404, 404, 404, 404]),
    ("DELETE /api/v1/blocks/{user}", [401, 204, 204, 204, 204, 204, 204, 204]),
    // The member leaves, and is not there any more for the owner to remove.
    ("DELETE /api/v1/chats/{chat}/members/{member}", [401, 404, 204, 404, 404, 404, 404, 404]),
    ("DELETE /api/v1/chats/{chat}/messages/{message}", [401, 200, 403, 404, 404, 404, 404, 404]),
    ("DELETE /api/v1/chats/{chat}/messages/{message}/reactions/{emoji}", [401, 200, 200, 404, 404, 404, 404, 404]),
    ("DELETE /api/v1/me", [401, 202, 202, 202, 202, 202, 202, 202]),
    ("DELETE /api/v1/me/passkeys/{passkey}", [401, 204, 404, 404, 404, 404, 404, 404]),
    ("DELETE /api/v1/me/photos/{photo}", [401, 204, 404, 404, 404, 404, 404, 404]),
    ("DELETE /api/v1/me/second-step", [401, 204, 204, 204, 204, 204, 204, 204]),
    ("DELETE /api/v1/me/sessions", [401, 204, 204, 204, 204, 204, 204, 204]),
    ("DELETE /api/v1/me/sessions/{session}", [401, 204, 404, 404, 404, 404, 404, 404]),
    ("GET /api/v1/balloons", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/blocks", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/chats", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/chats/{chat}", [401, 200, 200, 404, 404, 404, 404, 404]),
    ("GET /api/v1/chats/{chat}/messages", [401, 200, 200, 404, 404, 404, 404, 404]),
    ("GET /api/v1/chats/{chat}/messages/{picture}/photo/{size}", [401, 200, 200, 404, 404, 404, 404, 404]),
    ("GET /api/v1/erasures/{nothing}", [404, 404, 404, 404, 404, 404, 404, 404]),
    ("GET /api/v1/me", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/me/badges", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/me/export", [401, 404, 404, 404, 404, 404, 404, 404]),
    ("GET /api/v1/me/passkeys", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/me/privacy", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/me/safety", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/me/second-step", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/me/sessions", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/people", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/realtime", [401, 400, 400, 400, 400, 400, 400, 400]),
    ("GET /api/v1/reports", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/reports/{report}", [401, 200, 404, 404, 404, 404, 404, 404]),
    ("GET /api/v1/search", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET /api/v1/users/{user}", [401, 200, 200, 200, 404, 200, 200, 200]),
    ("PATCH /api/v1/chats/{chat}", [401, 200, 403, 404, 404, 404, 404, 404]),
    ("PATCH /api/v1/chats/{chat}/messages/{message}", [401, 200, 403, 404, 404, 404, 404, 404]),
    ("PATCH /api/v1/me", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("PATCH /api/v1/me/privacy", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("PATCH /api/v1/me/safety", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("POST /api/v1/balloons", [401, 403, 409, 409, 404, 201, 201, 201]),
    ("POST /api/v1/balloons/{received}/catch", [401, 200, 404, 404, 404, 404, 404, 404]),
    ("POST /api/v1/balloons/{received}/pop", [401, 204, 404, 404, 404, 404, 404, 404]),
    ("POST /api/v1/blocks", [401, 403, 204, 204, 204, 204, 204, 204]),
    ("POST /api/v1/chats", [401, 201, 201, 201, 201, 201, 201, 201]),
    ("POST /api/v1/chats/{chat}/invitations", [401, 201, 403, 404, 404, 404, 404, 404]),
    ("POST /api/v1/chats/{chat}/messages", [401, 201, 201, 404, 404, 404, 404, 404]),
    ("POST /api/v1/chats/{chat}/photos", [401, 201, 201, 404, 404, 404, 404, 404]),
    ("POST /api/v1/jobs/drain", [401, 401, 401, 401, 401, 401, 401, 401]),
    ("POST /api/v1/me/export", [401, 202, 202, 202, 202, 202, 202, 202]),
    // What no device answered is refused.
    ("POST /api/v1/me/passkeys", [401, 422, 422, 422, 422, 422, 422, 422]),
    ("POST /api/v1/me/passkeys/begin", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("POST /api/v1/me/password", [401, 204, 204, 204, 204, 204, 204, 204]),
    ("POST /api/v1/me/photos", [401, 201, 201, 201, 201, 201, 201, 201]),
    ("POST /api/v1/me/second-step", [401, 201, 201, 201, 201, 201, 201, 201]),
    // Nobody has begun to set one up.
    ("POST /api/v1/me/second-step/confirm", [401, 404, 404, 404, 404, 404, 404, 404]),
    ("POST /api/v1/me/second-step/recovery-codes", [401, 404, 404, 404, 404, 404, 404, 404]),
    ("DELETE /api/v1/me/tokens/{token}", [401, 204, 404, 404, 404, 404, 404, 404]),
    ("GET /api/v1/me/tokens", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("POST /api/v1/me/tokens", [401, 201, 201, 201, 201, 201, 201, 201]),
    // Those who are verified stay so, whatever they type.
    ("POST /api/v1/me/verify", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("POST /api/v1/me/verify/resend", [401, 202, 202, 202, 202, 202, 202, 202]),
    ("POST /api/v1/reports", [401, 403, 201, 201, 404, 201, 201, 201]),
    ("PUT /api/v1/chats/{chat}/members/{member}", [401, 200, 403, 404, 404, 404, 404, 404]),
    ("PUT /api/v1/chats/{chat}/messages/{message}/reactions/{emoji}", [401, 200, 200, 404, 404, 404, 404, 404]),
    ("PUT /api/v1/chats/{chat}/mute", [401, 204, 204, 404, 404, 404, 404, 404]),
    ("PUT /api/v1/chats/{chat}/read", [401, 200, 200, 404, 404, 404, 404, 404]),
    ("GET /api/v1/me/record", [401, 200, 200, 200, 200, 200, 200, 200]),
    // Where most have no business, there is nothing.
    ("GET /api/v1/admin/audit", [404, 404, 404, 404, 404, 404, 403, 200]),
    ("GET /api/v1/admin/jobs", [404, 404, 404, 404, 404, 404, 403, 200]),
    ("GET /api/v1/admin/people", [404, 404, 404, 404, 404, 404, 200, 200]),
    ("GET /api/v1/admin/people/{user}", [404, 404, 404, 404, 404, 404, 200, 200]),
    // The administrator comes first, and suspends, closes, erases: then there is nothing left to do.
    ("POST /api/v1/admin/people/{user}/suspend", [404, 404, 404, 404, 404, 404, 412, 204]),
    ("POST /api/v1/admin/people/{user}/lift", [404, 404, 404, 404, 404, 404, 412, 412]),
    ("POST /api/v1/admin/people/{user}/end-sessions", [404, 404, 404, 404, 404, 404, 403, 204]),
    ("DELETE /api/v1/admin/people/{user}", [404, 404, 404, 404, 404, 404, 403, 202]),
    ("GET /api/v1/admin/reports", [404, 404, 404, 404, 404, 404, 200, 200]),
    ("GET /api/v1/admin/reports/{report}", [404, 404, 404, 404, 404, 404, 200, 200]),
    ("POST /api/v1/admin/reports/{report}/take", [404, 404, 404, 404, 404, 404, 204, 204]),
    ("POST /api/v1/admin/reports/{report}/close", [404, 404, 404, 404, 404, 404, 412, 204]),
    ("GET /api/v1/admin/switches", [404, 404, 404, 404, 404, 404, 403, 200]),
    ("PUT /api/v1/admin/switches/{switch}", [404, 404, 404, 404, 404, 404, 403, 204]),
    ("GET /api/v1/admin/appeals", [404, 404, 404, 404, 404, 404, 200, 200]),
    ("POST /api/v1/admin/appeals/{nothing}/decide", [404, 404, 404, 404, 404, 404, 404, 404]),
    ("GET /api/v1/me/suspension", [401, 404, 404, 404, 404, 404, 404, 404]),
    ("POST /api/v1/me/suspension/appeal", [401, 404, 404, 404, 404, 404, 404, 404]),
    ("POST /api/v1/admin/jobs/retry", [404, 404, 404, 404, 404, 404, 403, 200]),
    ("DELETE /api/v1/chats/{chat}/photo", [401, 200, 403, 404, 404, 404, 404, 404]),
    ("DELETE /api/v1/me/push", [401, 204, 204, 204, 204, 204, 204, 204]),
    ("GET /api/v1/chats/{chat}/photo/{size}", [401, 200, 200, 404, 404, 404, 404, 404]),
    ("GET /api/v1/me/notifications", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("POST /api/v1/me/push", [401, 204, 204, 204, 204, 204, 204, 204]),
    ("PUT /api/v1/chats/{chat}/photo", [401, 200, 403, 404, 404, 404, 404, 404]),
    ("PUT /api/v1/me/notifications", [401, 200, 200, 200, 200, 200, 200, 200]),
    ("PUT /api/v1/me/photos/order", [401, 200, 422, 422, 422, 422, 422, 422]),
];

/// Routes that are for whoever knows a password or a token and nothing else, with tests of their own; and what is public.
const OPEN: &[&str] = &[
    "POST /api/v1/auth/forgot",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/logout",
    "POST /api/v1/auth/passkey",
    "POST /api/v1/auth/passkey/begin",
    "POST /api/v1/auth/refresh",
    "POST /api/v1/auth/register",
    "POST /api/v1/auth/reset",
    "POST /api/v1/auth/second-step",
    "GET /api/asyncapi.json",
    "GET /api/openapi.json",
    "GET /healthz",
    "GET /readyz",
];

/// The owner's things, and everybody who asks about them.
pub struct Scene {
    anonymous: Client,
    people: [User; 7],
    /// What stands in a path's braces.
    names: Vec<(&'static str, String)>,
    friend: Uuid,
}

impl Scene {
    pub async fn new(app: &TestApp) -> Result<Self> {
        let people =
            try_join_all(["Ada", "Ben", "Cyd", "Dan", "Eve", "Ivo", "Joy"].map(|name| app.person(name))).await?;
        let people: [User; 7] = people.try_into().ok().context("seven people")?;
        let [owner, member, former, blocked, _, moderator, administrator] = &people;
        for (person, role) in [(moderator, StaffRole::Moderator), (administrator, StaffRole::Administrator)] {
            staff::grant(&app.world.services, &person.person.email, Some(role)).await?;
        }
        let friend = app.person("Fay").await?;
        for other in [member, former, blocked, &friend] {
            app.world.open_chat(&owner.person, &other.person).await?;
        }
        let invite = json!({ "title": "Clocks", "invite": [member.id, former.id, blocked.id] });
        let group: Chat = owner.post("/chats", &invite).await?.is(201)?.json()?;
        let chat = group.summary.id;
        for invited in [member, former, blocked] {
            let box_of: Value = invited.get("/balloons").await?.is(200)?.json()?;
            let id = box_of["items"][0]["id"].as_str().context("an invitation")?;
            invited.act(&format!("/balloons/{id}/catch")).await?.is(200)?;
        }
        for gone in [former, blocked] {
            gone.delete(&format!("/chats/{chat}/members/{}", gone.id)).await?.is(204)?;
        }
        owner.post("/blocks", &json!({ "user": blocked.id })).await?.is(204)?;
        let names = Self::things(app, owner, member, chat).await?;
        Ok(Self { anonymous: app.anonymous(), people, names, friend: friend.id.as_uuid() })
    }

    async fn things(app: &TestApp, owner: &User, member: &User, chat: ChatId) -> Result<Vec<(&'static str, String)>> {
        let message = app.world.send(&owner.person, chat, "Hello").await?;
        let (whom, who) = (app.person("Gus").await?, app.person("Hal").await?);
        let asked = SendPhoto { client_id: ClientId::new(), body: String::new(), reply_to: None };
        let services = &app.world.services;
        let picture = chat::send_photo(services, owner.person.viewer, chat, &asked, photo::jpeg(64, 64).into()).await?;
        group::set_photo(services, owner.person.viewer, chat, photo::jpeg(64, 64).into()).await?;
        let sent = app.world.float(&owner.person, &whom.person).await?.id;
        let received = app.world.float(&who.person, &owner.person).await?.id;
        let photo = app.world.photo(&owner.person).await?.id;
        let about = json!({ "about": "person", "id": member.id, "reason": "spam" });
        let report: Value = owner.post("/reports", &about).await?.is(201)?.json()?;
        let sessions: Value = owner.get("/me/sessions").await?.is(200)?.json()?;
        let session = &sessions[0]["id"];
        let token = json!({ "name": "Bot", "scopes": ["balloons"], "password": balloond_testing::PASSWORD });
        let token: Value = owner.post("/me/tokens", &token).await?.is(201)?.json()?;
        let passkey = app.world.passkey(&owner.person).await?.0.id;
        Ok(vec![
            ("passkey", passkey.to_string()),
            ("chat", chat.to_string()),
            ("message", message.id.to_string()),
            ("picture", picture.message.id.to_string()),
            ("size", "large".to_owned()),
            ("emoji", "%F0%9F%8E%88".to_owned()),
            ("member", member.id.to_string()),
            ("user", owner.id.to_string()),
            ("sent", sent.to_string()),
            ("received", received.to_string()),
            ("photo", photo.to_string()),
            ("report", report["id"].as_str().context("a report")?.to_owned()),
            ("session", session.as_str().with_context(|| sessions.to_string())?.to_owned()),
            ("token", token["id"].as_str().context("a token")?.to_owned()),
            ("switch", "registration".to_owned()),
            ("nothing", Uuid::now_v7().to_string()),
        ])
    }

    fn name(&self, name: &str) -> &str {
        self.names.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }

    fn path(&self, pattern: &str) -> String {
        self.names.iter().fold(pattern.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value))
    }

    /// A body that is right for the owner.
    fn body(&self, route: &str) -> Option<Value> {
        let user = self.name("user");
        Some(match route {
            "DELETE /api/v1/me"
            | "DELETE /api/v1/me/passkeys/{passkey}"
            | "DELETE /api/v1/me/second-step"
            | "POST /api/v1/me/second-step"
            | "POST /api/v1/me/second-step/recovery-codes" => json!({ "password": balloond_testing::PASSWORD }),
            "POST /api/v1/me/second-step/confirm" => json!({ "code": "000000" }),
            "PATCH /api/v1/chats/{chat}" | "POST /api/v1/chats" => json!({ "title": "Watches" }),
            "PATCH /api/v1/chats/{chat}/messages/{message}" => json!({ "body": "Hello!" }),
            "PATCH /api/v1/me" => json!({ "bio": "Here" }),
            "PATCH /api/v1/me/privacy" | "PATCH /api/v1/me/safety" | "PUT /api/v1/me/notifications" => json!({}),
            "POST /api/v1/balloons" => json!({ "to": user, "note": "Hello" }),
            "POST /api/v1/blocks" => json!({ "user": user }),
            "POST /api/v1/chats/{chat}/invitations" => json!({ "to": self.friend }),
            "POST /api/v1/chats/{chat}/messages" => json!({ "client_id": Uuid::now_v7(), "body": "Hello" }),
            "POST /api/v1/me/password" => {
                json!({ "current_password": balloond_testing::PASSWORD, "password": "another hot balloon" })
            }
            "POST /api/v1/me/passkeys" => {
                json!({ "name": "Phone", "password": balloond_testing::PASSWORD, "credential": {} })
            }
            "POST /api/v1/me/tokens" => {
                json!({ "name": "Bot", "scopes": ["balloons"], "password": balloond_testing::PASSWORD })
            }
            "POST /api/v1/me/push" => {
                json!(Browser::at("https://push.example.com/a").expect("a browser").subscription())
            }
            "POST /api/v1/me/verify" => json!({ "code": "XXXXX-XXXXX" }),
            "POST /api/v1/reports" => json!({ "about": "person", "id": user, "reason": "spam" }),
            "PUT /api/v1/chats/{chat}/members/{member}" => json!({ "role": "moderator" }),
            "PUT /api/v1/chats/{chat}/mute" => json!({ "muted": true }),
            "PUT /api/v1/chats/{chat}/read" => json!({ "seq": 1 }),
            "POST /api/v1/admin/people/{user}/suspend"
            | "POST /api/v1/admin/people/{user}/lift"
            | "POST /api/v1/admin/people/{user}/end-sessions" => json!({ "reason": "Unkind" }),
            "DELETE /api/v1/admin/people/{user}" => json!({ "name": "Ada", "reason": "Fraud" }),
            "POST /api/v1/admin/reports/{report}/close" => json!({ "decision": "unfounded", "note": "Nothing" }),
            "POST /api/v1/admin/appeals/{nothing}/decide" => json!({ "grant": true, "note": "So be it" }),
            "POST /api/v1/me/suspension/appeal" => json!({ "words": "It was not me" }),
            "PUT /api/v1/admin/switches/{switch}" => json!({ "on": true, "reason": "Over" }),
            "POST /api/v1/admin/jobs/retry" => json!({ "all": true }),
            "PUT /api/v1/me/photos/order" => json!({ "photos": [self.name("photo")] }),
            _ => return None,
        })
    }

    pub fn owner(&self) -> &User {
        &self.people[0]
    }

    async fn ask(&self, role: usize, route: &str) -> Result<u16> {
        let client = role.checked_sub(1).map_or(&self.anonymous, |index| &*self.people[index]);
        Ok(self.ask_as(client, route).await?.0)
    }

    /// The status, and the code of a refusal.
    pub async fn ask_as(&self, client: &Client, route: &str) -> Result<(u16, String)> {
        let (method, pattern) = route.split_once(' ').context("a method and a path")?;
        let query = if pattern.ends_with("/search") { "?q=hello" } else { "" };
        let path = format!("{}{query}", self.path(pattern));
        let method: Method = method.parse()?;
        let uploads = (route.ends_with("/photos") && method == Method::POST)
            || (route.ends_with("/photo") && method == Method::PUT);
        let answer = if uploads {
            let client = client.header("content-type", "multipart/form-data; boundary=b");
            client.request(method, &path, form(route.contains("/chats/") && route.ends_with("/photos"))).await?
        } else if let Some(body) = self.body(route) {
            client.header("content-type", "application/json").request(method, &path, body.to_string()).await?
        } else {
            client.request(method, &path, "").await?
        };
        let code = answer.json::<Value>().ok().and_then(|body| Some(body.get("code")?.as_str()?.to_owned()));
        Ok((answer.status.as_u16(), code.unwrap_or_default()))
    }
}

/// A photo, in a chat with the id of its message.
fn form(in_chat: bool) -> Vec<u8> {
    let id = format!("--b\r\nContent-Disposition: form-data; name=\"client_id\"\r\n\r\n{}\r\n", Uuid::now_v7());
    let mut form = if in_chat { id.into_bytes() } else { Vec::new() };
    form.extend(b"--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\n");
    form.extend(photo::jpeg(64, 64));
    form.extend(b"\r\n--b--\r\n");
    form
}

#[tokio::test]
async fn every_route_answers_every_role_as_it_should() -> Result<()> {
    let app = TestApp::start().await?;
    let mut surprises = Vec::new();
    let untouched = Scene::new(&app).await?;
    for (route, expected) in ROWS {
        let changed = if route.starts_with("GET ") { None } else { Some(Scene::new(&app).await?) };
        let scene = changed.as_ref().unwrap_or(&untouched);
        // The owner comes last, and before the owner whoever changes something: what they change, the others would find changed.
        for role in [0, 7, 6, 5, 4, 3, 2, 1] {
            let status = scene.ask(role, route).await?;
            if status != expected[role] {
                surprises.push(format!("{route} by {}: {status} instead of {}", ROLES[role], expected[role]));
            }
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    Ok(())
}

#[tokio::test]
async fn every_route_has_a_row() -> Result<()> {
    let app = TestApp::start().await?;
    let without_names = |route: &str| {
        let mut plain = String::new();
        for part in route.split('{') {
            plain.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
            plain.push('*');
        }
        plain
    };
    let described: BTreeSet<_> = described(&app).await?.iter().map(|route| without_names(route)).collect();
    let known = ROWS.iter().map(|(route, _)| *route).chain(OPEN.iter().copied());
    assert_eq!(described, known.map(without_names).collect());
    Ok(())
}
