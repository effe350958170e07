//! `holdline test`: test files beside a project, run in virtual time.
//!
//! Each test is Lua in a state of its own and has a world of its own: [`run`]. What it can say is the
//! catalogue in [`words`]; what it makes happen becomes a [`story`], of which its expectations are
//! judged.

mod chronicle;
mod diary;
mod expectation;
mod files;
mod judge;
mod lua;
mod observation;
mod pattern;
pub(crate) mod replay;
pub(crate) mod report;
mod ruling;
mod run;
mod source;
pub(crate) mod story;
mod suite;
pub(crate) mod swarm;
pub(crate) mod text;
mod trial;
pub(crate) mod words;

pub(crate) use diary::Alarm;
pub(crate) use expectation::Expectation;
pub(crate) use judge::{Assertion, Got, State, Window};
pub(crate) use observation::Noun;
pub(crate) use suite::{Order, run_all};
pub(crate) use trial::Setup;
