//! The server of the pages: a route translates, the domain decides, a page shows.

mod answer;
mod app;
mod client;
mod cookies;
mod failure;
mod headers;
mod next;
mod origin;
mod reply;
mod routes;
mod site;
mod staff;
mod visitor;
mod writes;

pub use app::serve;
pub use next::encode_query;
