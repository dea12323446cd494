//! Prints what is said in one's newest chat, as it is said: `BALLOOND_TOKEN=balloond_… cargo run --example listen`.

use balloond_client::{Client, shared::event::ServerEvent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new("http://localhost:8080")?.with_token(&std::env::var("BALLOOND_TOKEN")?);
    let chat = client.chats(None).await?.items.into_iter().next().ok_or("no chat yet")?;
    let mut socket = client.connect().await?;
    socket.subscribe(chat.id, chat.head).await?;
    loop {
        if let ServerEvent::Message { message } = socket.next().await? {
            println!("{}", message.body);
        }
    }
}
