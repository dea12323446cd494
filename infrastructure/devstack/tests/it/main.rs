//! The product on databases that are laid out otherwise than on one's own machine.

mod place;
mod pooler;
mod replica;
mod tls;
