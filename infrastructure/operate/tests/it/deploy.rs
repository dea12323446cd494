//! Rolling out on this machine, with real servers and a supervisor that does what systemd does.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::PathBuf,
    process::{Command, Output},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    },
};

use anyhow::{Context, Result, ensure};
use balloond_testing::{
    database,
    program::{command, free_address, path},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Ends what a unit runs, as its unit file says how, and starts what is behind `current`.
const RESTART: &str = r#"#!/bin/sh
set -eu
cd "$(dirname "$0")"
if [ -f "$1.pid" ]; then
    kill "$(cat "$1.pid")" 2>/dev/null || true
    while kill -0 "$(cat "$1.pid")" 2>/dev/null; do sleep 0.02; done
fi
set -a; . ./env; . "./$1.env"; set +a
case "$1" in web) program=balloond-web ;; *) program=balloond-api ;; esac
setsid "current/bin/$program" "$COMMAND" >"$1.log" 2>&1 </dev/null &
echo $! >"$1.pid"
"#;

/// A release that knows its settings and its schema, and does not serve.
const BROKEN: &str = "#!/bin/sh\ncase \"$1\" in config | migrate) exit 0 ;; *) exit 1 ;; esac\n";

struct Machine {
    root: PathBuf,
    apis: [String; 2],
}

impl Machine {
    async fn new() -> Result<Self> {
        let root = path("balloond-operate")?.with_file_name(format!("machine-{:016x}", rand::random::<u64>()));
        fs::create_dir_all(root.join("made"))?;
        let database = database::create_bare().await?;
        let mut env = format!("# The settings\nDATABASE_URL=\"{database}\"\nTRUSTED_PROXIES=0\n");
        for name in [
            "REDIS_URL",
            "S3_ENDPOINT",
            "S3_BUCKET",
            "S3_ACCESS_KEY_ID",
            "S3_SECRET_ACCESS_KEY",
            "TOKEN_KEYS",
            "REFRESH_KEY",
            "SEALING_KEYS",
        ] {
            env += &format!("{name}=\"{}\"\n", std::env::var(name)?);
        }
        fs::write(root.join("env"), env)?;
        let apis = [free_address()?.to_string(), free_address()?.to_string()];
        let web = free_address()?.to_string();
        let units = format!(
            "api-1 http://{}/readyz\napi-2 http://{}/readyz\nweb http://{web}/healthz\nworker -\n",
            apis[0], apis[1]
        );
        fs::write(root.join("units"), units)?;
        for (unit, command, variable, address) in [
            ("api-1", "serve", "API_ADDR", apis[0].as_str()),
            ("api-2", "serve", "API_ADDR", &apis[1]),
            ("web", "serve", "WEB_ADDR", &web),
            ("worker", "worker", "API_ADDR", &apis[0]),
        ] {
            fs::write(root.join(format!("{unit}.env")), format!("COMMAND={command}\n{variable}={address}\n"))?;
        }
        fs::write(root.join("restart"), RESTART)?;
        fs::set_permissions(root.join("restart"), fs::Permissions::from_mode(0o755))?;
        Ok(Self { root, apis })
    }

    /// A folder as `just release` makes it.
    fn release(&self, name: &str) -> Result<PathBuf> {
        let folder = self.root.join("made").join(name);
        fs::create_dir_all(folder.join("bin"))?;
        for program in ["balloond-api", "balloond-web"] {
            symlink(path(program)?, folder.join("bin").join(program))?;
        }
        Ok(folder)
    }

    fn broken_release(&self, name: &str) -> Result<PathBuf> {
        let folder = self.root.join("made").join(name);
        fs::create_dir_all(folder.join("bin"))?;
        for program in ["balloond-api", "balloond-web"] {
            let file = folder.join("bin").join(program);
            fs::write(&file, BROKEN)?;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
        }
        Ok(folder)
    }

