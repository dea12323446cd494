//! What the kernel knows of this process, under the names that Prometheus' own libraries use.

use std::{fs, sync::LazyLock, time::Instant};

use crate::{Page, label};

static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);
/// `USER_HZ`: 100 on every Linux that runs today.
const TICKS_A_SECOND: f64 = 100.0;

/// Called when the process starts, so that its age is known.
pub fn started() {
    LazyLock::force(&STARTED);
}

/// Writes them; what a system without `/proc` does not tell is left out.
pub fn measure(page: &mut Page, version: &str) {
    page.gauge("balloond_build_info", "Which release this is.", [(label("version", version), 1)]);
    page.gauge("balloond_uptime_seconds", "Since this process started.", whole(STARTED.elapsed().as_secs()));
    let cpu = fs::read_to_string("/proc/self/stat").ok().and_then(|stat| cpu_seconds(&stat));
    page.counter("process_cpu_seconds_total", "Processor time, of user and system.", cpu.map(bare));
    let memory = fs::read_to_string("/proc/self/status").ok().and_then(|status| resident_bytes(&status));
    page.gauge("process_resident_memory_bytes", "Memory in use.", memory.map(bare));
    let files = fs::read_dir("/proc/self/fd").ok().map(Iterator::count);
    page.gauge("process_open_fds", "Open files and connections.", files.map(bare));
}

fn whole(value: u64) -> [(String, u64); 1] {
    [bare(value)]
}

fn bare<V>(value: V) -> (String, V) {
    (String::new(), value)
}

/// The fields 14 and 15; the second one, the program's name, may hold spaces and brackets.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ').skip(11);
    let mut ticks = || fields.next()?.parse::<u32>().ok();
    Some((f64::from(ticks()?) + f64::from(ticks()?)) / TICKS_A_SECOND)
}

fn resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_own_files_are_understood() {
        let mut page = Page::default();
        measure(&mut page, "1.2.3");
        let text = page.into_text();
        for name in
            ["balloond_build_info", "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"]
        {
            let value = text.lines().find(|line| line.starts_with(name)).and_then(|line| line.rsplit(' ').next());
            assert!(value.is_some_and(|value| value.parse::<f64>().is_ok_and(|it| it >= 0.0)), "{name} in {text}");
        }
        assert_eq!(cpu_seconds("7 (a) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0"), Some(2.0));
    }
}
