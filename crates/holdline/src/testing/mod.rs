//! `holdline test`: test files beside a project, run in virtual time.

pub(crate) mod replay;
#[expect(dead_code, reason = "running tests makes it, which follows")]
pub(crate) mod story;
