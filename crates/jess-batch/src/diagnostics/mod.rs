//! What is wrong with the input, and text from outside made fit to be shown.

mod diagnostic;
mod text;

pub use diagnostic::{Diagnostic, Diagnostics, Location, Position};
pub use text::{
    LONGEST_SHOWN, counted, escape_invisible, is_invisible, looks_like_email, one_of, shell_quote_path,
    shorten, shown,
};
