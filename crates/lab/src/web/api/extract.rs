//! The parts of a request: one that cannot be read is answered as a [`Problem`].

use super::Problem;
use axum::extract::{FromRequest, FromRequestParts};

/// What follows the `?`.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub(in crate::web) struct Asked<T>(pub(in crate::web) T);

/// The names in the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub(in crate::web) struct Path<T>(pub(in crate::web) T);

/// The JSON that came.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub(super) struct Body<T>(pub(super) T);
