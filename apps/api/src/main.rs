//! `balloond-api`: serves the API, does the background jobs, migrates.

use std::process::ExitCode;

use anyhow::{Context, bail};
use balloond_api::{Application, bind_metrics};
use balloond_domain::{Config, Error, Services, config, demo, job, metrics, pooler, staff, telemetry};
use balloond_metrics::{Listener, Page, process};
use balloond_push::VapidKey;
use balloond_shared::{ErrorCode, staff::StaffRole};
use clap::{Parser, Subcommand, ValueEnum};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

/// Pages and answers are many small strings, and a password's hash takes 19 MiB for a moment: glibc's allocator is slow at the former
/// and holds on to the latter.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Balloon'd's API. Configured by the environment: `balloond-api config` shows what is in effect.
#[derive(Parser)]
#[command(name = "balloond-api", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Clone, Default, Subcommand)]
enum Command {
    /// Serve the API and its sockets (the default)
    #[default]
    Serve,
    /// Do the background jobs
    Worker,
    /// List the jobs that failed for good, or have them tried again
    Jobs {
        #[command(subcommand)]
        command: Option<JobsCommand>,
    },
    /// Give an account a role, or take it
    Grant {
        /// Of an account whose email is verified
        email: String,
        role: Grant,
    },
    /// Bring the database to this version's schema
    Migrate,
    /// Show the configuration in effect, or everything that is wrong with it
    Config {
        /// Print `.env.example` instead: every setting with its default or an example
        #[arg(long)]
        example: bool,
    },
    /// Print the API's specification (OpenAPI), or with `--socket` that of the socket (AsyncAPI)
    Spec {
        #[arg(long)]
        socket: bool,
    },
    /// Make a key for Web Push (VAPID_KEY)
    VapidKey,
    /// Make the demo's people, photos and chats
    SeedDemo {
        /// Also in a database that is not on this machine
        #[arg(long)]
        force: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Grant {
    Administrator,
    Moderator,
    None,
}

#[derive(Clone, Subcommand)]
enum JobsCommand {
    /// Have jobs tried again, by the numbers that the list tells
    Retry {
        #[arg(required_unless_present = "all")]
        ids: Vec<i64>,
        #[arg(long, conflicts_with = "ids")]
        all: bool,
    },
}

/// Multi-threaded, because migrations block a thread of it. Each of the server's workers has a runtime of its own.
#[tokio::main]
async fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or_default();
    let outcome = run(command).await;
    telemetry::flush().await;
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("balloond-api: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn print_spec(socket: bool) -> anyhow::Result<()> {
    let openapi = balloond_api::openapi();
    let spec = if socket { balloond_api::asyncapi(&openapi)? } else { serde_json::to_value(&openapi)? };
    println!("{spec:#}");
    Ok(())
}

async fn run(command: Command) -> anyhow::Result<()> {
    if let Command::Config { example: true } = command {
        print!("{}", config::example());
        return Ok(());
    }
    if let Command::Spec { socket } = command {
        return print_spec(socket);
    }
    if let Command::VapidKey = command {
        println!("{}", VapidKey::generate()?);
        return Ok(());
    }
    let config = Config::from_env()?;
    telemetry::init(&config, if let Command::Worker = command { "worker" } else { "api" });
    match command {
        Command::Serve => serve(&config).await,
        Command::Worker => work(&config).await,
        Command::Jobs { command: None } => list_dead_jobs(&config).await,
        Command::Jobs { command: Some(JobsCommand::Retry { ids, all }) } => retry_jobs(&config, &ids, all).await,
        Command::Grant { email, role } => grant(&config, &email, role).await,
        Command::Migrate => migrate(&config).await,
        Command::Spec { .. } | Command::VapidKey => Ok(()),
        Command::Config { .. } => {
            println!("{}", config.describe());
            config.notes().iter().for_each(|note| println!("# {note}"));
            Ok(())
        }
        Command::SeedDemo { force } => seed_demo(&config, force).await,
    }
}

async fn serve(config: &Config) -> anyhow::Result<()> {
    raise_file_limit();
    let url = config.database.url.clone();
    let fit = tokio::spawn(async move { pooler::check(&url).await });
    let application = Application::build(config)?;
    // Building it asks the database nothing, serving does.
    fit.await??;
    tracing::info!(address = %application.address(), "serving");
    let stop = application.stop_handle();
    let mut signals = Signals::new()?;
    tokio::spawn(async move {
        signals.received().await;
        tracing::info!("stopping");
        stop.stop();
        // Asked again, it does not wait for anybody.
        signals.received().await;
        std::process::exit(1);
    });
    application.run_until_stopped().await?;
    tracing::info!("stopped");
    Ok(())
}

/// A socket is a file, and the usual soft limit of 1024 files is few sockets. Where it cannot be raised, it stays.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::warn!(%error, files = limit.current, "the limit of open files cannot be raised");
    }
}

