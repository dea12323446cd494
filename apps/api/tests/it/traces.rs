//! Traces as a collector of OpenTelemetry's protocol receives them.

use std::{
    collections::{BTreeSet, HashMap},
    io::Read,
    net::TcpListener,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use balloond_shared::event::ServerEvent;
use balloond_testing::{PASSWORD, Program, World, eventually, program};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::WEB,
    client::{Client, User},
    ingest::{self, Ingest},
};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const BROWSER: &str = "00f067aa0ba902b7";
/// As a browser begins one.
const GIVEN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A span, and which process it is of.
#[derive(Clone, Debug)]
struct Span {
    trace: String,
    parent: String,
    name: String,
    service: String,
    process: String,
    all: Value,
}

impl Ingest {
    fn endpoint(&self) -> String {
        format!("http://{}/behind", self.address)
    }

    /// All spans that came, by their ids, and every byte of it; for when the processes have ended.
    fn spans(&self) -> Result<(HashMap<String, Span>, String)> {
        let (mut spans, mut all) = (HashMap::new(), String::new());
        for (head, body) in self.arrived.try_iter() {
            ensure!(head.starts_with("POST /behind/v1/traces HTTP/1.1"), "{head}");
            let told: Value = serde_json::from_str(&body)?;
            for of_process in told["resourceSpans"].as_array().context("no spans")? {
                let attributes = attributes(&of_process["resource"]);
                let of = |name: &str| attributes.get(name).cloned().unwrap_or_default();
                let scopes = of_process["scopeSpans"].as_array().context("no scopes")?;
                for span in scopes.iter().filter_map(|scope| scope["spans"].as_array()).flatten() {
                    let text = |name: &str| span[name].as_str().unwrap_or_default().to_owned();
                    let (service, process) = (of("service.name"), of("service.instance.id"));
                    let (trace, id, parent, name) =
                        (text("traceId"), text("spanId"), text("parentSpanId"), text("name"));
                    spans.insert(id, Span { trace, parent, name, service, process, all: span.clone() });
                }
            }
            all += &(head + &body);
        }
        Ok((spans, all))
    }
}

fn attributes(of: &Value) -> HashMap<String, String> {
    let list = of["attributes"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| {
        value["stringValue"].as_str().map_or_else(|| value["intValue"].to_string().replace('"', ""), str::to_owned)
    };
    list.iter().map(|it| (it["key"].as_str().unwrap_or_default().to_owned(), text(&it["value"]))).collect()
}

/// The names from the first span of a trace to this one.
fn path(spans: &HashMap<String, Span>, span: &Span) -> Vec<String> {
    let above = spans.get(&span.parent).map(|parent| path(spans, parent)).unwrap_or_default();
    [above, vec![span.name.clone()]].concat()
}

async fn started(world: &World, name: &str, endpoint: &str, settings: &[(&str, &str)]) -> Result<(Program, Client)> {
    let to = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)];
    ingest::started(world, name, &[&to, settings].concat()).await
}

fn message(body: &str) -> Value {
    json!({ "client_id": Uuid::now_v7(), "body": body })
}

