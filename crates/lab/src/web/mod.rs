//! The page and the API: HTTP over what is in the store, and orders to the ports.

mod api;
mod body;
mod export;
mod guard;
mod lang;
mod lock;
mod page;
mod repeats;
mod retold;
mod server;
mod state;
mod tries;

pub use lock::{Files, Lock, PASSWORD_LEN_MIN};
pub(crate) use server::Web;
pub use server::WebError;
pub(crate) use state::State;
