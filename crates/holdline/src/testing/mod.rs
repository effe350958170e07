//! `holdline test`: test files beside a project, run in virtual time.

#[expect(dead_code, reason = "running tests makes it, which follows")]
pub(crate) mod story;
