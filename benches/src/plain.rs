//! The plain programs, each a mode of this one: blocking `std::net`, a byte at a time no less.

use crate::sink;
use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// Bytes of one write of the bulk programs.
pub(crate) const BULK_WRITE_BYTES: usize = 10_240;

/// Bytes of one echo round trip.
pub(crate) const ECHO_BYTES: usize = 64;

/// Runs the plain program that `words` name.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    match words {
        ["echo", port, trips] => echo(port, trips.parse()?),
        ["bulk", port, writes] => bulk(port, writes.parse()?),
        ["hold", port] => hold(port),
        ["serve"] => serve(),
        ["sink"] => sink::serve(),
        ["flood", port, conns, messages] => sink::flood(port, conns.parse()?, messages.parse()?),
        ["connect", port, count] => sink::hold(port, count.parse()?),
        ["hello"] => {
            println!("hello");
            Ok(())
        }
        _ => bail!(
            "expected a plain program: echo, bulk, hold, serve, sink, flood, connect or hello"
        ),
    }
}

fn connect(port: &str) -> Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port.parse()?)).context("cannot connect")?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn echo(port: &str, trips: u64) -> Result<()> {
    let mut stream = connect(port)?;
    let (out, mut back) = ([b'x'; ECHO_BYTES], [0; ECHO_BYTES]);
    for _ in 0..trips {
        stream.write_all(&out)?;
        stream.read_exact(&mut back)?;
    }
    Ok(())
}

/// Says its port, then sends everything back to the one client that it takes.
fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    let (mut stream, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    let mut bytes = [0; 4096];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) | Err(_) => return Ok(()),
            Ok(count) => stream.write_all(&bytes[..count])?,
        }
    }
}

fn bulk(port: &str, writes: u64) -> Result<()> {
    let mut stream = connect(port)?;
    let block = [b'x'; BULK_WRITE_BYTES];
    for _ in 0..writes {
        stream.write_all(&block)?;
    }
    Ok(())
}

/// Holds a line, sends a heartbeat every 10 s.
fn hold(port: &str) -> Result<()> {
    let mut stream = connect(port)?;
    loop {
        stream.write_all(b"heart data\r\n")?;
        thread::sleep(Duration::from_secs(10));
    }
}
