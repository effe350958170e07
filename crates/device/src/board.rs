//! What the running script can reach of its device: the modem, the files, the clock, the console.

use crate::flash::{Chip, Flash, FlashError, MemoryFlash};
use crate::identity::Identity;
use crate::notice::{Notice, NoticeKind};
use crate::open::OpenFiles;
use crate::{BootPlan, Instant, Output, Profile};
use holdline_modem::{Kind, Modem, SocketId, UartId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;

/// How a device is powered on.
pub struct Power {
    /// The module type.
    pub profile: Profile,
    /// How long it takes to come up.
    pub boot: BootPlan,
    /// What `math.random` follows from, and the identity where none is given.
    pub seed: u64,
    /// Who the device says it is.
    pub identity: Option<Identity>,
    /// The clock at power-on, in seconds since 1970 in the device's own zone-free count (UTC).
    pub clock_s: i64,
    /// The device's own files.
    pub flash: Box<dyn Flash>,
}

impl Default for Power {
    /// A 4G module with empty files in memory, on 2024-01-01 00:00 UTC.
    fn default() -> Self {
        Self {
            profile: Profile::AIR724UG,
            boot: BootPlan::FAST,
            seed: 0,
            identity: None,
            clock_s: 1_704_067_200,
            flash: Box::new(MemoryFlash::default()),
        }
    }
}

/// Why the script was started, as `rtos.poweron_reason` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BootReason {
    /// Somebody pressed the power key, or the supply came back.
    Key,
    /// The script asked for a restart.
    Restart,
    /// A script error.
    Exception,
    /// The script did not let go, or did not feed its dog.
    Watchdog,
}

/// What the script asked for that ends its run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// A restart, with the reason that `sys.restart` was given.
    Restart(String),
    /// Power off.
    PowerOff,
}

/// Who opened a line to the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// From where.
    pub address: SocketAddr,
    /// What is spoken.
    pub kind: Kind,
    /// Who it says it is, if that is known.
    pub name: Option<Vec<u8>>,
}

/// The device as its own script sees it.
pub(crate) struct Board {
    pub(crate) modem: Modem,
    pub(crate) flash: Chip,
    pub(crate) random: Random,
    pub(crate) boot_reason: BootReason,
    pub(crate) ending: Option<Ending>,
    /// What is for the outside, in the order of its causes.
    pub(crate) outputs: VecDeque<Output>,
    /// The clock at time zero, in seconds since 1970; `os.time` adds the modem's time.
    pub(crate) clock_at_zero_s: i64,
    pub(crate) files: OpenFiles,
    pub(crate) identity: Identity,
    /// The serial port that printed lines also go to.
    pub(crate) trace_port: Option<UartId>,
    /// Whether the script has given itself to the main loop, and waits there.
    pub(crate) is_looping: bool,
    /// Instructions that turns have spent, and at which moment.
    spent: (Instant, u64),
    sim_read: bool,
    /// How many values are known by a number since the script began.
    numbered: u32,
    noticed: BTreeSet<Notice>,
    /// Who opened lines to the device; one that is over stays until its number is taken again.
    pub(crate) callers: BTreeMap<SocketId, Caller>,
}

impl Board {
    pub(crate) fn new(now: Instant, power: Power) -> Self {
        Self {
            modem: Modem::power_on(now, power.profile, power.boot),
            flash: Chip::new(power.flash),
            random: Random(power.seed),
            boot_reason: BootReason::Key,
            ending: None,
            outputs: VecDeque::new(),
            clock_at_zero_s: power.clock_s - seconds(now),
            files: OpenFiles::default(),
            identity: power.identity.unwrap_or(Identity::of(power.seed)),
            trace_port: None,
            is_looping: false,
            spent: (now, 0),
            sim_read: false,
            numbered: 0,
            noticed: BTreeSet::new(),
            callers: BTreeMap::new(),
        }
    }

    /// Instructions that were spent at this moment.
    pub(crate) fn spent(&self) -> u64 {
        let (moment, spent) = self.spent;
        if moment == self.modem.now() { spent } else { 0 }
    }

    /// So many were spent at this moment, in all its turns.
    pub(crate) fn spends(&mut self, spent: u64) {
        self.spent = (self.modem.now(), spent);
    }

    /// The device's clock, in seconds since 1970.
    pub(crate) fn clock_s(&self) -> i64 {
        self.clock_at_zero_s.saturating_add(seconds(self.modem.now()))
    }

    /// Sets the device's clock, to seconds since 1970.
    pub(crate) fn set_clock_s(&mut self, clock_s: i64) {
        self.clock_at_zero_s = clock_s.saturating_sub(seconds(self.modem.now()));
    }

    /// Starts anew; files in flash, the clock and the identity stay.
    pub(crate) fn restart(&mut self) {
        self.modem.restart();
        self.files = OpenFiles::default();
        self.trace_port = None;
        self.sim_read = false;
        self.numbered = 0;
        self.callers.clear();
    }

    /// The number by which a value is known that is printed for the first time, from 1 on.
    pub(crate) fn next_number(&mut self) -> u32 {
        self.numbered = self.numbered.wrapping_add(1);
        self.numbered
    }

    /// Whether the SIM's numbers are known: from its first answer on, also when it is gone later.
    pub(crate) fn has_read_sim(&self) -> bool {
        self.sim_read || self.modem.status().sim_ready == Some(true)
    }

    /// Refuses a path that is longer than the module takes.
    pub(crate) fn check_path(&self, path: &str) -> Result<(), FlashError> {
        if path.len() > self.modem.profile().path_bytes_max {
            return Err(FlashError::Failed("File name too long".to_owned()));
        }
        Ok(())
    }

    /// Writes one open file back.
    pub(crate) fn write_back(&mut self, path: &str) -> Result<(), FlashError> {
        match self.files.find(path) {
            Some(file) => file.borrow_mut().write_back(&mut self.flash),
            None => Ok(()),
        }
    }

    /// What happens whenever the script waits: open files are written back.
    pub(crate) fn settle(&mut self) {
        self.sim_read = self.has_read_sim();
        self.settle_files();
    }

    /// Writes open files back, and says where that fails.
    pub(crate) fn settle_files(&mut self) {
        for (path, error) in self.files.settle(&mut self.flash) {
            let detail = vec![path, error.to_string()];
            self.notice(Notice { kind: NoticeKind::FileNotWritten, place: None, detail });
        }
    }

    /// Takes a line that the script printed.
    pub(crate) fn print(&mut self, line: Vec<u8>) {
        if let Some(port) = self.trace_port {
            self.modem.uart_write(port, [&line[..], b"\r\n"].concat());
        }
        self.outputs.push_back(Output::Print(line));
    }

    /// Passes a notice on, the first time.
    pub(crate) fn notice(&mut self, notice: Notice) {
        if self.noticed.insert(notice.clone()) {
            self.outputs.push_back(Output::Notice(notice));
        }
    }
}

fn seconds(at: Instant) -> i64 {
    i64::try_from(at.as_millis() / 1000).unwrap_or(i64::MAX)
}

/// Random numbers that follow from a seed (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number in `0.0 .. 1.0`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}
