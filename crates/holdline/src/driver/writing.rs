//! What a line has yet to write.

use mio::net::TcpStream;
use std::collections::VecDeque;
use std::io::{self, Write};

/// Bytes that the system has not taken, in the pieces in which they were ordered.
#[derive(Debug, Default)]
pub(crate) struct Writing {
    pieces: VecDeque<Vec<u8>>,
    /// How much of the first piece it has taken.
    taken: usize,
}

impl Writing {
    /// Queues a piece; says whether it is the only one.
    pub(crate) fn push(&mut self, bytes: Vec<u8>) -> bool {
        self.pieces.push_back(bytes);
        self.pieces.len() == 1
    }

    /// Whether the system has taken all.
    pub(crate) fn is_done(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Forgets what is left.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Writes until all is taken or the system takes no more; tells `written` of each part.
    pub(crate) fn write(
        &mut self,
        stream: &mut TcpStream,
        mut written: impl FnMut(usize),
    ) -> io::Result<()> {
        while let Some(front) = self.pieces.front() {
            let rest = &front[self.taken..];
            if rest.is_empty() {
                self.pieces.pop_front();
                self.taken = 0;
                continue;
            }
            match stream.write(rest) {
                Ok(len) => {
                    self.taken += len;
                    written(len);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
