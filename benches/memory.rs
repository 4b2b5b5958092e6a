// The peak of the process's memory, as Linux records it. Included by the benchmarks.

/// Lets the system begin its record of the peak anew (Linux; elsewhere peaks read as 0).
pub(crate) fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

pub(crate) fn peak() -> u64 {
    status("VmHWM:")
}

pub(crate) fn resident() -> u64 {
    status("VmRSS:")
}

/// A line of the process's status, in bytes.
fn status(key: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