#[tokio::test]
async fn one_trace_leads_from_the_browser_to_the_socket_in_another_process() -> Result<()> {
    let (world, ingest) = (World::new().await?, Ingest::start()?);
    let (ada, ben, chat) = world.chat().await?;
    let endpoint = ingest.endpoint();
    let headers = [("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Basic%20collectors-key")];
    let (mut here, client) = started(&world, "balloond-api", &endpoint, &headers).await?;
    let (mut there, far) = started(&world, "balloond-api", &endpoint, &[]).await?;
    let (mut web, page) = started(&world, "balloond-web", &endpoint, &[]).await?;
    let bens = User::new(far, ben.clone());
    let mut socket = bens.listen(chat).await?;

    let adas = User::new(client.header("traceparent", GIVEN), ada.clone());
    adas.post(&format!("/chats/{chat}/messages?utm=somewhere"), &message("Our secret words")).await?.is(201)?;
    ensure!(matches!(socket.next().await?, ServerEvent::Message { .. }));

    // Without scripts: the form of the page, whose trace begins in web.
    let form = format!("client_id={}&body=More+secret+words&reply_to=", Uuid::now_v7());
    let browser = page
        .browser(&format!("session={}", ada.signed_in.token))
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = browser.request(Method::POST, &format!("/chats/{chat}/messages"), form).await?;
    ensure!(answer.status == 200, "{}", answer.status);
    ensure!(matches!(socket.next().await?, ServerEvent::Message { .. }));

    drop(socket);
    for program in [&mut here, &mut there, &mut web] {
        assert!(program.terminate()?.success());
    }
    let (spans, all) = ingest.spans()?;

    let of_browser: Vec<_> = spans.values().filter(|span| span.trace == TRACE).cloned().collect();
    let paths: BTreeSet<_> = of_browser.iter().map(|span| path(&spans, span).join(" > ")).collect();
    let request = "POST /api/v1/chats/{id}/messages > chat.send";
    let begins = of_browser.iter().find(|span| span.parent == BROWSER).context("no span below the browser's")?;
    assert_eq!(begins.name, "POST /api/v1/chats/{id}/messages", "{paths:#?}");
    assert_eq!(attributes(&begins.all)["http.response.status_code"], "201");
    for below in ["EVALSHA", "WITH chats", "PUBLISH"] {
        assert!(paths.contains(&format!("{request} > {below}")), "{below}: {paths:#?}");
    }
    let delivery = of_browser.iter().find(|span| span.name == "deliver").context("no delivery")?;
    assert_eq!(path(&spans, delivery).join(" > "), format!("{request} > deliver"));
    assert_ne!(delivery.process, begins.process, "it is the other process that holds the socket");
    assert!(of_browser.iter().all(|span| span.service == "balloond-api"));

    // The page that it leads to is a trace of its own.
    let is_posted = |span: &&Span| span.service == "balloond-web" && span.name == "POST /chats/{id}/messages";
    let posted = spans.values().find(is_posted).context("no span of web")?;
    assert!(posted.parent.is_empty(), "it begins in web");
    let delivered = spans.values().find(|span| span.trace == posted.trace && span.name == "deliver");
    assert_eq!(delivered.context("no delivery of web's")?.process, delivery.process);

    let secrets = [
        &ada.email,
        &ben.email,
        &ada.signed_in.token,
        &ada.id.to_string(),
        &ben.id.to_string(),
        &chat.to_string(),
        "secret",
        "utm",
        "somewhere",
        "127.0.0.1:",
        "$1",
    ];
    let bodies: String = all.lines().filter(|line| !line.starts_with("host:")).collect();
    for secret in secrets {
        assert!(!bodies.contains(secret), "{secret} went out: {bodies}");
    }
    assert!(all.contains("authorization: Basic collectors-key"));
    Ok(())
}

#[tokio::test]
async fn a_job_belongs_to_the_trace_of_what_made_it_necessary() -> Result<()> {
    let (world, ingest) = (World::new().await?, Ingest::start()?);
    let endpoint = ingest.endpoint();
    let (mut api, client) = started(&world, "balloond-api", &endpoint, &[]).await?;
    let new =
        json!({ "email": format!("{}@example.com", Uuid::now_v7()), "password": PASSWORD, "name": "Ada", "age": 30 });
    client.header("traceparent", GIVEN).post("/auth/register", &new).await?.is(201)?;
    let settings =
        [("DATABASE_URL", world.config.database.url.as_str()), ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())];
    let mut worker = Program::start("balloond-api", &["worker"], &settings)?;
    let mailing =
        "SELECT count(*)::text AS value FROM graphile_worker.jobs WHERE task_identifier = 'mail_verification'";
    eventually("the mail", async || Ok(world.value(mailing).await? == "0")).await?;
    assert!(api.terminate()?.success() && worker.terminate()?.success());
    let (spans, _) = ingest.spans()?;
    let job = spans.values().find(|span| span.name == "mail_verification").context("no span of the job")?;
    assert_eq!((job.trace.as_str(), job.service.as_str()), (TRACE, "balloond-worker"));
    assert_eq!(path(&spans, job)[..2], ["POST /api/v1/auth/register", "auth.register"]);
    Ok(())
}

