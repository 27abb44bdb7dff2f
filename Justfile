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

# What CI runs
ci:
    .ci/run
