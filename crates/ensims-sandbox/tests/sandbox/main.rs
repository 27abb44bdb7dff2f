//! The sandbox as seen on the wire.

mod faults;
mod raw;
mod server;
mod shapes;
mod story;
