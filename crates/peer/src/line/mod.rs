//! What goes wrong on a line: how long it takes, what gets through, and in which pieces.
//!
//! [`Trials`] are the troubles that stand, a [`Lane`] is one direction of a line. A [`Road`] is made of
//! both: it is what a server's end has of the lines of its connections.

mod lane;
mod passage;
mod road;
#[cfg(test)]
mod tests;
mod trials;

pub use lane::Lane;
pub use passage::{DATAGRAMS_MAX, GIVES_UP_AFTER, Piece, ROOM_DOWN, ROOM_UP};
pub use road::{News, Road};
pub use trials::{Pace, Reach, Trials, Way};
