//! Mail: over SMTP, or into a folder to look at while developing.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    address::AddressError,
    message::{
        Body, Mailbox,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{self, AsyncSmtpTransportBuilder},
};
use uuid::Uuid;

/// How long a mail server has for each of its answers.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How mail leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailRoute {
    /// Each into a file of its own, the newest last by name.
    Folder(PathBuf),
    /// `smtps://user:password@host` (TLS), or `smtp://…?tls=required` (STARTTLS); certificates are verified.
    Smtp(String),
}

/// How to send mail.
#[derive(Clone, Debug)]
pub struct MailConfig {
    pub route: MailRoute,
    /// `Name <address>`.
    pub from: String,
}

/// One mail, as plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    /// Where one press ends mails of this kind (RFC 8058), for mails that nobody just asked for.
    pub unsubscribe: Option<String>,
}

/// Why a mail was not sent. It may name an address: for the log alone, and there without the address.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("an address cannot be used for mail")]
    Address(#[from] AddressError),
    #[error("a mail could not be put together")]
    Message(#[from] lettre::error::Error),
    #[error("the mail server refused or is away")]
    Smtp(#[from] smtp::Error),
    #[error("the folder for mail cannot be written")]
    Folder(#[from] std::io::Error),
}

/// Sends mail; cheap to clone.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    from: Mailbox,
    route: Route,
}

enum Route {
    Folder(PathBuf),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl Mailer {
    /// Connects to nothing yet.
    ///
    /// # Errors
    ///
    /// When the sender's address or the URL is none.
    pub fn new(config: &MailConfig) -> Result<Self, MailError> {
        let route = match &config.route {
            MailRoute::Folder(path) => Route::Folder(path.clone()),
            MailRoute::Smtp(url) => Route::Smtp(transport(url)?.timeout(Some(TIMEOUT)).build()),
        };
        Ok(Self(Arc::new(Inner { from: parse_mailbox(&config.from)?, route })))
    }

    /// Where mail goes that no server takes.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match &self.0.route {
            Route::Folder(folder) => Some(folder),
            Route::Smtp(_) => None,
        }
    }

    /// Hands a mail over.
    ///
    /// # Errors
    ///
    /// When it was not taken.
    pub async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let mut builder = Message::builder()
            .from(self.0.from.clone())
            .to(parse_mailbox(&mail.to)?)
            .subject(&mail.subject)
            .header(ContentType::TEXT_PLAIN);
        if let Some(url) = &mail.unsubscribe {
            let header = |name, value| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
            builder = builder
                .raw_header(header("List-Unsubscribe", format!("<{url}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        let message = builder.body(body(&mail.text))?;
        match &self.0.route {
            Route::Smtp(transport) => transport.send(message).await.map(drop)?,
            Route::Folder(folder) => {
                tokio::fs::create_dir_all(folder).await?;
                tokio::fs::write(folder.join(file_name(&mail.to)), message.formatted()).await?;
            }
        }
        Ok(())
    }
}

fn transport(url: &str) -> Result<AsyncSmtpTransportBuilder, smtp::Error> {
    AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
}

/// Whether this can be the URL of a mail server.
///
/// # Errors
///
/// When it cannot.
pub fn check_url(url: &str) -> Result<(), MailError> {
    Ok(transport(url).map(drop)?)
}

/// Whether this can stand as the sender of mail.
///
/// # Errors
///
/// When it is no address.
pub fn parse_mailbox(text: &str) -> Result<Mailbox, MailError> {
    Ok(Mailbox::from_str(text)?)
}

/// As it is, where mail may carry it as it is (RFC 5322, 2.1.1): a link that is broken into lines is none in every mail program,
/// and a file has to be read by people.
fn body(text: &str) -> Body {
    if text.is_ascii() && text.lines().all(|line| line.len() <= 998) {
        let lines: String = text.lines().flat_map(|line| [line, "\r\n"]).collect();
        return Body::dangerous_pre_encoded(lines.into_bytes(), ContentTransferEncoding::SevenBit);
    }
    Body::new(text.to_owned())
}

/// Sorted by time, found by the address; a name that no address can lead elsewhere.
fn file_name(to: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "@.+-".contains(c) { c } else { '_' };
    format!("{}-{}.eml", Uuid::now_v7().simple(), to.chars().map(plain).collect::<String>())
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
        net::TcpListener,
    };

    use super::*;

    #[tokio::test]
    async fn without_a_server_mail_is_a_file_each() {
        let folder = std::env::temp_dir().join(format!("balloond-mail-{}", Uuid::now_v7().simple()));
        let config =
            MailConfig { route: MailRoute::Folder(folder.clone()), from: "Balloon'd <hello@example.com>".into() };
        let mailer = Mailer::new(&config).unwrap();
        let mail = Mail {
            to: "a/b@example.com".into(),
            subject: "Hi".into(),
            text: format!("A code: {}\n", "A=".repeat(60)),
            unsubscribe: Some("https://example.com/u/1".into()),
        };
        mailer.send(&mail).await.unwrap();
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().flatten().collect();
        assert_eq!(files.len(), 1);
        assert!(files[0].file_name().to_string_lossy().ends_with("-a_b@example.com.eml"));
        let text = std::fs::read_to_string(files[0].path()).unwrap();
        assert!(text.contains("To: a/b@example.com") && text.contains(&mail.text.replace('\n', "\r\n")), "{text}");
        assert!(text.contains("List-Unsubscribe: <https://example.com/u/1>\r\n"), "{text}");
        assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{text}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    /// As much of a mail server as it takes to be handed one mail; answers what it was told.
    async fn serve(listener: TcpListener) -> std::io::Result<String> {
        let (stream, _) = listener.accept().await?;
        let (reader, mut writer) = stream.into_split();
        let (mut lines, mut told) = (BufReader::new(reader).lines(), String::new());
        writer.write_all(b"220 here\r\n").await?;
        let mut is_text = false;
        while let Some(line) = lines.next_line().await? {
            told += &format!("{line}\n");
            let answer = match line.as_str() {
                "." => "250 kept\r\n",
                _ if is_text => continue,
                "DATA" => "354 go on\r\n",
                "QUIT" => "221 bye\r\n",
                _ => "250 well\r\n",
            };
            is_text = line == "DATA";
            writer.write_all(answer.as_bytes()).await?;
        }
        Ok(told)
    }

    #[tokio::test]
    async fn a_mail_server_is_handed_the_mail() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(serve(listener));
        let config = MailConfig { route: MailRoute::Smtp(url), from: "Balloon'd <hello@example.com>".into() };
        let mailer = Mailer::new(&config).unwrap();
        assert_eq!(mailer.folder(), None);
        let mail = Mail {
            to: "ada@example.com".into(),
            subject: "Hi".into(),
            text: "A code: ABCD\n".into(),
            unsubscribe: None,
        };
        mailer.send(&mail).await.unwrap();
        drop(mailer);
        let told = server.await.unwrap().unwrap();
        for part in ["MAIL FROM:<hello@example.com>", "RCPT TO:<ada@example.com>", "Subject: Hi", "A code: ABCD"] {
            assert!(told.contains(part), "{told}");
        }
    }

    #[tokio::test]
    async fn a_mail_server_that_is_away_is_an_error() {
        let config = MailConfig { route: MailRoute::Smtp("smtp://127.0.0.1:1".into()), from: "a@example.com".into() };
        let mail =
            Mail { to: "ada@example.com".into(), subject: String::new(), text: String::new(), unsubscribe: None };
        assert!(Mailer::new(&config).unwrap().send(&mail).await.is_err());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let config = |from: &str| MailConfig { route: MailRoute::Folder("/tmp".into()), from: from.into() };
        assert!(Mailer::new(&config("nobody")).is_err());
        assert!(Mailer::new(&config("Ada <ada@example.com>\r\nBcc: x@example.com")).is_err());
    }
}
