//! `balloond-web`: serves the pages.

use std::process::ExitCode;

use balloond_domain::{Config, pooler, telemetry};

/// Pages and answers are many small strings, and a password's hash takes 19 MiB for a moment: glibc's allocator is slow at the former
/// and holds on to the latter.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> ExitCode {
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(faults) => {
            eprintln!("{faults}");
            return ExitCode::FAILURE;
        }
    };
    telemetry::init(&config, "web");
    let outcome = match pooler::check(&config.database.url).await {
        Ok(()) => balloond_web::server::serve(config).await,
        Err(unfit) => Err(unfit.into()),
    };
    telemetry::flush().await;
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
