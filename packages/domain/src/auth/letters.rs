//! What is mailed: plain words in ASCII, and nothing in it that a stranger chose.

use balloond_database::verification;
use balloond_mail::{Mail, MailError};
use balloond_shared::UserId;
use serde::{Deserialize, Serialize};
use url::form_urlencoded::byte_serialize;

use super::code::{Purpose, issue};
use crate::{Error, Result, Services};

/// A change of how somebody logs in, of which they are told: whoever did it in their place shall not stay unnoticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    NewPassword,
    SecondStepOn,
    SecondStepOff,
    RecoveryCodes,
    PasskeyAdded,
    PasskeyRemoved,
    TokenMade,
}

impl Change {
    const fn sentence(self) -> &'static str {
        match self {
            Self::NewPassword => "Your password was changed, and everything else that was signed in is logged out.",
            Self::SecondStepOn => "The second step at log-in was turned on.",
            Self::SecondStepOff => "The second step at log-in was turned off.",
            Self::RecoveryCodes => "New recovery codes were made. The last ones work no more.",
            Self::PasskeyAdded => "A passkey was added: it logs in without your password.",
            Self::PasskeyRemoved => "A passkey was removed.",
            Self::TokenMade => "A token for a program was made: with it a program acts in your name.",
        }
    }
}

/// To the owner of an account, about a change; nothing, if it is gone.
pub(crate) async fn mail_change(services: &Services, user: UserId, change: Change) -> Result<()> {
    let mut conn = services.database.primary().await?;
    let Some(addressee) = verification::addressee(&mut conn, user).await? else { return Ok(()) };
    drop(conn);
    // Of an account that is not verified, the mailbox may be anybody's.
    if addressee.verified_at.is_none() {
        return Ok(());
    }
    post(services, &changed(services, addressee.email, change)).await
}

/// To whoever registered: the code. If the email has an account already, its owner is told instead, and nobody gets a code.
pub(crate) async fn mail_verification(services: &Services, user: UserId) -> Result<()> {
    let mut conn = services.database.primary().await?;
    let Some(addressee) = verification::addressee(&mut conn, user).await? else { return Ok(()) };
    if addressee.verified_at.is_some() {
        return Ok(());
    }
    let owner = verification::verified(&mut conn, &addressee.email).await?;
    // In both cases: what is typed in as a code is checked by the same work, and a code that nobody was told is nobody's.
    let code = issue(services, &mut conn, user, Purpose::Verify).await?;
    drop(conn);
    let mail = match owner {
        Some(_) => have_account(services, addressee.email),
        None => verify(services, addressee.email, user, &code),
    };
    post(services, &mail).await
}

/// To the owner of an account, if the email has one.
pub(crate) async fn mail_reset(services: &Services, email: String) -> Result<()> {
    let mut conn = services.database.primary().await?;
    let Some(user) = verification::verified(&mut conn, &email).await? else { return Ok(()) };
    let code = issue(services, &mut conn, user, Purpose::Reset).await?;
    drop(conn);
    post(services, &reset(services, email, &code)).await
}

async fn post(services: &Services, mail: &Mail) -> Result<()> {
    match services.mailer.send(mail).await {
        // Trying again would not make it one.
        Err(MailError::Address(error)) => tracing::warn!(%error, "a mail cannot be sent"),
        sent => sent.map_err(Error::unavailable)?,
    }
    if let Some(folder) = services.mailer.folder() {
        tracing::info!(folder = %folder.display(), "a mail has come: `just mail` shows it");
    }
    Ok(())
}

fn changed(services: &Services, to: String, change: Change) -> Mail {
    let base = &services.public_web_url;
    Mail {
        to,
        subject: "A change of your Balloon'd account".to_owned(),
        text: format!(
            "{}\n\nIf that was you, there is nothing to do.\n\n\
             If it was not, choose a new password at once: that logs out everybody else,\n\
             and ends all tokens. Then look who has a way in:\n\n\
             A new password:      {base}/forgot\nDevices and passkeys: {base}/me/sessions\n",
            change.sentence()
        ),
        unsubscribe: None,
    }
}

fn verify(services: &Services, to: String, user: UserId, code: &str) -> Mail {
    let base = &services.public_web_url;
    Mail {
        to,
        subject: format!("{code} is your code for Balloon'd"),
        text: format!(
            "Welcome to Balloon'd.\n\nYour code, good for 30 minutes:\n\n    {code}\n\n\
             Type it in where you registered, or open this page and press its button:\n\n\
             {base}/verify?account={user}&code={code}\n\n\
             If you did not register, do neither: somebody else would have an account\n\
             with your email. Without the code it is gone tomorrow.\n"
        ),
        unsubscribe: None,
    }
}

fn have_account(services: &Services, to: String) -> Mail {
    let base = &services.public_web_url;
    Mail {
        to,
        subject: "You have a Balloon'd account already".to_owned(),
        text: format!(
            "Somebody, you perhaps, has just registered at Balloon'd with this email.\nIt has an account already, and nothing about it has changed.\n\n\
             Log in:              {base}/login\nForgot the password? {base}/forgot\n\n\
             If that was not you, there is nothing to do: without this mailbox\nthe new account cannot be used, and it is gone tomorrow.\n"
        ),
        unsubscribe: None,
    }
}

fn reset(services: &Services, to: String, code: &str) -> Mail {
    let base = &services.public_web_url;
    let email: String = byte_serialize(to.as_bytes()).collect();
    Mail {
        to,
        subject: "A new password for Balloon'd".to_owned(),
        text: format!(
            "Your code for a new password, good for 30 minutes:\n\n    {code}\n\n\
             Type it in where you asked for it, or choose the password on this page:\n\n\
             {base}/reset?email={email}&code={code}\n\n\
             If that was not you, do nothing: your password stays as it is.\n"
        ),
        unsubscribe: None,
    }
}
