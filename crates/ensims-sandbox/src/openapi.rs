//! The description of the service, as a file.

/// The description of the service in the form of `OpenAPI` 3.1, which a sandbox serves at `/openapi.json`.
///
/// A key `x-basis` says of each answer and example whether it is documented, recorded, inferred or a guess.
pub const OPENAPI: &str = include_str!("../openapi.json");
