//! The sandbox, seen from the wire.

mod faults;
mod raw;
mod server;
mod shapes;
mod story;
