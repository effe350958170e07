//! What a serial port is connected to: `--uart N=TARGET`.

use crate::report::Mistake;
use holdline_modem::UartId;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// One `--uart N=TARGET`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cable {
    /// The port, as the script numbers it.
    pub(crate) port: UartId,
    /// Where it leads.
    pub(crate) target: Target,
}

/// The other end of a serial port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A serial device of this machine.
    Device(PathBuf),
    /// A pseudo-terminal, which other programs open like a device.
    Pty,
    /// A TCP server, `host:port`.
    Tcp(String),
    /// A TCP server of our own, `address:port`, for one caller at a time.
    TcpListen(String),
    /// Standard input and standard output.
    Stdio,
    /// A file to read and one to write.
    Files(PathBuf, PathBuf),
}

impl FromStr for Cable {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<Self, Mistake> {
        let wrong = || Mistake::Cable { given: text.to_owned() };
        let (port, target) = text.split_once('=').ok_or_else(wrong)?;
        let port = port_of(port).ok_or_else(wrong)?;
        let target = target_of(target).ok_or_else(wrong)?;
        Ok(Self { port, target })
    }
}

/// `1` to `3`, `usb`, or its number.
fn port_of(text: &str) -> Option<UartId> {
    match text {
        "usb" | "0x81" => Some(UartId::USB),
        _ => UartId::new(text.parse().ok()?),
    }
}

fn target_of(text: &str) -> Option<Target> {
    let address = |text: &str| {
        let (host, port) = text.rsplit_once(':')?;
        let is_whole = !host.is_empty() && port.parse::<u16>().is_ok();
        is_whole.then(|| text.to_owned())
    };
    match text.split_once(':') {
        Some(("tcp", to)) => address(to).map(Target::Tcp),
        Some(("tcp-listen", at)) => address(at).map(Target::TcpListen),
        Some(("file", files)) => match files.split_once(',') {
            Some((input, output)) if !input.is_empty() && !output.is_empty() => {
                Some(Target::Files(input.into(), output.into()))
            }
            Some(_) | None => None,
        },
        _ if text == "pty" => Some(Target::Pty),
        _ if text == "stdio" => Some(Target::Stdio),
        _ if text.contains('/') => Some(Target::Device(text.into())),
        _ => None,
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(path) => write!(f, "{}", path.display()),
            Self::Pty => f.write_str("pty"),
            Self::Tcp(to) => write!(f, "tcp:{to}"),
            Self::TcpListen(at) => write!(f, "tcp-listen:{at}"),
            Self::Stdio => f.write_str("stdio"),
            Self::Files(input, output) => {
                write!(f, "file:{},{}", input.display(), output.display())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cable(text: &str) -> Option<(u8, Target)> {
        let cable: Cable = text.parse().ok()?;
        Some((cable.port.number(), cable.target))
    }

    #[test]
    fn every_kind_of_target_is_read() {
        assert_eq!(cable("1=pty"), Some((1, Target::Pty)));
        assert_eq!(cable("usb=stdio"), Some((0x81, Target::Stdio)));
        assert_eq!(cable("0x81=stdio"), cable("129=stdio"));
        assert_eq!(cable("2=/dev/ttyUSB0"), Some((2, Target::Device("/dev/ttyUSB0".into()))));
        assert_eq!(cable("3=tcp:host:7"), Some((3, Target::Tcp("host:7".into()))));
        assert_eq!(cable("3=tcp:[::1]:7"), Some((3, Target::Tcp("[::1]:7".into()))));
        assert_eq!(
            cable("1=tcp-listen:0.0.0.0:0"),
            Some((1, Target::TcpListen("0.0.0.0:0".into())))
        );
        assert_eq!(cable("1=file:a,b"), Some((1, Target::Files("a".into(), "b".into()))));
    }

    #[test]
    fn a_cable_without_a_port_or_an_end_is_refused() {
        for text in [
            "pty",
            "0=pty",
            "4=pty",
            "x=pty",
            "1=",
            "1=ttyUSB0",
            "1=tcp:host",
            "1=tcp::7",
            "1=tcp:host:x",
            "1=tcp-listen:7",
            "1=file:a",
            "1=file:,b",
            "1=file:a,",
        ] {
            assert_eq!(cable(text), None, "{text}");
        }
    }

    #[test]
    fn a_target_reads_as_it_was_typed() {
        for text in ["/dev/ttyS0", "pty", "tcp:a:1", "tcp-listen:a:1", "stdio", "file:a,b"] {
            assert_eq!(target_of(text).map(|target| target.to_string()).as_deref(), Some(text));
        }
    }
}
