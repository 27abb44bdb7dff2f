# Short names for the usual commands. `just` shows them.

_default:
    @just --list

# Run the demo on the embedded sandbox
demo:
    cargo run --release -- demo

# Run all tests
test:
    cargo test --workspace

# Formatting, lints and docs
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Test the HTML report in Chromium
browser:
    .ci/browser

# Compare the sandbox with the description of the service
openapi:
    .ci/openapi

# Make the packages in target/packages
package:
    .ci/package

# Install what `just package` made in clean places, run it and remove it
try-packages:
    .ci/package --try

# Build the program for Windows and test it under Wine
windows:
    .ci/windows

# What CI runs
ci:
    .ci/run