    async fn deploy(&self, release: PathBuf, more: &'static [&'static str]) -> Result<Output> {
        let (root, release) = (self.root.to_string_lossy().into_owned(), release.to_string_lossy().into_owned());
        let restart = format!("{root}/restart");
        tokio::task::spawn_blocking(move || {
            let mut arguments = vec!["deploy", "--root", &root, "--restart", &restart, "--patience", "8", &release];
            arguments.extend(more);
            Ok(command("balloond-operate", &arguments, &[])?.output()?)
        })
        .await?
    }

    async fn deploys(&self, release: PathBuf) -> Result<String> {
        let output = self.deploy(release, &[]).await?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }

    fn current(&self) -> Result<String> {
        let link = fs::read_link(self.root.join("current"))?;
        Ok(link.file_name().context("a name")?.to_string_lossy().into_owned())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        for unit in ["api-1", "api-2", "web", "worker"] {
            if let Ok(pid) = fs::read_to_string(self.root.join(format!("{unit}.pid"))) {
                let _ = Command::new("kill").args(["-KILL", pid.trim()]).status();
            }
        }
        let _ = fs::remove_dir_all(&self.root);
    }
}

async fn is_ready(address: &str) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        answer.starts_with("HTTP/1.1 200").then_some(())
    };
    ask.await.is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn releases_roll_out_while_people_are_served_and_a_broken_one_goes_back() -> Result<()> {
    let machine = Machine::new().await?;
    let first = machine.release("one")?;

    let dry = machine.deploy(first.clone(), &["--dry-run"]).await?;
    let said = String::from_utf8(dry.stdout)?;
    assert!(dry.status.success() && said.contains("would check") && said.contains("api-2, and wait for"), "{said}");
    assert!(!machine.root.join("current").is_symlink() && !machine.root.join("releases").exists());

    assert!(machine.deploys(first).await?.contains("one serves"));
    assert!(is_ready(&machine.apis[0]).await && is_ready(&machine.apis[1]).await);

    // What a proxy does: it asks one, and where that does not answer, the other.
    let (is_over, asked, refused) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let people = tokio::spawn({
        let (apis, is_over) = (machine.apis.clone(), Arc::clone(&is_over));
        let (asked, refused) = (Arc::clone(&asked), Arc::clone(&refused));
        async move {
            while !is_over.load(Relaxed) {
                asked.fetch_add(1, Relaxed);
                if !is_ready(&apis[0]).await && !is_ready(&apis[1]).await {
                    refused.fetch_add(1, Relaxed);
                }
            }
        }
    });
    machine.deploys(machine.release("two")?).await?;
    assert_eq!(machine.current()?, "two");

    let broken = machine.deploy(machine.broken_release("three")?, &[]).await?;
    let said = format!("{}{}", String::from_utf8(broken.stdout)?, String::from_utf8(broken.stderr)?);
    assert!(!broken.status.success() && said.contains("two serves again"), "{said}");
    assert_eq!(machine.current()?, "two");
    assert!(is_ready(&machine.apis[0]).await && is_ready(&machine.apis[1]).await);
    is_over.store(true, Relaxed);
    people.await?;
    let (asked, refused) = (asked.load(Relaxed), refused.load(Relaxed));
    assert!(asked > 20 && refused == 0, "{refused} of {asked} were refused");

    // With a fault in the settings nothing is touched.
    let env = fs::read_to_string(machine.root.join("env"))?;
    fs::write(machine.root.join("env"), env.replace("TRUSTED_PROXIES=0", "TRUSTED_PROXIES=many"))?;
    let refused = machine.deploy(machine.release("four")?, &[]).await?;
    let said = String::from_utf8(refused.stderr)?;
    assert!(
        !refused.status.success() && said.contains("TRUSTED_PROXIES") && said.contains("nothing was changed"),
        "{said}"
    );
    assert_eq!(machine.current()?, "two");
    assert!(!machine.root.join("releases/four").exists());
    Ok(())
}