async fn work(config: &Config) -> anyhow::Result<()> {
    config.notes().iter().for_each(|note| tracing::info!("{note}"));
    process::started();
    pooler::check(&config.database.url).await?;
    let mut signals = Signals::new()?;
    let services = Services::new(config)?;
    if let Some(listener) = bind_metrics(config)? {
        tokio::spawn(tell_metrics(listener, services.clone()));
    }
    job::run(&services, config, async move { signals.received().await }).await;
    Ok(())
}

async fn tell_metrics(listener: Listener, services: Services) {
    let tell = || async {
        let mut page = Page::default();
        metrics::measure(&services, &mut page);
        metrics::measure_jobs(&services, &mut page).await;
        page.into_text()
    };
    listener.serve(tell).await;
}

async fn list_dead_jobs(config: &Config) -> anyhow::Result<()> {
    let dead = job::dead(&Services::new(config)?).await?;
    if dead.is_empty() {
        println!("No job failed for good.");
    }
    for it in dead {
        let error = it.last_error.unwrap_or_default().replace('\n', " ");
        println!("{}  {}  {} attempts, last {:.19}  {error}", it.id, it.task, it.attempts, it.failed_at);
    }
    Ok(())
}

async fn retry_jobs(config: &Config, ids: &[i64], all: bool) -> anyhow::Result<()> {
    let services = Services::new(config)?;
    let count = if all { job::retry_all(&services).await? } else { job::retry(&services, ids).await? };
    println!("{count} to be tried again.");
    Ok(())
}

async fn grant(config: &Config, email: &str, role: Grant) -> anyhow::Result<()> {
    let role = match role {
        Grant::Administrator => Some(StaffRole::Administrator),
        Grant::Moderator => Some(StaffRole::Moderator),
        Grant::None => None,
    };
    match staff::grant(&Services::new(config)?, email, role).await {
        Ok(_) => println!("{email} is {} now.", role.map_or("like everybody else", StaffRole::name)),
        Err(Error::Refused(ErrorCode::NotFound)) => bail!("there is no verified account of {email}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

async fn migrate(config: &Config) -> anyhow::Result<()> {
    let ran = balloond_database::migrate(&config.database.url).await?;
    job::install(&config.database.url).await?;
    match ran.as_slice() {
        [] => println!("The database is up to date."),
        ran => println!("Migrated: {}.", ran.join(", ")),
    }
    Ok(())
}

async fn seed_demo(config: &Config, force: bool) -> anyhow::Result<()> {
    let services = Services::new(config)?;
    services.storage.ensure_bucket().await?;
    let new = demo::seed(&services, config, force).await?;
    println!("{new} new demo people. Sign in as {} with the password `{}`.", demo::EMAIL, demo::PASSWORD);
    Ok(())
}

/// SIGTERM and SIGINT: whoever starts us sends one or the other.
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("signals cannot be heard");
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
