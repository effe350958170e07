//! What one idle device holds in user memory: pages that are the process's own.

use crate::line::holdline;
use crate::report;
use anyhow::{Context, Result};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

const SCRIPT: &str = r#"
PROJECT, VERSION = "BENCH", "1.0.0"
require "socket"
sys.taskInit(function()
    while not socket.isReady() do sys.wait(5) end
    local c = socket.tcp()
    assert(c:connect("127.0.0.1", PORT))
    while true do
        assert(c:send("heart data\r\n"))
        c:recv(10000)
    end
end)
sys.init(0, 0)
sys.run()
"#;

/// A connected device between two heartbeats, against a plain program that does the same.
pub(crate) fn run(scratch: &Path) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let mut plain = Command::new(env::current_exe()?);
    plain.args(["plain", "hold", &port.to_string()]);
    let plain = idle_megabytes(plain, &listener)?;
    let ours = idle_megabytes(holdline(scratch, SCRIPT, [port.into(), 0, 0])?, &listener)?;
    report::row("one idle device", "MB of user memory", &[(plain, ours)], "1 MB");
    Ok(())
}

fn idle_megabytes(mut command: Command, listener: &TcpListener) -> Result<f64> {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let held = listener.accept()?;
    // The first heartbeat is out by then; the next comes after ten seconds.
    thread::sleep(Duration::from_secs(2));
    let anonymous = anonymous_kilobytes(&child);
    child.kill()?;
    child.wait()?;
    drop(held);
    Ok(anonymous? / 1024.0)
}

/// Pages of the process's own.
pub(crate) fn anonymous_kilobytes(child: &Child) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let text = line.context("no RssAnon in /proc")?.trim().trim_end_matches(" kB");
    Ok(text.trim().parse()?)
}
