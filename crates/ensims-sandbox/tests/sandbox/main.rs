//! The sandbox as seen on the wire.

mod faults;
mod openapi;
mod raw;
mod server;
mod shapes;
mod story;
