//! Makes the folder of built pages exist, empty if need be, and has the crate rebuilt when its content
//! changes. It does not build the pages: `cargo xtask web` does.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let dist = Path::new("dist");
    // Cargo takes a watched path that is missing for a change, at every build.
    fs::create_dir_all(dist)?;
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
