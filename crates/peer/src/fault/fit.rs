//! Which parts of a fault fit together.

use super::{Fault, TlsTrouble, Trouble, When, Who};

/// A kind of [`When`], without its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// [`When::Now`].
    Now,
    /// [`When::At`].
    At,
    /// [`When::Connects`].
    Connects,
    /// [`When::AfterBytes`].
    AfterBytes,
    /// [`When::AfterMessages`].
    AfterMessages,
    /// [`When::On`].
    On,
}

impl Schedule {
    /// How users say it; nothing for [`Now`](Self::Now).
    pub const fn form(self) -> &'static str {
        match self {
            Self::Now => "",
            Self::At => "at TIME",
            Self::Connects => "connects A to B",
            Self::AfterBytes => "after N bytes",
            Self::AfterMessages => "after N messages",
            Self::On => "on \"TEXT\"",
        }
    }
}

/// Why the parts of a fault make no sense together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The trouble cannot begin so: see [`Trouble::schedules`].
    Schedule,
    /// The trouble is over at once, and was told to last.
    Lasts,
    /// The trouble hits no single server.
    Port,
    /// A count, a size, a time or a text of nothing.
    Nothing,
}

impl When {
    /// Of which kind it is.
    pub const fn schedule(&self) -> Schedule {
        match self {
            Self::Now => Schedule::Now,
            Self::At(_) => Schedule::At,
            Self::Connects { .. } => Schedule::Connects,
            Self::AfterBytes(_) => Schedule::AfterBytes,
            Self::AfterMessages(_) => Schedule::AfterMessages,
            Self::On(_) => Schedule::On,
        }
    }

    fn is_nothing(&self) -> bool {
        match self {
            Self::Now | Self::At(_) => false,
            Self::Connects { first, last } => *first == 0 || last < first,
            Self::AfterBytes(count) | Self::AfterMessages(count) => *count == 0,
            Self::On(text) => text.is_empty(),
        }
    }
}

impl Trouble {
    /// Who commits it.
    pub fn who(self) -> Who {
        self.word().who
    }

    /// Whether it is on the line, and a server's end of it can bring it about.
    pub const fn is_on_line_of_server(self) -> bool {
        matches!(
            self,
            Self::HalfOpen
                | Self::BlackHole(_)
                | Self::Latency(_)
                | Self::Jitter(_)
                | Self::Rate(_)
                | Self::Split(_)
                | Self::Merge(_)
                | Self::NatIdle(_)
        )
    }

    /// How it makes handshakes fail, if it does.
    pub const fn tls(self) -> Option<TlsTrouble> {
        if let Self::Tls(trouble) = self { Some(trouble) } else { None }
    }

    /// How it can begin: TLS fails before there are bytes, and who is down sees no connect.
    pub fn schedules(self) -> &'static [Schedule] {
        use Schedule::{AfterBytes, AfterMessages, At, Connects, Now, On};
        match self {
            Self::Refuse | Self::Tls(_) => &[Now, At, Connects],
            Self::Down | Self::Restart => &[Now, At, AfterBytes, AfterMessages, On],
            Self::Silent
            | Self::Close
            | Self::Reset
            | Self::HalfOpen
            | Self::BlackHole(_)
            | Self::Latency(_)
            | Self::Jitter(_)
            | Self::Rate(_)
            | Self::Split(_)
            | Self::Merge(_)
            | Self::NatIdle(_)
            | Self::NameNotFound
            | Self::NameSlow(_)
            | Self::NameChanged
            | Self::PdpLost
            | Self::RegistrationLost
            | Self::WeakSignal
            | Self::SimOut
            | Self::SimPin
            | Self::SimArrears
            | Self::FlightMode
            | Self::UartNoise
            | Self::UartOverrun
            | Self::FlashFull
            | Self::PowerCut => &[Now, At, Connects, AfterBytes, AfterMessages, On],
        }
    }

    /// Whether it is over at once unless it is told to last.
    ///
    /// A [`Close`](Self::Close) or [`Reset`](Self::Reset) that lasts strikes each time anew.
    pub const fn is_momentary(self) -> bool {
        matches!(self, Self::Close | Self::Reset | Self::PowerCut) || !self.takes_lasts()
    }

    /// Whether `for DURATION` makes sense.
    pub const fn takes_lasts(self) -> bool {
        !matches!(self, Self::Restart | Self::PdpLost | Self::UartOverrun)
    }

    /// Whether `port N` makes sense.
    pub fn takes_port(self) -> bool {
        let is_of_names =
            matches!(self, Self::NameNotFound | Self::NameSlow(_) | Self::NameChanged);
        self.who() != Who::Module && !is_of_names
    }
}

impl Fault {
    /// Says whether the parts make sense together, as those of a parsed fault do.
    pub fn check(&self) -> Result<(), Misfit> {
        let Self { what, when, lasts, port } = self;
        if !what.schedules().contains(&when.schedule()) {
            return Err(Misfit::Schedule);
        }
        if lasts.is_some() && !what.takes_lasts() {
            return Err(Misfit::Lasts);
        }
        if port.is_some() && !what.takes_port() {
            return Err(Misfit::Port);
        }
        let is_nothing = when.is_nothing()
            || what.value().is_nothing()
            || *port == Some(0)
            || lasts.is_some_and(|lasts| lasts.is_zero());
        if is_nothing { Err(Misfit::Nothing) } else { Ok(()) }
    }
}
