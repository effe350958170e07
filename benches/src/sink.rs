//! The plain server of many connections, and the devices that it and the lab are tried with.

use anyhow::{Context, Result};
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use std::collections::HashMap;
use std::io::{self, Read, Write};

const LISTENER: Token = Token(0);

/// Says its port, then reads whatever comes on any connection until it is killed.
pub(crate) fn serve() -> Result<()> {
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(([127, 0, 0, 1], 0).into())?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    println!("{}", listener.local_addr()?.port());
    let (mut events, mut conns) = (Events::with_capacity(1024), HashMap::new());
    let (mut made, mut buffer) = (0, vec![0; 64 * 1024]);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() != LISTENER {
                read(&mut conns, event.token(), &mut buffer);
                continue;
            }
            while let Ok((mut conn, _)) = listener.accept() {
                made += 1;
                poll.registry().register(&mut conn, Token(made), Interest::READABLE)?;
                conns.insert(Token(made), conn);
            }
        }
    }
}

fn read(conns: &mut HashMap<Token, TcpStream>, token: Token, buffer: &mut [u8]) {
    while let Some(conn) = conns.get_mut(&token) {
        match conn.read(buffer) {
            Ok(0) => drop(conns.remove(&token)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
            Err(_) => drop(conns.remove(&token)),
        }
    }
}

fn connect(port: &str, count: usize) -> Result<Vec<std::net::TcpStream>> {
    let port: u16 = port.parse()?;
    let connect = || {
        let stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        Ok(stream)
    };
    (0..count).map(|_| connect()).collect::<io::Result<_>>().context("cannot connect")
}

/// Sends so many messages of 12 bytes, each with a write of its own, on every connection in turn.
pub(crate) fn flood(port: &str, conns: usize, messages: u64) -> Result<()> {
    let mut conns = connect(port, conns)?;
    let count = conns.len() as u64;
    for number in 0..messages {
        conns[(number % count) as usize].write_all(format!("{number:011}\n").as_bytes())?;
    }
    Ok(())
}

/// Connects as often, says so, and holds the connections until it is killed.
pub(crate) fn hold(port: &str, count: usize) -> Result<()> {
    let conns = connect(port, count)?;
    println!("{}", conns.len());
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