#[tokio::test]
async fn a_stranger_neither_breaks_traces_nor_has_them_kept() -> Result<()> {
    let (world, ingest) = (World::new().await?, Ingest::start()?);
    let (mut api, client) = started(&world, "balloond-api", &ingest.endpoint(), &[]).await?;
    let zeros = format!("00-{}-{BROWSER}-01", "0".repeat(32));
    let endless = format!("{GIVEN}{}", "-01".repeat(1000));
    for hostile in ["", "nonsense", "00-xyz-xyz-01", &zeros, &endless, &GIVEN.to_uppercase(), "ff-1-1-01"] {
        client.header("traceparent", hostile).fetch("/api/openapi.json").await?.is(200)?;
    }
    // What does not want to be kept is kept all the same: that is ours to decide.
    let unwanted = format!("00-{TRACE}-{BROWSER}-00");
    client.header("traceparent", &unwanted).request(Method::from_bytes(b"BREW")?, "/api/v1/tea", "").await?;
    assert!(api.terminate()?.success());
    let (spans, all) = ingest.spans()?;
    let (continued, own): (Vec<_>, Vec<_>) =
        spans.values().filter(|span| !spans.contains_key(&span.parent)).partition(|span| span.trace == TRACE);
    assert_eq!((continued.len(), own.len()), (1, 7), "{all}");
    assert!(own.iter().all(|span| span.parent.is_empty()));
    assert!(!all.contains("BREW") && !all.contains("/tea"), "{all}");

    let none = [("OTEL_TRACES_SAMPLER_ARG", "0")];
    let (mut api, client) = started(&world, "balloond-api", &ingest.endpoint(), &none).await?;
    client.header("traceparent", GIVEN).fetch("/api/openapi.json").await?.is(200)?;
    assert!(api.terminate()?.success());
    assert_eq!(ingest.arrived.try_iter().count(), 0);
    Ok(())
}

#[tokio::test]
async fn a_collector_that_is_away_or_silent_holds_nobody_up() -> Result<()> {
    let world = World::new().await?;
    // Takes connections, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0")?;
    for address in [program::free_address()?, silent.local_addr()?] {
        let (mut api, client) = started(&world, "balloond-api", &format!("http://{address}"), &[]).await?;
        for _ in 0..50 {
            client.fetch("/api/openapi.json").await?.is(200)?;
        }
        let asked = Instant::now();
        assert!(api.terminate()?.success());
        assert!(asked.elapsed() < Duration::from_secs(8), "{:?}", asked.elapsed());
    }
    Ok(())
}

#[tokio::test]
async fn without_an_endpoint_nothing_is_sent() -> Result<()> {
    let (world, ingest) = (World::new().await?, Ingest::start()?);
    let headers = [("OTEL_EXPORTER_OTLP_HEADERS", "x-key=1"), ("OTEL_TRACES_SAMPLER_ARG", "1")];
    let (mut api, client) = started(&world, "balloond-api", "", &headers).await?;
    client.header("traceparent", GIVEN).fetch("/api/openapi.json").await?.is(200)?;
    assert!(api.terminate()?.success(), "it ended, so whatever it had to say is said");
    assert_eq!(ingest.arrived.try_iter().count(), 0);
    Ok(())
}

#[tokio::test]
async fn log_lines_name_the_trace_while_there_is_one() -> Result<()> {
    let (world, ingest) = (World::new().await?, Ingest::start()?);
    for (endpoint, expected) in [(ingest.endpoint(), Some(TRACE)), (String::new(), None)] {
        let address = program::free_address()?;
        let own = address.to_string();
        let settings = [
            ("DATABASE_URL", world.config.database.url.as_str()),
            ("API_ADDR", &own),
            ("PUBLIC_WEB_URL", WEB),
            ("LOG_FORMAT", "json"),
            ("LOG_LEVEL", "info"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
        ];
        let (mut log, to) = std::io::pipe()?;
        let mut command = program::command("balloond-api", &["serve"], &settings)?;
        let mut api = Program::run(command.stderr(Stdio::from(to)))?;
        drop(command);
        let http = reqwest::Client::builder().no_proxy().build()?;
        let client = Client::new(http, address, world.services.clone()).header("traceparent", GIVEN);
        eventually("the server", async || Ok(client.fetch("/api/openapi.json").await.is_ok())).await?;
        assert!(api.terminate()?.success());
        let mut lines = String::new();
        log.read_to_string(&mut lines)?;
        let answered = lines.lines().find(|line| line.contains("\"answered\"")).context("no line")?;
        let line: Value = serde_json::from_str(answered)?;
        assert_eq!(line["span"]["trace_id"].as_str(), expected, "{answered}");
    }
    Ok(())
}
