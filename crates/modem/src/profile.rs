//! What a module type can do, and how long it takes to come up.

use core::time::Duration;

/// Which firmware family a module runs: it decides ids, tuples and limits that scripts see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// RDA8955: Air202 and its kin.
    TwoG,
    /// RDA8910: Air724UG and its kin.
    FourG,
}

/// The limits of one module type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name a user types, lower case.
    pub name: &'static str,
    /// Firmware family.
    pub generation: Generation,
    /// Plain sockets that can be open at once.
    pub sockets_max: u8,
    /// TLS sockets that can be open at once, beside the plain ones. Only memory limits them on 4G:
    /// each takes some 40 KB, mostly a record of 16 KB each way, of about 1 MB that is free.
    pub tls_sockets_max: u8,
    /// The largest slice that one send may carry, in bytes.
    pub send_slice_bytes: u32,
    /// The shortest timer; a shorter one is raised to it.
    pub timer_min: Duration,
    /// Lua's memory, in bytes, that a script and the library files that it opens share;
    /// `usize::MAX` for no limit.
    pub heap_bytes: usize,
    /// Bytes that a file's path may have.
    pub path_bytes_max: usize,
    /// What `rtos.get_version` says.
    pub core_version: &'static str,
}

impl Profile {
    /// 2G, eight links, 1,460-byte slices.
    pub const AIR202: Self = Self {
        name: "air202",
        generation: Generation::TwoG,
        sockets_max: 8,
        tls_sockets_max: 8,
        send_slice_bytes: 1460,
        timer_min: Duration::from_millis(1),
        heap_bytes: 1024 * 1024,
        path_bytes_max: 31,
        core_version: "Luat_V0040_8955_SSL",
    };

    /// 4G, eight sockets, 11,200-byte slices, timers of 5 ms and more.
    pub const AIR724UG: Self = Self {
        name: "air724ug",
        generation: Generation::FourG,
        sockets_max: 8,
        tls_sockets_max: 24,
        send_slice_bytes: 11_200,
        timer_min: Duration::from_millis(5),
        heap_bytes: 1360 * 1024,
        path_bytes_max: 127,
        core_version: "Luat_V0026_RDA8910_TTS_FLOAT",
    };

    /// A 4G module without limits: for a script that is not meant for a module, or whose limits are
    /// not what is looked for.
    pub const NONE: Self = Self {
        name: "none",
        sockets_max: u8::MAX,
        tls_sockets_max: u8::MAX,
        send_slice_bytes: u32::MAX,
        timer_min: Duration::from_millis(1),
        heap_bytes: usize::MAX,
        path_bytes_max: usize::MAX,
        ..Self::AIR724UG
    };

    /// Every profile, for help texts and lookups.
    pub const ALL: [Self; 3] = [Self::AIR202, Self::AIR724UG, Self::NONE];

    /// The profile that a user calls `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name == name)
    }
}

/// How long each step of coming up takes, each counted from the end of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootPlan {
    /// From power-on to SIM ready.
    pub sim: Duration,
    /// From SIM ready, with a cell in reach, to registered.
    pub register: Duration,
    /// From registered to attached to the packet network.
    pub attach: Duration,
    /// From attached, or from a request for a new address, to an address.
    pub activate: Duration,
    /// From a request to drop the address to `SHUT OK`.
    pub shut: Duration,
    /// From a restart's order to the first line of the script.
    pub restart: Duration,
}

impl BootPlan {
    /// One second in all.
    pub const FAST: Self = Self::scaled_to(Duration::from_secs(1));

    /// The times of a real module: SIM at 1.1 s, registered at 3.1 s, ready at 7.2 s, as seen
    /// where the library of generation A runs on a stand-in for its firmware.
    pub const MODULE: Self = Self {
        sim: Duration::from_millis(1100),
        register: Duration::from_millis(2000),
        attach: Duration::from_millis(2040),
        activate: Duration::from_millis(2100),
        shut: Duration::from_millis(300),
        restart: Duration::from_millis(3000),
    };

    /// A plan whose four steps to an address take `total` together.
    pub const fn scaled_to(total: Duration) -> Self {
        let tenth = Duration::from_micros(total.as_micros() as u64 / 10);
        let (sim, register, attach) =
            (tenth.saturating_mul(2), tenth.saturating_mul(3), tenth.saturating_mul(3));
        let spent = sim.saturating_add(register).saturating_add(attach);
        Self {
            sim,
            register,
            attach,
            activate: total.saturating_sub(spent),
            shut: tenth,
            restart: Duration::from_millis(500),
        }
    }

    /// From power-on to an address.
    pub const fn total(&self) -> Duration {
        self.sim
            .saturating_add(self.register)
            .saturating_add(self.attach)
            .saturating_add(self.activate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_boot_takes_one_second() {
        assert_eq!(BootPlan::FAST.total(), Duration::from_secs(1));
        assert_eq!(BootPlan::scaled_to(Duration::ZERO).total(), Duration::ZERO);
    }

    #[test]
    fn real_boot_is_ready_when_the_module_is() {
        assert_eq!(BootPlan::MODULE.total(), Duration::from_millis(7240));
    }
}
