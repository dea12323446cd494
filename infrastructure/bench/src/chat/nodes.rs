//! Two processes against one: the same people, the same chats, the same cores.

use std::time::Duration;

use anyhow::Result;

use super::{Chat, Load, Nodes, Pace, deliver};
use crate::{report::Report, server::Servers};

pub async fn measure(
    name: &str,
    servers: &mut Servers,
    chats: &[Chat],
    time: Duration,
    report: &mut Report,
) -> Result<()> {
    let load = Load { chats, pace: Pace::Full, time, padding: 0 };
    servers.restart_api().await?;
    let one = deliver(name, &Nodes(vec![&servers.api]), &load).await?;
    report.line(&format!("{name}, one process"), one.text(), "");
    servers.restart_api().await?;
    let second = servers.start_another_api().await?;
    let two = deliver(name, &Nodes(vec![&servers.api, &second]), &load).await?;
    report.line(&format!("{name}, two processes"), two.text(), "");
    report.line("two processes against one", format!("{:.2} times", two.rate() / one.rate().max(1.0)), "0.8 times");
    Ok(())
}
