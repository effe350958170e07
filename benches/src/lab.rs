//! `holdline lab` against a bare `mio` sink: what a message costs, and what an idle connection holds.

use crate::line::binary;
use crate::memory::anonymous_kilobytes;
use crate::{cpu, report};
use anyhow::{Context, Result, ensure};
use nix::sys::resource::UsageWho;
use nix::unistd::{SysconfVar, sysconf};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

const RUNS: usize = 3;
const SENDERS: u64 = 1_000;
const MESSAGES: u64 = 1_000_000;
const HELD: u64 = 15_000;

/// A server in a process of its own.
struct Server {
    child: Child,
    _stdout: BufReader<ChildStdout>,
    port: String,
    /// Where the lab's API is.
    http: Option<String>,
}

/// What it took to take every message in.
struct Taken {
    seconds: f64,
    server_cpu_s: f64,
    sender_cpu_s: f64,
}

/// 12 bytes at a time from a thousand connections.
pub(crate) fn messages() -> Result<()> {
    for (framing, what) in [("none", "12-byte messages"), ("fixed 12", "12-byte messages, framed")]
    {
        let (mut cost, mut speed, mut sender) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let (plain, ours) = (flood(Server::sink()?)?, flood(Server::lab(framing)?)?);
            let us = |seconds: f64| seconds * 1e6 / MESSAGES as f64;
            let rate = |taken: &Taken| MESSAGES as f64 / taken.seconds / 1e3;
            cost.push((us(plain.server_cpu_s), us(ours.server_cpu_s)));
            sender.push((us(plain.sender_cpu_s), us(ours.sender_cpu_s)));
            speed.push((rate(&plain), rate(&ours)));
        }
        report::row(what, "us of server CPU each", &cost, "-");
        report::row(what, "us of sender CPU each", &sender, "-");
        report::row(what, "thousand/s, sender's too", &speed, "100 thousand/s");
    }
    Ok(())
}

/// Connections that say nothing.
pub(crate) fn idle() -> Result<()> {
    let (plain, _) = held(Server::sink()?)?;
    let (ours, answer_ms) = held(Server::lab("none")?)?;
    report::row("one of 15,000 idle connections", "bytes", &[(plain, ours)], "1,000 bytes");
    println!("{:<44} {:>14} {answer_ms:>14.2}", "10,000 devices listed meanwhile, ms", "");
    Ok(())
}

/// Bytes of user memory that each takes, and how long the lab takes to list devices meanwhile.
fn held(server: Server) -> Result<(f64, f64)> {
    let before = anonymous_kilobytes(&server.child)?;
    let mut devices = plain(&["connect", &server.port, &HELD.to_string()]);
    let mut devices = devices.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(devices.stdout.take().context("it is a pipe")?).read_line(&mut line)?;
    ensure!(line.trim() == HELD.to_string(), "{line} connected");
    server.wait_for(|answer| answer.contains(&format!("conn-{HELD}\"")))?;
    let after = anonymous_kilobytes(&server.child)?;
    let begin = Instant::now();
    server.get("/api/devices?limit=10000")?;
    let answer_ms = begin.elapsed().as_secs_f64() * 1e3;
    devices.kill()?;
    devices.wait()?;
    Ok(((after - before) * 1024.0 / HELD as f64, answer_ms))
}

fn flood(server: Server) -> Result<Taken> {
    let sender_before = cpu::seconds(UsageWho::RUSAGE_CHILDREN)?;
    let before = cpu_of(&server.child)?;
    let begin = Instant::now();
    let words = ["flood", &server.port, &SENDERS.to_string(), &MESSAGES.to_string()];
    let status = plain(&words).status()?;
    ensure!(status.success(), "the sender failed");
    let sender_cpu_s = cpu::seconds(UsageWho::RUSAGE_CHILDREN)? - sender_before;
    // Those that are online come first.
    server.wait_for(|answer| answer.contains("\"online\":false"))?;
    let (seconds, server_cpu_s) = (begin.elapsed().as_secs_f64(), cpu_of(&server.child)? - before);
    if server.http.is_some() {
        let answer = server.get("/api/devices?limit=10000")?;
        let counts = answer.split("\"bytes_in\":").skip(1);
        let counts = counts.filter_map(|rest| rest.split(',').next()?.parse::<u64>().ok());
        let bytes: u64 = counts.sum();
        ensure!(bytes == MESSAGES * 12, "{bytes} bytes are kept");
    }
    Ok(Taken { seconds, server_cpu_s, sender_cpu_s })
}

impl Server {
    /// The plain program: it ends when the last connection does.
    fn sink() -> Result<Self> {
        Self::start(plain(&["sink"]), |line| line.parse::<u16>().ok().map(|_| line.to_owned()))
    }

    fn lab(framing: &str) -> Result<Self> {
        let folder = folder();
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder)?;
        let config = format!(
            "http = \"127.0.0.1:0\"\nstore = \"lab.db\"\n[[port]]\nname = \"cars\"\n\
             listen = \"127.0.0.1:0\"\nframing = \"{framing}\"\n"
        );
        fs::write(folder.join("lab.toml"), config)?;
        let mut command = Command::new(binary()?);
        command.arg("lab").arg(folder.join("lab.toml")).env("LANG", "C.UTF-8");
        let mut http = None;
        let mut server = Self::start(command, |line| {
            if let Some((_, address)) = line.split_once("http://") {
                http = Some(address.to_owned());
            }
            line.split_once("port cars: tcp ")?.1.rsplit(':').next().map(str::to_owned)
        })?;
        server.http = http;
        Ok(server)
    }

    /// Starts it, and reads until a line has its port.
    fn start(mut command: Command, mut port: impl FnMut(&str) -> Option<String>) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().context("it is a pipe")?);
        loop {
            let mut line = String::new();
            ensure!(stdout.read_line(&mut line)? > 0, "the server does not start");
            if let Some(port) = port(line.trim_end()) {
                return Ok(Self { child, _stdout: stdout, port, http: None });
            }
        }
    }

    /// Waits until the last seen device is as wanted; of the plain program, until it has read all.
    fn wait_for(&self, is_wanted: impl Fn(&str) -> bool) -> Result<()> {
        while self.http.is_some() && !is_wanted(&self.get("/api/devices?limit=1")?) {
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn get(&self, path: &str) -> Result<String> {
        let Some(http) = &self.http else { return Ok(String::new()) };
        let mut stream = TcpStream::connect(http)?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {http}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if self.http.is_some() {
            drop(fs::remove_dir_all(folder()));
        }
    }
}

fn folder() -> PathBuf {
    env::temp_dir().join(format!("holdline-bench-lab-{}", std::process::id()))
}

fn plain(words: &[&str]) -> Command {
    let program = env::current_exe().unwrap_or_else(|_| "holdline-bench".into());
    let mut command = Command::new(program);
    command.arg("plain").args(words);
    command
}

/// Processor time of a process that runs.
fn cpu_of(child: &Child) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id()))?;
    let (_, rest) = stat.rsplit_once(") ").context("no name in /proc")?;
    let ticks: Vec<f64> =
        rest.split(' ').skip(11).take(2).filter_map(|text| text.parse().ok()).collect();
    let second = sysconf(SysconfVar::CLK_TCK)?.context("no ticks in a second")?;
    Ok(ticks.iter().sum::<f64>() / second as f64)
}
