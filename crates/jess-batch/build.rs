//! What `--version --verbose` prints about this build: the commit, the target and the compiler.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let unknown = || "unknown".to_owned();
    let target = env::var("TARGET").unwrap_or_else(|_| unknown());
    let rust =
        env::var("RUSTC").ok().and_then(|rustc| printed(&rustc, &["--version"])).unwrap_or_else(unknown);
    println!("cargo::rustc-env=BUILD_TARGET={target}");
    println!("cargo::rustc-env=BUILD_RUST={}", rust.trim());
    println!("cargo::rustc-env=BUILD_COMMIT={}", commit().unwrap_or_else(unknown));
}

/// The commit of a release build in a clone. A development build has none, because each commit would build it again.
fn commit() -> Option<String> {
    if env::var("PROFILE").ok()? != "release" {
        return None;
    }
    let lines = printed("git", &["rev-parse", "--show-prefix", "HEAD", "--git-path", "logs/HEAD"])?;
    let mut lines = lines.lines();
    let (folder, commit, log) = (lines.next()?, lines.next()?, lines.next()?);
    // An unpacked archive may be within another project's clone.
    if folder != "crates/jess-batch/" {
        return None;
    }
    println!("cargo::rerun-if-changed={log}");
    Some(commit.to_owned())
}

/// What a program prints, if it succeeds.
fn printed(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    if !output.status.success() {
        return None;
    }
    String::from_utf8(output.stdout).ok()
}
