//! One short file for each command.

mod check;
mod load;
mod log;
mod proxy;
mod rehearsal;
mod run;
mod sandbox;
mod signals;

pub(crate) use check::check;
pub(crate) use run::run;
pub(crate) use sandbox::sandbox;
