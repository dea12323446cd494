//! A short run of the proof, with another seed each time: what fails is printed with its seed, to be run again.

use std::process::Command;

use anyhow::Result;

#[test]
fn nothing_is_lost_when_faults_strike() -> Result<()> {
    let output = Command::new(env!("CARGO_BIN_EXE_balloond-chaos"))
        .args(["--messages", "30", "--rate", "30", "--clients", "16", "--chats", "4", "--within", "15"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    assert!(said.contains("lost 0, doubled 0, reordered 0, diverged 0"), "{said}");
    Ok(())
}
