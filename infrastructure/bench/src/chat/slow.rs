//! Somebody who does not read: what that costs those who do.

use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::StreamExt;
use tokio_tungstenite::tungstenite::Message;

use super::{
    Chat, Load, Nodes, Pace, deliver,
    socket::{Socket, connect_narrow, subscribe},
};
use crate::{
    report::{Report, millis},
    server::Servers,
};

/// Sockets that nobody reads from.
const STALLED: usize = 10;
/// Messages of this size fill what lies between the two programs soon: some megabytes in the kernel.
const PADDING: usize = 3_900;
/// Each is measured so often, in turns; the better counts.
const ROUNDS: usize = 2;

pub async fn measure(servers: &Servers, group: &[Chat], time: Duration, report: &mut Report) -> Result<()> {
    let nodes = Nodes(vec![&servers.api]);
    let load = Load { chats: group, pace: Pace::steady(50), time, padding: PADDING };
    let (mut alone, mut beside) = (Duration::MAX, Duration::MAX);
    let mut told = 0;
    for _ in 0..ROUNDS {
        alone = alone.min(deliver("200 who read", &nodes, &load).await?.p99());
        let stalled = stall(&nodes, group).await?;
        deliver("how what lies between fills", &nodes, &Load { pace: Pace::Full, ..load }).await?;
        beside = beside.min(deliver("200 who read beside 10 who do not", &nodes, &load).await?.p99());
        told = 0;
        for socket in stalled {
            told += usize::from(was_told_to_fetch(socket).await);
        }
    }
    report.line(
        "p99 of 200 who read, beside 10 sockets that nobody reads from",
        format!(
            "{:.1} ms; {:.1} without, so {:.2} times; {told} of {STALLED} lost their backlog",
            millis(beside),
            millis(alone),
            millis(beside) / millis(alone).max(0.1)
        ),
        "1.2 times",
    );
    Ok(())
}

async fn stall(nodes: &Nodes<'_>, group: &[Chat]) -> Result<Vec<Socket>> {
    let chat = group.first().context("no group")?;
    let mut stalled = Vec::new();
    for (number, person) in chat.people.iter().take(STALLED).enumerate() {
        let mut socket = connect_narrow(nodes.address(number), person).await?;
        subscribe(&mut socket, chat.id).await?;
        stalled.push(socket);
    }
    Ok(stalled)
}

/// Reads at last, for a moment. A socket that was given up says nothing more.
async fn was_told_to_fetch(mut socket: Socket) -> bool {
    const MOMENT: Duration = Duration::from_secs(2);
    let told = async {
        while let Some(Ok(message)) = socket.next().await {
            if matches!(message, Message::Text(text) if text.contains("\"resync\"")) {
                return true;
            }
        }
        false
    };
    tokio::time::timeout(MOMENT, told).await.unwrap_or(false)
}
