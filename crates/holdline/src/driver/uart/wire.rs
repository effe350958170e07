//! An open wire: bytes in, bytes out, never waiting.

use holdline_modem::{Parity, UartSettings};
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, fcntl_setfl, open};
use rustix::io::{Errno, FdFlags, fcntl_setfd};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{
    ControlModes, OptionalActions, QueueSelector, ioctl_tiocexcl, tcflush, tcgetattr, tcsetattr,
};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Bytes of one write. A pipe that has room at all has room for as many.
const WRITE_BYTES_MAX: usize = 4096;

/// What is at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    /// A serial device.
    Serial,
    /// A pseudo-terminal, which nobody need have open.
    Pty,
    /// A TCP connection.
    Stream,
    /// Files or pipes, one for each way.
    Files,
}

/// What a read has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Got {
    /// So many bytes.
    Bytes(usize),
    /// Nothing now.
    Nothing,
    /// Nothing any more.
    End,
}

/// An open wire.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) nature: Nature,
    /// `None` from its end on.
    input: Option<Rc<OwnedFd>>,
    output: Rc<OwnedFd>,
}

impl Wire {
    /// A serial device, for this process alone.
    pub(super) fn serial(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = open(path, flags, Mode::empty())?;
        // What is no terminal fails here.
        tcgetattr(&fd)?;
        ioctl_tiocexcl(&fd)?;
        Ok(Self::both_ways(Nature::Serial, fd))
    }

    /// A new pseudo-terminal, and the path by which others open it.
    pub(super) fn pty() -> io::Result<(Self, PathBuf)> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        fcntl_setfl(&master, OFlags::NONBLOCK)?;
        fcntl_setfd(&master, FdFlags::CLOEXEC)?;
        let path = ptsname(&master, Vec::new())?;
        // It stays raw while the master is open. Opened and closed once, it tells from then on
        // whether somebody has it open.
        let other = open(&path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
        let mut raw = tcgetattr(&other)?;
        raw.make_raw();
        tcsetattr(&other, OptionalActions::Now, &raw)?;
        let path = PathBuf::from(path.to_string_lossy().into_owned());
        Ok((Self::both_ways(Nature::Pty, master), path))
    }

    /// A TCP connection that stands.
    pub(super) fn stream(fd: OwnedFd) -> Self {
        Self::both_ways(Nature::Stream, fd)
    }

    /// This process's standard input and output.
    pub(super) fn stdio() -> io::Result<Self> {
        let input = io::stdin().as_fd().try_clone_to_owned()?;
        let output = io::stdout().as_fd().try_clone_to_owned()?;
        let (input, output) = (Some(Rc::new(input)), Rc::new(output));
        Ok(Self { nature: Nature::Files, input, output })
    }

    /// A file to read and one to write, which is made where there is none.
    pub(super) fn files(input: &Path, output: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let input = open(input, flags, Mode::empty())?;
        let output = std::fs::File::create(output)?;
        let (input, output) = (Some(Rc::new(input)), Rc::new(output.into()));
        Ok(Self { nature: Nature::Files, input, output })
    }

    fn both_ways(nature: Nature, fd: OwnedFd) -> Self {
        let fd = Rc::new(fd);
        Self { nature, input: Some(Rc::clone(&fd)), output: fd }
    }

