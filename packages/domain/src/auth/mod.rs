//! Registering, logging in, staying so, logging out.
//!
//! A session is a signed-in device. It holds an access token (10 minutes, checked without I/O) and a refresh token (works
//! once, exchanged for the next pair). Ending the session ends both at once.

mod access_log;
mod access_token;
mod api_token;
mod authenticate;
mod change_password;
mod code;
mod common;
mod device;
mod letters;
mod log_in;
mod log_out;
mod passkey;
mod passwords;
mod refresh;
mod refresh_token;
mod register;
mod reset;
mod revoked;
mod seal;
mod second_step;
mod session;
mod sessions;
mod ticket;
mod totp;
mod verify;

use std::net::IpAddr;

use balloond_shared::{SessionId, UserId};

pub(crate) use access_token::ACCESS_TOKEN_LIFE;
pub use access_token::Tokens;
pub use api_token::{Grant, api_tokens, authenticate_api_token, end_api_token, is_api_token, make_api_token};
pub use authenticate::{Holder, authenticate, holder, resume};
pub use change_password::change_password;
pub(crate) use change_password::require_password;
pub(crate) use letters::{Change, mail_change, mail_reset, mail_verification};
pub use log_in::{LoggedIn, log_in};
pub use log_out::log_out;
pub use passkey::{add_passkey, begin_passkey, begin_passkey_log_in, passkey_log_in, passkeys, remove_passkey};
pub use passwords::Passwords;
pub use refresh::refresh;
pub use register::register;
pub use reset::{forgot_password, reset_password};
pub(crate) use seal::Seals;
pub(crate) use second_step::reseal;
pub use second_step::{
    begin_second_step, begun_second_step, confirm_second_step, end_second_step, renew_recovery_codes,
    second_step_state, take_second_step,
};
pub use session::SESSION_LIFE;
pub(crate) use sessions::{MOST_SESSIONS, present_device};
pub use sessions::{end_other_sessions, end_session, sessions};
pub use verify::{resend_code, verify, verify_account};

/// Who asks: proved by an access token, or by a token that they made for a program, which is then the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer {
    pub user: UserId,
    pub session: SessionId,
}

/// From where somebody asks: for limits, and for the list of one's devices.
#[derive(Clone, Debug)]
pub struct Client {
    pub address: IpAddr,
    pub user_agent: String,
}
