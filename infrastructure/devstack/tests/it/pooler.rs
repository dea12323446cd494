//! Behind PgBouncer as it can be installed here.

use std::{
    fs,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use balloond_database::pooler::{self, Pooler};
use balloond_devstack::{
    binaries, ports,
    postgres::{self, Postgres},
    process::Process,
};
use balloond_testing::{eventually, program};

use crate::place::{self, Folder};

struct Bouncer {
    /// Through it.
    url: String,
    direct: String,
    keeps_statements: bool,
    child: Child,
    _postgres: Process,
    // After them: fields are dropped in this order.
    _folder: Folder,
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        // Nobody is left to hear of it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Bouncer {
    async fn start(mode: &str) -> Result<Self> {
        let (workspace, folder, port) = place::prepare("pooler")?;
        let postgres = Postgres { dir: folder.path(), port, password: "password", durable: false };
        let (running, _) = postgres.start(&workspace).await?;
        let direct = place::migrated(&postgres).await?;
        let program = binaries::on_path("pgbouncer").context("pgbouncer was not found: run `just setup`")?;
        let told = Command::new(&program).arg("--version").output()?.stdout;
        let keeps_statements =
            version(&String::from_utf8_lossy(&told)).context("pgbouncer tells no version")? >= (1, 21);
        let listen = *ports::some_free(1)?.first().context("no free port")?;
        let kept = if keeps_statements { "max_prepared_statements = 200\n" } else { "" };
        let configuration = folder.path().join("pgbouncer.ini");
        fs::write(
            &configuration,
            format!(
                "[databases]\nballoond = host=127.0.0.1 port={port} user=balloond password=password\n[pgbouncer]\n\
                 listen_addr = 127.0.0.1\nlisten_port = {listen}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n{kept}"
            ),
        )?;
        let mut words = postgres::unprivileged(folder.path()).await?;
        words.extend([program.into(), configuration.into()]);
        let (first, rest) = words.split_first().context("no command")?;
        let child = Command::new(first).args(rest).stdin(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let url = direct.replace(&format!(":{port}/"), &format!(":{listen}/"));
        let bouncer = Self { url, direct, keeps_statements, child, _postgres: running, _folder: folder };
        eventually("the pooler answers", async || Ok(pooler::find(&bouncer.url).await.is_ok())).await?;
        Ok(bouncer)
    }
}

/// Of "PgBouncer 1.18.0".
fn version(told: &str) -> Option<(u32, u32)> {
    let mut numbers = told.split_whitespace().nth(1)?.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[tokio::test]
async fn a_transaction_pooler_is_found_and_refused_where_it_forgets_statements() -> Result<()> {
    let bouncer = Bouncer::start("transaction").await?;
    assert_eq!(pooler::find(&bouncer.direct).await?, Pooler::None);
    let expected = if bouncer.keeps_statements { Pooler::KeepsStatements } else { Pooler::LosesStatements };
    assert_eq!(pooler::find(&bouncer.url).await?, expected);
    if bouncer.keeps_statements {
        return Ok(());
    }

    let address = program::free_address()?.to_string();
    for (name, arguments) in [("balloond-api", &[][..]), ("balloond-api", &["worker"]), ("balloond-web", &[])] {
        let settings = [("DATABASE_URL", bouncer.url.as_str()), ("API_ADDR", &address), ("WEB_ADDR", &address)];
        let output = program::command(name, arguments, &settings)?.stdin(Stdio::null()).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(!output.status.success(), "{name} {arguments:?} went on");
        ensure!(said.contains("forgets prepared statements"), "{name} {arguments:?} said {said}");
        ensure!(!said.contains("password@"), "{said}");
    }
    Ok(())
}

#[tokio::test]
async fn a_pooler_in_session_mode_is_as_good_as_none() -> Result<()> {
    let bouncer = Bouncer::start("session").await?;
    assert_eq!(pooler::find(&bouncer.url).await?, Pooler::None);
    Ok(())
}
