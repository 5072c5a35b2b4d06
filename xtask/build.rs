//! Tells the program for which machine it was built: cargo says so only to build scripts.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = std::env::var_os("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=XTASK_TARGET={}", target.display());
}