    /// Has its events come under `token`. A plain file has none, and needs none.
    pub(super) fn register(&self, token: Token, registry: &Registry) -> io::Result<()> {
        let register = |fd: &OwnedFd, interest| match registry.register(
            &mut SourceFd(&fd.as_raw_fd()),
            token,
            interest,
        ) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            end => end,
        };
        match &self.input {
            Some(input) if !Rc::ptr_eq(input, &self.output) => {
                register(input, Interest::READABLE)?;
                register(&self.output, Interest::WRITABLE)
            }
            Some(_) | None => register(&self.output, Interest::READABLE | Interest::WRITABLE),
        }
    }

    /// Talks as the script has set the port up; what came in before is dropped. Only a serial
    /// device has anything to set.
    pub(super) fn talk(&self, settings: &UartSettings) -> io::Result<()> {
        if self.nature != Nature::Serial {
            return Ok(());
        }
        let mut terms = tcgetattr(&self.output)?;
        terms.make_raw();
        terms.set_speed(settings.baud)?;
        terms.control_modes -= ControlModes::CSIZE
            | ControlModes::PARENB
            | ControlModes::PARODD
            | ControlModes::CSTOPB
            | ControlModes::CRTSCTS;
        terms.control_modes |= modes_of(settings) | ControlModes::CREAD | ControlModes::CLOCAL;
        tcsetattr(&self.output, OptionalActions::Now, &terms)?;
        Ok(tcflush(&self.output, QueueSelector::IFlush)?)
    }

    /// Reads what is there.
    pub(super) fn read(&mut self, scratch: &mut [u8]) -> io::Result<Got> {
        let Some(input) = &self.input else { return Ok(Got::Nothing) };
        if !is_ready(input, PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
            return Ok(Got::Nothing);
        }
        match rustix::io::read(input, scratch) {
            Ok(0) => Ok(Got::End),
            Ok(len) => Ok(Got::Bytes(len)),
            Err(Errno::AGAIN | Errno::INTR) => Ok(Got::Nothing),
            // Nobody has it open, which is no end.
            Err(Errno::IO) if self.nature == Nature::Pty => Ok(Got::Nothing),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads no more.
    pub(super) fn end_input(&mut self) {
        self.input = None;
    }

    /// Writes what finds room; how much that was, `None` where there is no room now.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<Option<usize>> {
        if !is_ready(&self.output, PollFlags::OUT | PollFlags::HUP | PollFlags::ERR) {
            return Ok(None);
        }
        match rustix::io::write(&self.output, &bytes[..bytes.len().min(WRITE_BYTES_MAX)]) {
            Ok(len) => Ok(Some(len)),
            Err(Errno::AGAIN) => Ok(None),
            Err(Errno::INTR) => Ok(Some(0)),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether somebody would hear what is written.
    pub(super) fn is_heard(&self) -> bool {
        self.nature != Nature::Pty || !is_ready(&self.output, PollFlags::HUP)
    }

    /// Bytes that the system has taken and that are not out yet.
    pub(super) fn not_out(&self) -> u64 {
        match self.nature {
            Nature::Serial => super::super::outq::unacknowledged(&*self.output).unwrap_or(0),
            Nature::Pty | Nature::Stream | Nature::Files => 0,
        }
    }
}

/// Whether one of `flags` holds now.
fn is_ready(fd: &OwnedFd, flags: PollFlags) -> bool {
    let mut fds = [PollFd::new(fd, flags)];
    // Failing is left to the read or write that follows to find.
    let polled = poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
    polled.is_err() || fds[0].revents().intersects(flags)
}

fn modes_of(settings: &UartSettings) -> ControlModes {
    let size = match settings.data_bits {
        5 => ControlModes::CS5,
        6 => ControlModes::CS6,
        7 => ControlModes::CS7,
        _ => ControlModes::CS8,
    };
    let parity = match settings.parity {
        Parity::None => ControlModes::empty(),
        Parity::Even => ControlModes::PARENB,
        Parity::Odd => ControlModes::PARENB | ControlModes::PARODD,
    };
    let stop = if settings.stop_bits == 2 { ControlModes::CSTOPB } else { ControlModes::empty() };
    let flow = if settings.flow { ControlModes::CRTSCTS } else { ControlModes::empty() };
    size | parity | stop | flow
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_has_its_flags() {
        let plain = UartSettings {
            baud: 9600,
            data_bits: 8,
            parity: Parity::None,
            stop_bits: 1,
            flow: false,
        };
        assert_eq!(modes_of(&plain), ControlModes::CS8);
        let all =
            UartSettings { data_bits: 7, parity: Parity::Odd, stop_bits: 2, flow: true, ..plain };
        let flags = ControlModes::CS7 | ControlModes::PARENB | ControlModes::PARODD;
        assert_eq!(modes_of(&all), flags | ControlModes::CSTOPB | ControlModes::CRTSCTS);
        let even = UartSettings { data_bits: 5, parity: Parity::Even, ..plain };
        assert_eq!(modes_of(&even), ControlModes::CS5 | ControlModes::PARENB);
    }

    /// Nobody hears a pty until it is opened, and again after it was closed.
    #[test]
    fn a_pty_knows_whether_somebody_has_it_open() {
        let (mut wire, path) = Wire::pty().unwrap();
        assert!(!wire.is_heard());
        for _ in 0..2 {
            let other = std::fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
            assert!(wire.is_heard());
            assert_eq!(wire.read(&mut [0; 9]).unwrap(), Got::Nothing);
            drop(other);
            assert!(!wire.is_heard());
            assert_eq!(wire.read(&mut [0; 9]).unwrap(), Got::Nothing);
        }
    }
}
