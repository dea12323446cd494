//! One line for every log-in, and for every one that was refused. Of whom it was, it says no more than the session that began (which
//! its owner sees in their list), and from where no more than the network.

use super::{Client, Viewer, device};

/// How somebody showed who they are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    Password,
    SecondStep,
    Passkey,
    Registration,
    NewPassword,
}

impl Way {
    const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::SecondStep => "second step",
            Self::Passkey => "passkey",
            Self::Registration => "registration",
            Self::NewPassword => "code for a new password",
        }
    }
}

pub(super) fn signed_in(way: Way, viewer: Viewer, client: &Client) {
    let place = device::place(&client.address.to_canonical().to_string());
    tracing::info!(way = way.name(), session = %viewer.session, %place, "signed in");
}

pub(super) fn refused(way: Way, client: &Client) {
    let place = device::place(&client.address.to_canonical().to_string());
    tracing::warn!(way = way.name(), %place, "a log-in was refused");
}
