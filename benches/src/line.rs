//! Real sockets on loopback: 64-byte echo round trips, and one-way bulk.

use crate::plain::{BULK_WRITE_BYTES, ECHO_BYTES};
use crate::{cpu, report};
use anyhow::{Context, Result, ensure};
use nix::sys::resource::UsageWho;
use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs, thread};

const RUNS: usize = 5;
const TRIPS: u64 = 100_000;
const WRITES: u64 = 100_000;

const ECHO_SCRIPT: &str = r#"
PROJECT, VERSION = "BENCH", "1.0.0"
require "socket"
LOG_LEVEL = log.LOGLEVEL_WARN -- the plain program prints nothing either
local data = string.rep("x", SIZE)
sys.taskInit(function()
    while not socket.isReady() do sys.wait(5) end
    local c = socket.tcp()
    assert(c:connect("127.0.0.1", PORT))
    for i = 1, COUNT do
        assert(c:send(data))
        local got = 0
        while got < SIZE do
            local ok, s = c:recv()
            assert(ok, s)
            got = got + #s
        end
    end
    rtos.poweroff()
end)
sys.init(0, 0)
sys.run()
"#;

const BULK_SCRIPT: &str = r#"
PROJECT, VERSION = "BENCH", "1.0.0"
require "socket"
LOG_LEVEL = log.LOGLEVEL_WARN
local data = string.rep("x", SIZE)
socket.setSendMode(1)
sys.taskInit(function()
    while not socket.isReady() do sys.wait(5) end
    local c = socket.tcp()
    assert(c:connect("127.0.0.1", PORT))
    for i = 1, COUNT do assert(c:send(data)) end
    c:close()
    rtos.poweroff()
end)
sys.init(0, 0)
sys.run()
"#;

/// Client CPU of one round trip, client and server on one core.
pub(crate) fn echo(scratch: &Path) -> Result<()> {
    let mut pairs = Vec::new();
    for _ in 0..RUNS {
        let plain = cpu_per_trip(|port| plain("echo", port, TRIPS))?;
        let ours = cpu_per_trip(|port| {
            holdline(scratch, ECHO_SCRIPT, [port.into(), ECHO_BYTES as u64, TRIPS])
        })?;
        pairs.push((plain, ours));
    }
    report::row("64-byte echo", "us of client CPU a trip", &pairs, "1.25x");
    Ok(())
}

/// Bytes a second that one client writes, in quick-send mode.
pub(crate) fn bulk(scratch: &Path) -> Result<()> {
    let mut pairs = Vec::new();
    for _ in 0..RUNS {
        let plain = megabytes_per_second(|port| plain("bulk", port, WRITES))?;
        let ours = megabytes_per_second(|port| {
            holdline(scratch, BULK_SCRIPT, [port.into(), BULK_WRITE_BYTES as u64, WRITES])
        })?;
        pairs.push((plain, ours));
    }
    report::row("one-way bulk, 10 KB writes", "MB/s", &pairs, "0.80x");
    Ok(())
}

/// Client and server run on the first core: a round trip then costs two switches, and no wake-up of
/// a sleeping core. Only the client's processor time counts.
fn cpu_per_trip(client: impl Fn(u16) -> Result<Command>) -> Result<f64> {
    let mut serve = Command::new(env::current_exe()?);
    serve.args(["plain", "serve"]);
    let mut server = pinned(&serve).stdout(Stdio::piped()).spawn()?;
    let mut port = String::new();
    let stdout = server.stdout.take().context("the server's output is a pipe")?;
    BufReader::new(stdout).read_line(&mut port)?;
    let before = cpu::seconds(UsageWho::RUSAGE_CHILDREN)?;
    run(&mut pinned(&client(port.trim().parse()?)?))?;
    let cpu_s = cpu::seconds(UsageWho::RUSAGE_CHILDREN)? - before;
    server.wait()?;
    Ok(cpu_s * 1e6 / TRIPS as f64)
}

fn megabytes_per_second(client: impl Fn(u16) -> Result<Command>) -> Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let sink =
        thread::spawn(move || listener.accept().map_err(Into::into).and_then(|(s, _)| drain(s)));
    run(&mut client(port)?)?;
    let (bytes, seconds) = sink.join().map_err(|_panic| anyhow::anyhow!("the sink panicked"))??;
    ensure!(bytes == WRITES * BULK_WRITE_BYTES as u64, "{bytes} bytes arrived");
    Ok(bytes as f64 / 1e6 / seconds)
}

/// Reads to the end; bytes, and seconds from the first to the last.
fn drain(mut stream: TcpStream) -> Result<(u64, f64)> {
    let mut scratch = vec![0; 256 * 1024];
    let mut bytes = stream.read(&mut scratch)? as u64;
    let start = Instant::now();
    loop {
        match stream.read(&mut scratch)? {
            0 => return Ok((bytes, start.elapsed().as_secs_f64())),
            count => bytes += count as u64,
        }
    }
}

fn plain(program: &str, port: u16, count: u64) -> Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.args(["plain", program, &port.to_string(), &count.to_string()]);
    Ok(command)
}

/// `holdline run` of `script`, with its words PORT, SIZE and COUNT filled in, from the folder `scratch`.
pub(crate) fn holdline(scratch: &Path, script: &str, words: [u64; 3]) -> Result<Command> {
    let mut script = script.to_owned();
    for (word, value) in ["PORT", "SIZE", "COUNT"].into_iter().zip(words) {
        script = script.replace(word, &value.to_string());
    }
    fs::write(scratch.join("main.lua"), script)?;
    let mut command = Command::new(binary()?);
    command.args(["run", "--quiet", "--boot", "10ms", "--state"]);
    command.arg(scratch.join("state")).arg(scratch);
    Ok(command)
}

/// The built command, beside this program.
pub(crate) fn binary() -> Result<PathBuf> {
    let path = env::current_exe()?.with_file_name("holdline");
    ensure!(path.exists(), "build it first: cargo build --release --workspace");
    Ok(path)
}

/// The same command on the first core only.
fn pinned(command: &Command) -> Command {
    let mut pinned = Command::new("taskset");
    pinned.args(["-c", "0"]).arg(command.get_program()).args(command.get_args());
    pinned
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output();
    let output = output.with_context(|| format!("cannot start {:?}", command.get_program()))?;
    ensure!(
        output.status.success(),
        "{:?} failed:\n{}{}",
        command.get_program(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
