//! The migrations are embedded: a new one has to compile this crate anew.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
