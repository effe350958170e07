//! What is true of every call, so that the document says it and no call has to.

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, HeaderBuilder, ObjectBuilder, OpenApi, Ref, Response,
    ResponseBuilder, Type,
};

/// What the password is called in the document.
const PASSWORD: &str = "password";

/// The refusals that any call may meet, with the header that comes with each.
const ALWAYS: [(&str, &str, Option<&str>); 3] = [
    ("403", "a page of somebody else asks", None),
    ("500", "the store cannot be read", None),
    ("503", "the lab is stopping, or found no answer in time", None),
];
const UNLOCKED: [(&str, &str, Option<&str>); 1] =
    [("421", "the request is for another host, which may be a trick on this one", None)];
const LOCKED: [(&str, &str, Option<&str>); 2] = [
    ("401", "the password is missing or wrong", Some("WWW-Authenticate")),
    ("429", "too many wrong passwords came from there", Some("Retry-After")),
];

/// Adds what a call can be refused for whatever it is, and the password if there is one.
pub(super) fn complete(document: &mut OpenApi, is_locked: bool) {
    let special: &[_] = if is_locked { &LOCKED } else { &UNLOCKED };
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        for (status, why, header) in ALWAYS.iter().chain(special) {
            let responses = &mut operation.responses.responses;
            responses.entry((*status).to_owned()).or_insert_with(|| refusal(why, *header).into());
        }
    }
    if is_locked {
        let basic = HttpBuilder::new().scheme(HttpAuthScheme::Basic);
        let basic = basic.description(Some("the lab's password, with any user name")).build();
        let components = document.components.get_or_insert_with(Components::default);
        components.add_security_scheme(PASSWORD, SecurityScheme::Http(basic));
        document.security = Some(vec![SecurityRequirement::new(PASSWORD, [""; 0])]);
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

fn refusal(why: &str, header: Option<&str>) -> Response {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new().description(why).content("application/json", problem);
    let Some(name) = header else { return response.build() };
    let text = ObjectBuilder::new().schema_type(Type::String);
    response.header(name, HeaderBuilder::new().schema(Some(text)).build()).build()
}
