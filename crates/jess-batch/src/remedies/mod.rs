//! What can be done about an account, and every text about it: for whoever runs the job, and for the person.

mod messages;
mod remedy;

pub use messages::{Language, Message, Messages, Part, Person};
pub use remedy::{Remedy, RemedyTexts};
