//! The parts of a request: one that cannot be read is answered as a [`Problem`].

use super::Problem;
use crate::words::Object;
use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Request};
use serde::de::DeserializeOwned;

/// What follows the `?`.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub(in crate::web) struct Asked<T>(pub(in crate::web) T);

/// The names in the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub(in crate::web) struct Path<T>(pub(in crate::web) T);

/// The object of JSON that came.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Json(Object(words)) = Json::from_request(request, state).await?;
        Ok(Self(words))
    }
}
